from __future__ import annotations

from datetime import timedelta

from aggregator.model.exposure import RoomRecord, RoomShare, SourceRoom
from aggregator.model.readinglist import Scope
from aggregator.store import feeds, ledger, lists, rules
from rankers import fair_room

DAY = timedelta(days=1)


def add_list(conn, group, slug, version):
    return lists.add_list(
        conn, group, slug=slug, title=slug, rule_id=version.rule_id, max_age=7 * DAY, time_zone="UTC", scope=Scope()
    )


def test_room_of_a_source_is_summed_for_each_list_also_where_it_had_nothing(conn, group, now):
    told = {"hash": "ab" * 32, "title": "Many", "plain": "P", "toml": "t", "author": None, "reason": None}
    version = rules.add_rule_version(conn, group, slug="m", now=now, number=1, identity="1", envelope="{}", **told)
    one, other = (add_list(conn, group, slug, version) for slug in ("one", "other"))
    now = now.replace(microsecond=0)
    share = RoomShare("source", "tide.example", 5, 2, 1_500_000, 1, 630_930)
    alike = RoomShare("language", "tide.example", 9, 9, 9, 9, 9)
    for list_id, at, shares in ((one, now, (share, alike)), (one, now - DAY, (share,)), (other, now, (alike,))):
        record = RoomRecord(list_id, at, version.id, 3, 9, 1, None, None, 0, {}, shares)
        assert ledger.add_record(conn, record, written=now)
    found = ledger.rooms_of_source(conn, "tide.example", after=now - 2 * DAY, now=now)
    room = fair_room(3, 1)
    assert found == {
        one: SourceRoom(2, now - DAY, 10, 4, 3_000_000, 1_261_860, 2 * room),
        other: SourceRoom(1, now, 0, 0, 0, 0, room),
    }
    assert 1 == ledger.rooms_of_source(conn, "tide.example", after=now - DAY, now=now)[one].records
    assert {} == ledger.rooms_of_source(conn, "tide.example", after=now, now=now)


def test_the_entries_of_a_source_are_those_of_all_its_feeds(conn, add, make, feed_id, now):
    old = now - 2 * DAY
    held = add(make.data("new", published=now), make.data("old", published=old))
    feeds.set_source(conn, feed_id, source="tide.example", owner="tide.example")
    assert set(feeds.ids_of_source(conn, "tide.example", since=old)) == {each.id for each in held.values()}
    assert feeds.ids_of_source(conn, "tide.example", since=now - DAY) == (held["new"].id,)
    assert feeds.ids_of_source(conn, "other.example", since=old) == ()
