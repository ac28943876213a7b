from __future__ import annotations

import json
from datetime import timedelta

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from aggregator.errors import BadInputError, ConflictError, NotFoundError, NotSignedInError
from aggregator.model.member import Actor, Role
from aggregator.model.readinglist import Scope
from aggregator.services import (
    canary,
    drafting,
    editing,
    editions,
    exposure,
    listing,
    muting,
    publishing,
    receipts,
    replaying,
    versions,
)
from aggregator.services.list_table import recorded_rooms
from aggregator.services.listing import ListWish
from aggregator.store import ledger, lists, states, values
from aggregator.store.tables import entry
from tests.aggregator.candidates.stored import odd_entries
from tests.aggregator.services.newsroom import NOW, open_newsroom

OTHER = "fair-turns"


@pytest.fixture
def room(tmp_path, database):
    with open_newsroom(tmp_path, database) as opened:
        opened.fill(feeds=4, each=20)
        yield opened


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A receipt of each shipped rule."""
    with open_newsroom(tmp_path_factory.mktemp("written")) as opened:
        opened.fill(feeds=4, each=20)
        rules = editing.rules(opened.desk, opened.reader)
        yield {rule.slug: receipts.make(opened.desk, opened.reader, "front-page", rule=rule.slug) for rule in rules}


def make(room, rule=None, **asked):
    return receipts.make(room.desk, room.reader, "front-page", rule=rule, **asked)


def steward(room):
    return Actor(room.editor.member, room.editor.group, Role.STEWARD)


def front_page(room):
    with room.desk.database.read() as conn:
        return lists.get_list(conn, room.reader.group, "front-page")


def test_the_receipt_of_every_rule_holds_and_its_facts_are_those_stored(room):
    for rule in editing.rules(room.desk, room.reader):
        receipt = make(room, rule.slug)
        assert receipts.verify_receipt(receipt.data).difference is None
        assert receipts.check_facts(room.desk, room.reader, receipt.data) is None
        assert rule.identity == json.loads(receipt.data)["version"]


def test_facts_that_are_no_longer_those_stored_are_named_with_their_entry(room):
    receipt = make(room)
    content = json.loads(receipt.data)
    content["facts"]["time"][3] -= 60
    found = receipts.check_facts(room.desk, room.reader, rfc8785.dumps(content))
    assert ("facts.time", content["facts"]["uid"][3]) == (found.section, found.entry)


def test_a_candidate_that_a_receipt_leaves_out_is_named(room):
    receipt = make(room)
    room.store(1, odd_entries(7, 3, start=50))
    found = receipts.check_facts(room.desk, room.reader, receipt.data)
    assert ("facts", "not one", "a candidate") == (found.section, found.recorded, found.found)


def test_a_receipt_of_an_earlier_tick_has_its_facts_still(room):
    receipt = make(room, OTHER)
    room.clock.instant = NOW + timedelta(days=1)
    assert exposure.write_ledgers(room.desk) == 1
    assert receipts.check_facts(room.desk, room.reader, receipt.data) is None


def test_no_stranger_gets_a_receipt(room):
    for ask in (receipts.make, receipts.check_order, exposure.room_page):
        with pytest.raises(NotSignedInError):
            ask(room.desk, room.nobody, "front-page")


def test_checking_an_order_counts_the_candidates_of_each_source(room):
    checked = receipts.check_order(room.desk, room.reader, "front-page")
    assert checked.found.holds
    assert checked.found.entries == sum(count for _, count in checked.sources)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_receipt_changed_anywhere_is_refused(written, data):
    receipt = written[data.draw(st.sampled_from(sorted(written)))]
    place = data.draw(st.integers(0, len(receipt.data) - 1))
    changed = bytearray(receipt.data)
    changed[place] ^= 1 << data.draw(st.integers(0, 6))
    assert not receipts.verify_receipt(bytes(changed)).holds


def envelope(room, name="many-voices"):
    version = editing.find_version(room.desk, room.reader, name)
    return version, versions.envelope(room.desk, room.reader, version.id).encode()


def test_a_version_is_signed_and_names_the_one_before(room):
    before, signed = envelope(room)
    assert (before.identity, None) == (
        versions.check_envelope(signed).identity,
        versions.check_envelope(signed).problem,
    )
    publishing.publish(room.desk, room.editor, before.toml.replace('plain = "', 'plain = "Now: ', 1), "Clearer")
    after, signed = envelope(room)
    assert (2, before.identity) == (after.number, json.loads(signed)["version"]["supersedes"])
    assert versions.check_envelope(signed).problem is None
    assert editing.changes(before, after).same_order


def test_a_copy_says_where_it_came_from(room):
    copied = publishing.fork(room.desk, room.editor, "many-voices", "our-voices", title="Our voices", reason="Ours")
    first, _ = envelope(room)
    _, signed = envelope(room, "our-voices")
    told = json.loads(signed)["version"]
    assert (first.identity, None, "Our voices") == (told["forked_from"], told["supersedes"], copied.title)
    with pytest.raises(ConflictError):
        publishing.fork(room.desk, room.editor, "fair-turns", "our-voices", title=None, reason="Again")


@pytest.mark.parametrize(
    ("part", "forge"),
    [
        ("reason", lambda told: told["version"].update(reason="Another")),
        ("toml", lambda told: told.update(toml=told["toml"].replace("points = ", "points = 1", 1))),
        ("rule", lambda told: told["rule"].update(title="Another")),
        ("key", lambda told: told.update(key="00" * 32)),
        ("sig", lambda told: told.update(sig="00" * 64)),
        ("more", lambda told: told.update(more=1)),
        ("gone", lambda told: told.pop("facts")),
    ],
)
def test_a_forged_version_is_refused(room, part, forge):
    _, signed = envelope(room)
    told = json.loads(signed)
    forge(told)
    assert versions.check_envelope(rfc8785.dumps(told)).problem, part


@given(st.binary(max_size=200) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(str).map(str.encode))
def test_nothing_that_is_no_envelope_passes(data):
    assert versions.check_envelope(data).problem


def test_versions_are_found_by_name_and_number(room):
    assert editing.find_version(room.desk, room.reader, "many-voices@1").number == 1
    for name in ("many-voices@2", "many-voices@x", "nothing"):
        with pytest.raises(NotFoundError):
            editing.find_version(room.desk, room.reader, name)


def test_the_ledger_is_written_once_a_day_and_counts_from_then_on(room):
    page = exposure.room_page(room.desk, room.reader, "front-page")
    assert (0, 1000) == (page.records, round(sum(each.share for each in page.by_kind["source"]), -1))
    assert exposure.write_ledgers(room.desk) == 0  # nothing had arrived at this midnight
    room.clock.instant = NOW + timedelta(days=1)
    tick = int(room.clock.instant.timestamp())
    with room.desk.database.read() as conn:
        assert recorded_rooms(conn, front_page(room).id, tick) is None
    assert (1, 0) == (exposure.write_ledgers(room.desk), exposure.write_ledgers(room.desk))
    with room.desk.database.read() as conn:
        rooms = recorded_rooms(conn, front_page(room).id, tick)
        assert recorded_rooms(conn, front_page(room).id, tick - 60) is None
    assert set(rooms) == {
        share.key for share in exposure.room_page(room.desk, room.reader, "front-page").by_kind["source"]
    }
    page = exposure.room_page(room.desk, room.reader, "front-page", 7)
    assert (1, 1) == (page.records, len({page.since}))
    assert page.variety.floor <= page.variety.gini
    with pytest.raises(BadInputError):
        exposure.room_page(room.desk, room.reader, "front-page", 8)


def test_fair_turns_reads_the_ledger_of_the_list(room):
    def first(at):
        data = json.loads(make(room, OTHER, at=at).data)
        return data["facts"]["numbers"].get("source_room")

    assert first(None) is None
    room.clock.instant = NOW + timedelta(days=1)
    exposure.write_ledgers(room.desk)
    column = first(None)
    with room.desk.database.read() as conn:
        rooms = recorded_rooms(conn, front_page(room).id, int(room.clock.instant.timestamp()))
    assert set(column["values"]) <= {0, *rooms.values()}
    assert any(column["values"])


def test_a_replay_of_a_rule_against_itself_changes_nothing(room):
    rule = editing.find_version(room.desk, room.reader, OTHER)
    room.clock.instant = NOW + timedelta(days=2)
    found = replaying.replay(room.desk, room.reader, "front-page", rule, rule, days=4)
    assert [0] == [day.candidates for day in found.days if day.at < NOW]
    assert {(1.0, 0, 0, 0)} == {(day.overlap, day.entering, day.leaving, day.moved) for day in found.days}
    assert all(before == after for _, before, after in found.sources)


def test_a_replay_carries_a_ledger_of_its_own(room):
    """Fair turns after two days of itself is not what it is beside the ledger of the list's own rule."""
    newest, fair = (editing.find_version(room.desk, room.reader, name) for name in ("newest-first", OTHER))
    room.clock.instant = NOW + timedelta(days=2)
    found = replaying.replay(room.desk, room.reader, "front-page", newest, fair, days=3)
    assert found.overlap < 1
    with room.desk.database.read() as conn:
        written = ledger.get_records(conn, front_page(room).id, after=NOW - timedelta(90), now=room.clock.instant)
    assert written == ()


