from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.errors import ConflictError, NotAllowedError, NotFoundError, NotSignedInError
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.feed import FetchFailure, FetchOutcome, Schedule, Validators
from aggregator.services import publishing, reading
from aggregator.services.pages import EmptyKind, OutOfScope
from aggregator.store import entries, leases, lists, subscriptions
from tests.aggregator.candidates.stored import make_entry
from tests.aggregator.services.newsroom import NOW, open_newsroom

LIST = "front-page"
FILTERS = """
schema = "ranking-rule/1"
id = "no-paid"
title = "Nothing paid"
plain = "Paid posts and podcasts are left out."

[[filter]]
id = "paid"
leave_out = { paid = true }
why = "Paid posts are left out."

[[filter]]
id = "audio"
leave_out = { kind = "audio" }
why = "To read."

[[score]]
id = "fresh"
signal = "age_hours"
curve = { halves_every = 24 }
points = 50
why = "New."

[finish]
length = 20
"""


@pytest.fixture
def room(tmp_path):
    with open_newsroom(tmp_path) as opened:
        yield opened


@pytest.fixture
def filled(room):
    room.fill(each=20)
    return room


def page_of(room, actor=None, **given):
    return reading.list_page(room.desk, actor or room.reader, LIST, **given)


def uids(page):
    return [item.entry.uid for item in page.items]


def test_the_front_page_shows_what_its_rule_shows_in_order(filled):
    page = page_of(filled)
    assert (page.list.slug, page.rule.slug, page.own_rule.slug) == (LIST, "many-voices", "many-voices")
    assert list(range(1, 31)) == [item.position for item in page.items]
    assert page.counts.total == (
        page.counts.shown + page.counts.further_down + page.counts.folded + page.counts.withheld
    )
    assert page.next_start is None
    assert page.empty is None
    assert all(item.feed_title == f"Feed {item.entry.feed_id}" for item in page.items)


def test_newest_first_is_one_of_the_rules_and_never_ends(filled):
    page = page_of(filled, rule="newest-first")
    assert page.newest
    assert page.own_rule.slug == "many-voices"
    assert "newest-first" in {version.slug for version in page.rules}
    assert len(page.items) == page.next_start == 50
    times = [(-item.entry.time.timestamp(), item.entry.uid) for item in page.items]
    assert sorted(times) == times


def test_pages_of_one_snapshot_follow_each_other(filled):
    whole = uids(page_of(filled, rule="newest-first", limit=10_000))
    found, start = [], 0
    while start is not None:
        page = page_of(filled, rule="newest-first", start=start, limit=17)
        found += uids(page)
        start = page.next_start
    assert whole == found


def test_further_down_goes_on_in_the_same_order(filled):
    shown = page_of(filled)
    found, start = [], None
    while True:
        page = reading.further_down(filled.desk, filled.reader, LIST, start=start, limit=25)
        assert page.further
        found += [(item.position, item.entry.uid) for item in page.items]
        start = page.next_start
        if start is None:
            break
    assert list(range(31, shown.counts.further_down + 31)) == [position for position, _ in found]
    assert not {uid for _, uid in found} & set(uids(shown))


@pytest.mark.parametrize("start", [-5, 10**9])
def test_a_start_beyond_the_list_gives_a_page_all_the_same(filled, start):
    for page in (
        page_of(filled, start=start),
        reading.further_down(filled.desk, filled.reader, LIST, start=start),
        reading.left_out(filled.desk, filled.reader, LIST, start=start),
        reading.folded(filled.desk, filled.reader, LIST, start=start),
    ):
        assert page.start >= 0
        assert page.next_start is None or page.next_start > page.start


def test_what_lines_left_out_is_listed_with_every_line_that_matches(filled):
    publishing.publish(filled.desk, filled.editor, FILTERS, None)
    page = page_of(filled, rule="no-paid")
    register = reading.left_out(filled.desk, filled.reader, LIST, rule="no-paid", limit=1000)
    assert page.counts.withheld == register.count == len(register.items) == sum(line.count for line in register.by)
    assert page.left_out_by == register.by
    for item in register.items:
        expected = [line for line, hit in (("paid", item.entry.paid), ("audio", item.entry.kind == "audio")) if hit]
        assert expected == [line.line for line in item.lines]
    audio = reading.left_out(filled.desk, filled.reader, LIST, rule="no-paid", line="audio", limit=1000)
    assert {item.entry.uid for item in register.items if item.entry.kind == "audio"} == {
        item.entry.uid for item in audio.items
    }


