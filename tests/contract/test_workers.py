"""Several workers on one database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from aggregator.model.feed import FetchOutcome, Schedule, Validators
from aggregator.store import entries, feeds, leases, values

FEEDS, WORKERS, BATCH = 300, 4, 7


def test_safety_66_workers_at_the_same_time_get_each_feed_once(database, make, now):
    with database.write() as conn:
        news = [make.feed(f"https://example.org/{n}") for n in range(FEEDS)]
        feeds.add_feeds(conn, news, now=now, due=[now] * FEEDS)
    start = Barrier(WORKERS)

    def work(name):
        start.wait()
        taken = []
        while True:
            with database.write() as conn:
                got = leases.lease_due(conn, now=now, until=now + timedelta(minutes=1), worker=name, limit=BATCH)
            if not got:
                return taken
            taken += [feed.id for feed in got]
            done = Schedule(now + timedelta(hours=1), timedelta(hours=1))
            with database.write() as conn:
                leases.set_fetched(conn, [FetchOutcome(feed.id, Validators(), done, now, ()) for feed in got])

    with ThreadPoolExecutor(WORKERS) as pool:
        taken = [feed_id for part in pool.map(work, "abcd") for feed_id in part]
    assert (FEEDS, FEEDS) == (len(taken), len(set(taken)))


def test_versions_become_visible_in_their_order(database, make, now):
    with database.write() as conn:
        news = [make.feed(f"https://example.org/{n}") for n in range(WORKERS)]
        ids = list(feeds.add_feeds(conn, news, now=now, due=[now] * WORKERS).values())
    start = Barrier(WORKERS + 1)

    def write(feed_id):
        start.wait()
        for n in range(15):
            with database.write() as conn:
                entries.apply_intents(conn, feed_id, [make.intent(make.data(f"{n}"), feed=feed_id)])

    def follow():
        start.wait()
        seen, last = [], 0
        while len(seen) < 15 * WORKERS:
            with database.read() as conn:
                rows = entries.changed_since(conn, last, 10)
                assert all(row.version <= values.data_version(conn) for row in rows)
            seen += [row.entry_id for row in rows]
            last = rows[-1].version if rows else last
        return seen

    with ThreadPoolExecutor(WORKERS + 1) as pool:
        following = pool.submit(follow)
        list(pool.map(write, ids))
        seen = following.result(timeout=60)
    assert (15 * WORKERS, 15 * WORKERS) == (len(seen), len(set(seen)))