def test_marks_and_mutes_have_no_part_in_any_order(room):
    """With members, personal lists, mutes, drafts and editions there."""
    desk, reader, editor = room.desk, room.reader, room.editor
    listing.add_list(desk, reader, ListWish("Mine", "fair-turns", Scope(folders=("News",))), personal=True)
    at = NOW + timedelta(minutes=30)
    listing.add_list(desk, editor, ListWish("Paper", "many-voices", times=(at.strftime("%H:%M"),)))
    room.clock.instant = at
    assert editions.make_due(desk) == 1
    text = editing.find_version(desk, editor, "many-voices").toml
    drafting.save(desk, editor, "many-voices", text.replace("limit = 1", "limit = 2"))
    muting.mute(desk, reader, "source", "source1.example")
    with desk.database.write() as conn:
        ids = list(range(1, 10))
        states.set_states(conn, reader.member.id, ids, read=True)
    found = canary.try_marks(desk, steward(room))
    rules = editing.rules(desk, reader)
    assert (3 * len(rules), ()) == (found.orders, found.differing)
    assert found.marks > 100
    assert found.mutes > 0
    with desk.database.read() as conn:
        kept = states.get_states(conn, reader.member.id, ids)
    assert {(True, False, False)} == {(state.read, state.starred, state.later) for state in kept.values()}
    assert ["source1.example"] == [each.text for each in muting.mutes(desk, reader)]


def test_a_mark_that_moved_an_order_would_be_seen(room, monkeypatch):
    """The canary can die: a time that follows a mark differs, by list and rule."""

    def moved(conn, *_):
        conn.execute(update(entry).where(entry.c.id % 2 == 0).values(time=NOW - timedelta(days=5)))
        values.touch(conn)
        return 1

    monkeypatch.setattr(states, "put_random_states", moved)
    assert ("front-page", "newest-first") in canary.try_marks(room.desk, steward(room)).differing
