from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.candidates.columns import Columns
from aggregator.candidates.disk import try_lock
from aggregator.services import publishing, reading
from aggregator.services.asking import list_and_rule
from aggregator.services.ranking import ranked
from aggregator.store import entries, states, subscriptions
from tests.aggregator.candidates.stored import make_entry, odd_entries
from tests.aggregator.services.newsroom import NOW, open_newsroom

RULE = """
schema = "ranking-rule/1"
id = "plain-sums"
title = "Plain sums"
plain = "Sums that a test can add up by hand."

[[filter]]
id = "no-paid"
leave_out = { paid = true }
why = "Paid posts are left out."

[[filter]]
id = "no-podcasts"
leave_out = { kind = "audio" }
why = "To read."

[[score]]
id = "fresh"
signal = "age_hours"
curve = { falls = [0, 240] }
points = 50
why = "New."

[[score]]
id = "loud"
signal = "source_pace"
curve = { rises = [0, 10] }
points = -30
why = "Loud."

[[score]]
id = "french"
when = { language = "fr" }
points = 5
why = "French."

[[score]]
id = "local"
when = { folder = "News/Local" }
points = 7
why = "Near."

[[score]]
id = "seven"
when = { title = "entry 7*" }
points = 3
why = "Words."

[finish]
length = 40
"""


@pytest.fixture
def room(tmp_path):
    with open_newsroom(tmp_path) as opened:
        yield opened


def publish(room, text=RULE):
    return publishing.publish(room.desk, room.editor, text, "for a test")


def rank_front_page(room, rule=None, **given):
    with room.desk.database.read() as conn:
        asked = list_and_rule(conn, room.reader, "front-page", rule)
        return ranked(room.desk, asked.list, asked.rule, conn=conn, **given)


def rounded(numerator, denominator):
    """Half to even."""
    quotient, rest = divmod(numerator, denominator)
    return quotient + (2 * rest > denominator or (2 * rest == denominator and quotient % 2))


def by_hand(room, at):
    """What RULE makes of the database at `at`, in plain Python: (shown and further down, withheld by)."""
    now = int(at.timestamp())
    hour = now - now % 3600
    with room.desk.database.read() as conn:
        subscribed = {each.feed.id: each for each in subscriptions.get_subscribed(conn, room.reader.group)}
        all_entries = entries.iter_entries(conn, limit=10_000)
    sources = {}
    for entry in all_entries:
        sources.setdefault(subscribed[entry.feed_id].feed.source, []).append(int(entry.time.timestamp()))
    listed, withheld = [], {}
    for entry in all_entries:
        born = int(entry.time.timestamp())
        if not (at - timedelta(days=7) < entry.time <= at and entry.first_seen <= at):
            continue
        lines = [line for line, hit in (("no-paid", entry.paid), ("no-podcasts", entry.kind == "audio")) if hit]
        if lines:
            withheld[entry.uid] = tuple(lines)
            continue
        feed, subscription = subscribed[entry.feed_id].feed, subscribed[entry.feed_id].subscription
        times = sources[feed.source]
        held = min(max(hour - min(times), 86_400), 28 * 86_400)
        count = sum(hour - 28 * 86_400 < each <= hour for each in times)
        pace = rounded(count * 1000 * 86_400, held) if min(times) <= hour else None
        terms = (
            50 * rounded((864_000 - min(now - born, 864_000)) * 10**6, 864_000),
            -30 * rounded(min(pace, 10_000) * 10**6, 10_000) if pace is not None else 0,
            5 * 10**6 * ((entry.language or feed.language) == "fr"),
            7 * 10**6 * any(f"{path}/".startswith("News/Local/") for path in subscription.folders),
            3 * 10**6 * (entry.title.casefold().startswith("entry 7")),
        )
        listed.append((-sum(terms), -born, entry.uid, terms))
    return sorted(listed), withheld


def test_a_ranking_equals_one_worked_out_by_hand(room):
    room.fill(each=20)
    publish(room)
    ranking = rank_front_page(room, "plain-sums")
    listed, withheld = by_hand(room, ranking.at)
    rows = ranking.rows(0, len(ranking))
    assert [uid for _, _, uid, _ in listed] == [ranking.uid(row) for row in rows]
    assert [terms for *_, terms in listed] == [
        tuple(term.points for term in told.terms) for told in ranking.explain(rows, "en")
    ]
    assert withheld == {ranking.uid(row): ranking.withheld_by(row) for row in ranking.withheld_rows()}
    assert len(listed) > 50
    assert len(withheld) > 20


def test_every_candidate_has_one_of_four_fates(room):
    room.fill(each=20)
    publish(room)
    ranking = rank_front_page(room, "plain-sums")
    counts = ranking.counts
    placed = ranking.rows(0, len(ranking))
    fates = [*placed, *ranking.withheld_rows(), *ranking.folded()]
    assert sorted(fates) == list(range(len(ranking)))
    assert (counts.shown, counts.after_end, counts.folded, counts.withheld) == (
        40, len(placed) - 40, len(ranking.folded()), len(ranking.withheld_rows()),
    )  # fmt: skip


def test_all_who_ask_share_one_ranking(room):
    room.fill(feeds=2)
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(rank_front_page, room) for _ in range(16)]
    assert len({id(one.result()) for one in asked}) == 1