def test_nothing_is_folded_before_there_are_stories(filled):
    assert reading.folded(filled.desk, filled.reader, LIST).count == 0


def test_an_entry_page_agrees_with_the_list_to_the_micro_point(filled):
    page = page_of(filled)
    for place, item in enumerate(page.items):
        shown = reading.entry_page(
            filled.desk, filled.reader, item.entry.uid, LIST, at=page.at, data_version=page.data_version
        )
        assert item.explanation == shown.standing.explanation
        assert item.explanation.total == sum(term.points for term in item.explanation.terms)
        assert shown.previous == (page.items[place - 1].entry.uid if place else None)
        assert place == 29 or shown.next == page.items[place + 1].entry.uid
        assert shown.body.content_html.startswith("<p>")


def test_explanations_name_entries_that_the_page_tells(filled):
    page = page_of(filled)
    named = {row for item in page.items for move in item.explanation.moves for row in move.because}
    named |= {near.row for item in page.items for near in (item.explanation.above, item.explanation.below) if near}
    assert set(page.mentions) == named
    by_position = {item.position: item.entry.uid for item in page.items}
    second = page.mentions[page.items[0].explanation.below.row]
    assert (second.position, second.uid) == (2, by_position[2])


def test_what_if_is_worked_out_on_demand(filled):
    uid = page_of(filled).items[5].entry.uid
    plain = reading.entry_page(filled.desk, filled.reader, uid, LIST)
    asked = reading.entry_page(filled.desk, filled.reader, uid, LIST, what_if=True)
    assert plain.standing.what_if is None
    assert ["fresh", "loud"] == [line for line, _ in asked.standing.what_if]


def test_an_entry_without_a_list_has_no_standing(filled):
    uid = page_of(filled).items[0].entry.uid
    page = reading.entry_page(filled.desk, filled.reader, uid)
    assert (page.standing, page.previous, page.next) == (None, None, None)


def test_why_not_answers_for_every_link(filled):
    publishing.publish(filled.desk, filled.editor, FILTERS, None)
    filled.store(1, [(make_entry(1, link="https://f.example/old", published=NOW), timedelta(days=9))])
    filled.store(1, [(make_entry(2, link="https://f.example/paid", paid=True), timedelta(hours=1))])
    filled.store(1, [(make_entry(3, link="https://f.example/now"), timedelta(0))])
    filled.store(
        1, [(make_entry(4, link="https://f.example/later"), timedelta(0))], first_seen=NOW + timedelta(hours=1)
    )

    def standing(link):
        (found,) = reading.why_not(filled.desk, filled.reader, LIST, f" https://f.example/{link} ", rule="no-paid")
        return found.standing

    assert standing("old").out_of_scope is OutOfScope.TOO_OLD
    assert standing("later").out_of_scope is OutOfScope.NOT_ARRIVED
    assert [("paid", "Paid posts are left out.")] == list(standing("paid").absence.lines)
    assert standing("now").explanation.position is not None
    assert reading.why_not(filled.desk, filled.reader, LIST, "https://elsewhere.example/") == ()


def test_an_entry_of_a_source_that_was_removed_is_out_of_scope(filled):
    entry = page_of(filled).items[0].entry
    with filled.desk.database.write() as conn:
        subscriptions.delete_subscription(conn, filled.reader.group, entry.feed_id)
    page = reading.entry_page(filled.desk, filled.reader, entry.uid, LIST)
    assert page.standing.out_of_scope is OutOfScope.OTHER_SOURCES


