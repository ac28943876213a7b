import asyncio
from datetime import timedelta

from aggregator.store import deliveries, entries, followed
from aggregator.update.schedule import LONGEST
from aggregator.worker.retention import EVERY_SECONDS, KEYS_REST, NEWEST, OLDEST, Retention
from tests.aggregator.worker.loopback import add, due, rss, titles


def test_old_entries_go_once_an_hour_and_do_not_come_back_as_new(desk, server, clock):
    old, new = [f"a{n}" for n in range(40)], [f"b{n}" for n in range(NEWS)]
    (feed,) = add(desk, server.put("/feed", rss(*old)))
    due(desk)
    clock.instant += OLDEST + timedelta(days=1)
    server.put("/feed", rss(*new))
    due(desk)
    steady = [10_000.0]
    retention = Retention(desk, steady=lambda: steady[0])
    asyncio.run(retention.run())
    assert len(titles(desk, feed)) == NEWEST
    with desk.database.read() as conn:
        left = [entry for entry in entries.iter_entries(conn, feed_id=feed, limit=1000) if entry.guid in old]
    clock.instant += LONGEST
    server.put("/feed", rss(*old, "c", *new[1:]))
    assert due(desk).entries_new == 1 + len(old) - len(left)
    with desk.database.read() as conn:
        back = {e.guid: e.time for e in entries.iter_entries(conn, feed_id=feed, limit=1000)}
    assert {back[key] for key in old} == {left[0].time}
    steady[0] += EVERY_SECONDS - 1
    asyncio.run(retention.run())
    assert len(titles(desk, feed)) == NEWS + len(old) + 1


NEWS = NEWEST - 20
"""So that twenty old entries are among the newest."""


def test_signatures_and_keys_of_others_are_not_kept_for_ever(desk, clock):
    with desk.database.write() as conn:
        followed.set_keys(conn, "https://a.example/old", [("https://a.example/old#key", "PEM")], now=clock.instant)
        assert deliveries.use_signature(conn, b"mark", until=clock.instant + timedelta(hours=1))
    clock.instant += KEYS_REST + timedelta(hours=1)
    with desk.database.write() as conn:
        followed.set_keys(conn, "https://a.example/new", [("https://a.example/new#key", "PEM")], now=clock.instant)
        assert deliveries.use_signature(conn, b"young", until=clock.instant + timedelta(hours=1))
    asyncio.run(Retention(desk).run())
    with desk.database.write() as conn:
        assert followed.find_key(conn, "https://a.example/old#key") is None
        assert followed.find_key(conn, "https://a.example/new#key") is not None
        assert deliveries.use_signature(conn, b"mark", until=clock.instant)
        assert not deliveries.use_signature(conn, b"young", until=clock.instant)
