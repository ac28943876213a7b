import asyncio
from datetime import timedelta

from sqlalchemy import func, select

from aggregator.model.meaning import StoryPlace
from aggregator.store import deliveries, entries, followed, stories
from aggregator.store.tables import story
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


def test_stories_that_nothing_tells_any_more_are_forgotten(desk, server, clock):
    (feed,) = add(desk, server.put("/feed", rss("a", "b")))
    due(desk)
    with desk.database.write() as conn:
        a, b = (each.id for each in entries.iter_entries(conn, feed_id=feed, limit=10))
        at = int(clock.instant.timestamp())
        stories.keep(conn, "tried", [StoryPlace(a, at, a), StoryPlace(b, at, b)], [])
        entries.delete_entries(conn, [a])
    for days, left in ((0, 2), (30, 1)):
        clock.instant += timedelta(days=days)
        asyncio.run(Retention(desk).run())
        with desk.database.read() as conn:
            assert left == conn.execute(select(func.count()).select_from(story)).scalar()