def test_newer_entries_wait_and_are_counted(filled):
    page = page_of(filled)
    filled.clock.instant += timedelta(minutes=10)
    filled.store(1, [(make_entry(n), timedelta(0)) for n in range(12)], first_seen=filled.clock.instant)
    pinned = page_of(filled, at=page.at, data_version=page.data_version)
    assert (pinned.newer, uids(pinned)) == (12, uids(page))
    assert page_of(filled).newer == 0


def test_an_entry_deleted_since_leaves_its_place_empty(filled):
    page = page_of(filled)
    with filled.desk.database.write() as conn:
        entries.delete_entries(conn, [page.items[3].entry.id])
    pinned = page_of(filled, at=page.at, data_version=page.data_version)
    assert [1, 2, 3, 5] == [item.position for item in pinned.items[:4]]


def test_marks_show_on_the_page_of_their_member_alone(filled):
    chosen = uids(page_of(filled))[:2]
    reading.mark(filled.desk, filled.reader, chosen, starred=True)
    assert [True, True, False] == [item.state.starred for item in page_of(filled).items[:3]]
    assert not any(item.state.starred for item in page_of(filled, filled.editor).items)


def test_hiding_what_is_read_keeps_the_numbers_and_counts(filled):
    before = page_of(filled)
    reading.mark(filled.desk, filled.reader, uids(before)[1:4], read=True)
    page = page_of(filled, hide_read=True)
    assert [1, 5, 6] == [item.position for item in page.items[:3]]
    assert (page.hidden_read, page.hide_read, page.counts) == (3, True, before.counts)


def test_everything_above_is_marked_and_taken_back(filled):
    reading.mark(filled.desk, filled.reader, uids(page_of(filled))[:2], read=True)
    page = page_of(filled)
    done = reading.mark_above(filled.desk, filled.reader, LIST, 10, at=page.at, data_version=page.data_version)
    assert done.count == 8
    assert [True] * 10 + [False] * 20 == [item.state.read for item in page_of(filled).items]
    back = reading.undo(filled.desk, filled.reader, done.id)
    assert back.count == 8
    assert [True] * 2 + [False] * 28 == [item.state.read for item in page_of(filled).items]


def test_marking_binds_to_what_was_shown(filled):
    page = page_of(filled)
    filled.clock.instant += timedelta(minutes=10)
    filled.store(1, [(make_entry(n), timedelta(0)) for n in range(12)], first_seen=filled.clock.instant)
    done = reading.mark_above(filled.desk, filled.reader, LIST, 5, at=page.at, data_version=page.data_version)
    assert set(done.read) == {item.entry.id for item in page.items[:5]}


def test_undo_restores_only_what_changed_once_and_only_the_last(filled):
    first, second, third = uids(page_of(filled))[:3]
    reading.mark(filled.desk, filled.reader, [first], starred=True)
    done = reading.mark(filled.desk, filled.reader, [first, second, third], starred=True, later=True)
    later = reading.mark(filled.desk, filled.reader, [third], read=True)
    with pytest.raises(ConflictError):
        reading.undo(filled.desk, filled.reader, done.id)
    reading.undo(filled.desk, filled.reader, later.id)
    with pytest.raises(ConflictError):
        reading.undo(filled.desk, filled.reader, later.id)
    done = reading.mark(filled.desk, filled.reader, [first, second], starred=False, later=False)
    reading.undo(filled.desk, filled.reader, done.id)
    states = [(item.state.starred, item.state.later, item.state.read) for item in page_of(filled).items[:3]]
    assert states == [(True, True, False)] * 3


def test_nobody_takes_back_what_another_member_did(filled):
    done = reading.mark(filled.desk, filled.reader, uids(page_of(filled))[:1], read=True)
    with pytest.raises(ConflictError):
        reading.undo(filled.desk, filled.editor, done.id)


def test_unknown_uids_are_passed_over(filled):
    assert reading.mark(filled.desk, filled.reader, ["0" * 32], read=True).count == 0


def test_shelves_give_what_was_put_there_page_by_page(filled):
    chosen = uids(page_of(filled))[:5]
    reading.mark(filled.desk, filled.reader, chosen, later=True)
    found, after = [], None
    while True:
        page = reading.shelf(filled.desk, filled.reader, "later", after=after, limit=2)
        found += uids(page)
        after = page.next_after
        if after is None:
            break
    assert sorted(chosen) == sorted(found)
    assert reading.shelf(filled.desk, filled.reader, "starred").items == ()