def test_threads_that_read_one_ranking_at_once_agree(room):
    room.fill(feeds=6, each=60)
    ranking = rank_front_page(room)

    def read(seed):
        chance = random.Random(seed)
        rows = [ranking.rows(0, chance.randrange(1, len(ranking))) for _ in range(5)]
        return max(rows, key=len), ranking.explain(rows[0][:10], "en")

    with ThreadPoolExecutor(6) as threads:
        found = [rows for rows, _ in threads.map(read, range(12))]
    longest = max(found, key=len)
    assert all(rows == longest[: len(rows)] for rows in found)


def test_a_change_of_marks_leaves_every_order_as_it_is(room):
    room.fill(each=15)
    rules = [version.slug for version in reading.list_page(room.desk, room.reader, "front-page").rules]

    def orders():
        room.desk.rankings.__init__()  # nothing kept: all is ranked anew
        found = {}
        for slug in rules:
            ranking = rank_front_page(room, slug)
            rows = ranking.rows(0, len(ranking))
            found[slug] = ([ranking.uid(row) for row in rows], ranking.explain(rows[:30], "en"))
        return found

    before = orders()
    chance = random.Random(4)
    with room.desk.database.write() as conn:
        ids = [entry.id for entry in entries.iter_entries(conn, limit=10_000)]
        for actor in (room.reader, room.editor):
            for mark in ("read", "starred", "later"):
                states.set_states(
                    conn, actor.member.id, [each for each in ids if chance.random() < 0.5], **{mark: True}
                )
    assert before == orders()


def test_a_snapshot_stays_while_entries_arrive_change_and_go(room):
    room.fill(feeds=3)
    first = rank_front_page(room)
    order = [first.uid(row) for row in first.rows(0, len(first))]
    room.clock.instant += timedelta(minutes=20)
    room.store(1, odd_entries(77, 30, start=5000), first_seen=room.clock.instant)
    room.store(2, odd_entries(78, 10, start=2000))
    with room.desk.database.write() as conn:
        entries.delete_entries(conn, [1, 2, 3])
    now = rank_front_page(room)
    again = rank_front_page(room, at=first.at, data_version=first.data_version)
    assert order == [again.uid(row) for row in again.rows(0, len(again))]
    assert order != [now.uid(row) for row in now.rows(0, len(now))]


def test_a_snapshot_no_longer_kept_is_ranked_again_without_what_came_later(room):
    room.fill(feeds=3)
    first = rank_front_page(room)
    order = [first.uid(row) for row in first.rows(0, len(first))]
    room.clock.instant += timedelta(minutes=20)
    room.store(1, odd_entries(77, 30, start=5000), first_seen=room.clock.instant)
    room.desk.rankings.__init__()
    again = rank_front_page(room, at=first.at, data_version=first.data_version)
    assert order == [again.uid(row) for row in again.rows(0, len(again))]


def test_a_live_list_is_ranked_once_a_minute(room):
    room.fill(feeds=2)
    room.clock.instant += timedelta(minutes=3, seconds=10)
    first = rank_front_page(room)
    room.clock.instant += timedelta(seconds=40)
    assert rank_front_page(room) is first
    assert first.at == NOW + timedelta(minutes=3)
    room.clock.instant += timedelta(seconds=20)
    assert rank_front_page(room).at == NOW + timedelta(minutes=4)


def test_what_arrived_within_the_minute_is_there_at_once(room):
    room.fill(feeds=1)
    rank_front_page(room)
    room.clock.instant += timedelta(seconds=30)
    (uid,) = room.store(1, [(make_entry(9001, published=room.clock.instant), timedelta())], room.clock.instant)
    ranking = rank_front_page(room)
    assert uid in {ranking.uid(row) for row in range(len(ranking))}


def test_a_source_that_is_removed_is_gone_at_once(room):
    room.fill(feeds=3)
    rank_front_page(room)
    with room.desk.database.write() as conn:
        subscriptions.delete_subscription(conn, room.reader.group, room.feeds[2])
    ranking = rank_front_page(room)
    with room.desk.database.read() as conn:
        found = entries.get_entries(conn, [ranking.entry_id(row) for row in range(len(ranking))])
    assert {room.feeds[1], room.feeds[3]} == {entry.feed_id for entry in found.values()}


def test_while_a_worker_holds_the_columns_a_reader_serves_what_is_there(room, tmp_path):
    room.fill(feeds=2)
    before = rank_front_page(room)
    with try_lock(tmp_path / "columns" / "lock"):
        room.store(1, odd_entries(80, 5, start=9000))
        assert len(rank_front_page(room)) == len(before)
    assert len(rank_front_page(room)) > len(before)


def test_a_full_disk_leaves_the_older_state_readable(room, monkeypatch):
    room.fill(feeds=2)
    before = len(rank_front_page(room))
    room.store(1, odd_entries(80, 5, start=9000))

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(room.desk.columns._disk, "write", fail, raising=False)
    assert before == len(rank_front_page(room))


def test_two_processes_rank_alike(room, tmp_path):
    room.fill(feeds=4)
    mine = rank_front_page(room)
    other = replace(room.desk, columns=Columns.open(tmp_path / "columns"), rankings=type(room.desk.rankings)())
    with other.database.read() as conn:
        asked = list_and_rule(conn, room.reader, "front-page", None)
        theirs = ranked(other, asked.list, asked.rule, conn=conn)
    assert [mine.uid(row) for row in mine.rows(0, 50)] == [theirs.uid(row) for row in theirs.rows(0, 50)]
