"""Editions: kept as they were, on both databases, whatever changes afterwards."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from aggregator.errors import NotFoundError
from aggregator.model.readinglist import Scope
from aggregator.services import editions, exposure, listing, publishing, reading, receipts
from aggregator.services.listing import ListWish
from aggregator.store import entries
from rankers import verify_receipt
from tests.aggregator.candidates.stored import odd_entries
from tests.aggregator.services.newsroom import NOW, open_newsroom

AT = NOW + timedelta(minutes=30)


@pytest.fixture
def room(tmp_path, database):
    with open_newsroom(tmp_path, database) as opened:
        opened.fill(feeds=4, each=15)
        yield opened


@pytest.fixture
def paper(room):
    """A list of the folder News with two editions a day, the next in half an hour."""
    times = tuple(f"{(AT + timedelta(hours=hours)).strftime('%H:%M')}" for hours in (0, 12))
    wish = ListWish("Paper", "many-voices", Scope(folders=("News",)), times=times)
    listing.add_list(room.desk, room.editor, wish)
    return "paper"


def make(room):
    return editions.make_due(room.desk)


def told(page):
    return [(item.entry.uid, item.position, item.explanation) for item in page.items]


def test_until_its_first_edition_a_list_is_shown_as_it_stands(room, paper):
    page = reading.list_page(room.desk, room.reader, paper)
    assert (page.edition, page.next_edition) == (None, AT)
    assert page.items
    assert make(room) == 0


def test_an_edition_is_made_at_its_time_and_shown(room, paper):
    room.clock.pass_by(minutes=31)
    assert (make(room), make(room)) == (1, 0)
    page = reading.list_page(room.desk, room.reader, paper)
    assert (page.at, page.edition.at, page.edition.late, page.edition.previous) == (AT, AT, False, None)
    assert page.next_edition == AT + timedelta(hours=12)


def test_what_arrives_later_is_in_no_edition_made_before(room, paper):
    room.clock.pass_by(minutes=31)
    make(room)
    before = reading.list_page(room.desk, room.reader, paper)
    room.store(1, odd_entries(77, 10, start=9000), first_seen=room.clock.now())
    after = reading.list_page(room.desk, room.reader, paper)
    assert told(after) == told(before)
    assert after.newer == 0


def test_an_edition_stays_as_it_was_after_entries_rule_and_scope_changed(room, paper):
    room.clock.pass_by(minutes=31)
    make(room)
    before = reading.list_page(room.desk, room.reader, paper)
    register = reading.left_out(room.desk, room.reader, paper)
    text = before.rule.toml.replace("points = ", "points = 1", 1)
    publishing.publish(room.desk, room.editor, text, "Other points.")
    wish = ListWish("Paper", "newest-first", Scope(folders=("Work",)))
    listing.change_list(room.desk, room.editor, paper, wish)
    room.store(1, odd_entries(5, 15, start=1000), first_seen=room.clock.now())  # the same entries, with other words
    after = reading.list_page(room.desk, room.reader, paper, at=AT)
    kept = {uid for uid, *_ in told(after)}
    assert [(uid, place, why.total) for uid, place, why in told(after)] == [
        (uid, place, why.total) for uid, place, why in told(before) if uid in kept
    ]
    assert (after.rule, after.counts) == (before.rule, before.counts)
    assert reading.left_out(room.desk, room.reader, paper, at=AT).count == register.count
    assert reading.list_page(room.desk, room.reader, paper).edition is None  # live again


def test_the_reasons_of_an_edition_are_those_it_was_made_with(room, paper):
    live = reading.list_page(room.desk, room.reader, paper, at=AT)
    room.clock.pass_by(minutes=31)
    make(room)
    kept = reading.list_page(room.desk, room.reader, paper, at=AT)
    assert [(uid, place, [(t.id, t.points) for t in why.terms]) for uid, place, why in told(live)] == [
        (uid, place, [(t.id, t.points) for t in why.terms]) for uid, place, why in told(kept)
    ]
    uid = kept.items[0].entry.uid
    standing = reading.entry_page(room.desk, room.reader, uid, paper, at=AT, what_if=True).standing
    assert standing.explanation == kept.items[0].explanation
    assert standing.what_if


def test_the_place_of_a_deleted_entry_stays_empty(room, paper):
    room.clock.pass_by(minutes=31)
    make(room)
    before = reading.list_page(room.desk, room.reader, paper)
    with room.desk.database.write() as conn:
        entries.delete_entries(conn, [before.items[1].entry.id])
    after = reading.list_page(room.desk, room.reader, paper)
    assert [item.position for item in after.items[:2]] == [1, 3]


def test_editions_missed_are_made_late_with_the_rule_of_their_time(room, paper):
    first = reading.list_page(room.desk, room.reader, paper).rule
    room.clock.pass_by(hours=20)
    publishing.publish(room.desk, room.editor, first.toml.replace("points = ", "points = 1", 1), "Other points.")
    assert make(room) == 2
    page = reading.list_page(room.desk, room.reader, paper)
    assert (page.rule, page.edition.late, page.edition.previous) == (first, True, AT)
    (newest, oldest) = editions.editions(room.desk, room.reader, paper).items
    assert (newest.at - oldest.at, oldest.at) == (timedelta(hours=12), AT)
    note = reading.list_page(room.desk, room.reader, paper, at=AT).edition
    assert (note.previous, note.next) == (None, newest.at)


def test_of_two_workers_one_keeps_the_edition(room, paper):
    room.clock.pass_by(minutes=31)
    with ThreadPoolExecutor() as pool:
        made = pool.map(lambda _: make(room), range(4))
    assert sum(made) == 1
    assert len(editions.editions(room.desk, room.reader, paper).items) == 1


def test_page_and_receipt_of_an_edition_agree_and_a_tampered_one_is_refused(room, paper):
    room.clock.pass_by(minutes=31)
    make(room)
    page = reading.list_page(room.desk, room.reader, paper)
    receipt = receipts.make(room.desk, room.reader, paper)
    assert verify_receipt(receipt.data).holds
    assert not verify_receipt(receipt.data.replace(b'"entry":1', b'"entry":2', 1)).holds
    assert receipts.check_facts(room.desk, room.reader, receipt.data) is None
    room.store(1, odd_entries(5, 15, start=1000), first_seen=room.clock.now())
    assert receipts.make(room.desk, room.reader, paper, at=page.at).data == receipt.data


def test_an_edition_writes_the_ledger_that_midnight_does_not(room, paper):
    room.clock.pass_by(minutes=31)
    make(room)
    assert exposure.room_page(room.desk, room.reader, paper).records == 1
    exposure.write_ledgers(room.desk)
    assert exposure.room_page(room.desk, room.reader, paper).records == 1


def test_newest_first_is_live_beside_editions(room, paper):
    room.clock.pass_by(minutes=31)
    make(room)
    room.clock.pass_by(hours=1)
    page = reading.list_page(room.desk, room.reader, paper, rule="newest-first")
    assert (page.edition, page.newest) == (None, True)
    assert page.at > AT


def test_editions_are_let_go_after_half_a_year_and_removed_lists_after_a_month(room, paper):
    room.clock.pass_by(minutes=31)
    make(room)
    room.clock.pass_by(days=180)
    assert editions.let_go(room.desk) == 1
    assert editions.editions(room.desk, room.reader, paper).items == ()
    listing.remove_list(room.desk, room.editor, paper)
    assert (editions.let_go(room.desk), make(room)) == (0, 0)
    room.clock.pass_by(days=31)
    assert editions.let_go(room.desk) == 1
    with pytest.raises(NotFoundError):
        listing.restore_list(room.desk, room.editor, paper)


def test_an_edition_with_nothing_in_it_is_kept_too(room):
    wish = ListWish("Empty", "many-voices", Scope(languages=("ko",)), times=(AT.strftime("%H:%M"),))
    listing.add_list(room.desk, room.editor, wish)
    room.clock.pass_by(minutes=31)
    make(room)
    page = reading.list_page(room.desk, room.reader, "empty")
    assert (page.edition.at, page.items, page.counts.total) == (AT, (), 0)