def test_reading_needs_somebody(filled):
    uid = page_of(filled).items[0].entry.uid
    for ask in (
        lambda who: reading.lists(filled.desk, who),
        lambda who: reading.list_page(filled.desk, who, LIST),
        lambda who: reading.further_down(filled.desk, who, LIST),
        lambda who: reading.left_out(filled.desk, who, LIST),
        lambda who: reading.folded(filled.desk, who, LIST),
        lambda who: reading.entry_page(filled.desk, who, uid),
        lambda who: reading.why_not(filled.desk, who, LIST, "https://f.example/1"),
        lambda who: reading.mark(filled.desk, who, [uid], read=True),
        lambda who: reading.mark_above(filled.desk, who, LIST, 1),
        lambda who: reading.shelf(filled.desk, who, "later"),
        lambda who: reading.undo(filled.desk, who, "x"),
    ):
        with pytest.raises((NotSignedInError, NotAllowedError)):
            ask(filled.nobody)


@pytest.mark.parametrize(("slug", "rule", "kind"), [("nowhere", None, "list"), (LIST, "nothing", "rule")])
def test_unknown_lists_and_rules_are_not_found(filled, slug, rule, kind):
    with pytest.raises(NotFoundError) as caught:
        reading.list_page(filled.desk, filled.reader, slug, rule=rule)
    assert caught.value.kind == kind


def fetched(room, number, fault=None):
    feed_id = room.feeds[number]
    schedule = Schedule(due=NOW + timedelta(hours=number), interval=timedelta(hours=1))
    with room.desk.database.write() as conn:
        leases.lease_due(conn, now=NOW, until=NOW + timedelta(minutes=1), worker="w", limit=9)
        if fault:
            leases.set_failed(conn, [FetchFailure(feed_id, fault, schedule, NOW)])
        else:
            leases.set_fetched(conn, [FetchOutcome(feed_id, Validators(), schedule, NOW, ())])


class TestAnEmptyListSaysWhy:
    def test_no_feeds(self, room):
        assert page_of(room).empty.kind is EmptyKind.NO_FEEDS

    def test_not_fetched_yet(self, room):
        room.add_source(1)
        assert (page_of(room).empty.kind, page_of(room).empty.next) == (EmptyKind.NOT_FETCHED, NOW)

    def test_nothing_new(self, room):
        room.add_source(1)
        room.store(1, [(make_entry(1), timedelta(days=8))])
        fetched(room, 1)
        page = page_of(room)
        assert (page.empty.kind, page.empty.next) == (EmptyKind.NOTHING_NEW, NOW + timedelta(hours=1))

    def test_offline(self, room):
        for number in (1, 2):
            room.add_source(number)
            fetched(room, number, Fault(FaultCode.DNS))
        page = page_of(room)
        assert (page.empty.kind, page.empty.next) == (EmptyKind.OFFLINE, NOW + timedelta(hours=1))

    def test_everything_left_out_by_a_line(self, room):
        room.add_source(1)
        room.store(1, [(make_entry(1, paid=True), timedelta(hours=1))])
        publishing.publish(room.desk, room.editor, FILTERS, None)
        empty = page_of(room, rule="no-paid").empty
        assert (empty.kind, empty.line.line, empty.line.count) == (EmptyKind.LEFT_OUT, "paid", 1)

    def test_entries_are_about_to_be_listed(self, room):
        page_of(room)
        assert room.desk.columns.hold()
        other = type(room.desk.columns).open(room.desk.settings.data / "columns")
        room.add_source(1)
        asking = replace(room.desk, columns=other)
        assert reading.list_page(asking, room.reader, LIST).empty.kind is EmptyKind.BUILDING
        room.desk.columns.close()


def test_lists_begin_with_the_front_page(room):
    with room.desk.database.read() as conn:
        expected = lists.get_lists(conn, room.reader.group)
    assert reading.lists(room.desk, room.reader) == expected
    assert expected[0].slug == LIST
