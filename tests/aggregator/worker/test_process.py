"""The worker as a process: stopped, killed, short of disk, asked."""

import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from datetime import timedelta

import psutil
import pytest
from pysqlite3 import dbapi2

from aggregator.errors import BusyError
from aggregator.model.clocks import SystemClock
from aggregator.model.ports import RefreshReport
from aggregator.services import accounts, importing
from aggregator.settings import Settings
from aggregator.store import leases, search, values, words
from aggregator.wiring import open_desk
from tests.aggregator.worker.loopback import PATIENCE, add, get, rss, titles, until


@pytest.fixture
def desk(tmp_path, server):
    settings = Settings(data=tmp_path / "data", allow_private_hosts=(server.host,), fetch_connections=50)
    with open_desk(settings, create=True) as desk:
        yield desk


@contextmanager
def worker(desk, **environ):
    """A running worker that answers; killed at the end if it is still there."""
    told = {
        "BROADSHEET_DATA": str(desk.settings.data),
        "BROADSHEET_ALLOW_PRIVATE_HOSTS": ",".join(desk.settings.allow_private_hosts),
        "BROADSHEET_FETCH_CONNECTIONS": str(desk.settings.fetch_connections),
        **environ,
    }
    code = "from aggregator.cli.main import main; main()"
    process = subprocess.Popen([sys.executable, "-c", code, "worker"], env={**os.environ, **told})
    try:
        until(lambda: state(desk))
        yield process
    finally:
        process.kill()
        process.wait()


def state(desk):
    try:
        return desk.ask.ping()["state"]
    except BusyError:
        return None


def holding(server):
    """A page that answers with headers and then with nothing, until the server ends."""

    def page(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.flush()
        server.closing.wait(PATIENCE)

    return page


def whole(desk, feeds, entries):
    """Say whether each feed has either nothing or all, and nothing acknowledged is missing."""
    for feed in feeds:
        held = len(titles(desk, feed))
        if get(desk, feed).health.last_ok is not None:
            assert held == entries
    # On a connection of its own: FTS5 checks what others wrote against a structure remembered from before.
    with closing(dbapi2.connect(desk.settings.data / "broadsheet.db")) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_what_is_due_is_fetched_and_what_is_asked_for_too(desk, server):
    (feed,) = add(desk, server.put("/feed", rss("a", "b"), etag='"1"'))
    with worker(desk):
        until(lambda: titles(desk, feed))
        assert desk.ask.refresh([feed], wait=PATIENCE) == RefreshReport(not_modified=1)
        server.put("/feed", rss("c", "a", "b"))
        assert desk.ask.refresh(None, wait=PATIENCE) == RefreshReport(fetched=1, entries_new=1)
    assert titles(desk, feed) == ["Title a", "Title b", "Title c"]


def test_safety_76_sigterm_with_50_fetches_open_ends_within_ten_seconds(desk, server):
    page = holding(server)
    addresses = []
    for n in range(50):
        server.pages[f"/{n}"] = page
        addresses.append(f"http://{server.host}/{n}")
    feeds = add(desk, *addresses)
    with worker(desk) as process:
        until(lambda: sum(server.asked.values()) >= 32)  # the rest waits for a free connection to the host
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    whole(desk, feeds, 0)
    assert {get(desk, feed).health.last_tried for feed in feeds} == {None}
    assert state(desk) is None


def test_safety_61_kill_9_during_ingest_loses_nothing(desk, server):
    entries = 120
    document = rss(*(f"k{n}" for n in range(entries)))
    feeds = add(desk, *(server.put(f"/{n}", document, etag='"1"') for n in range(12)))
    for stored in (1, 300, 900):
        with worker(desk) as process:
            until(lambda: sum(len(titles(desk, feed)) for feed in feeds) >= stored)  # noqa: B023  # called at once
            process.kill()
            process.wait()
        whole(desk, feeds, entries)
        free_leases(desk)
    with worker(desk):
        until(lambda: all(get(desk, feed).health.last_ok for feed in feeds))
    assert [len(titles(desk, feed)) for feed in feeds] == [entries] * len(feeds)
    whole(desk, feeds, entries)
    assert sum(server.asked.values()) >= len(feeds)


def free_leases(desk):
    """What the end of a minute does, without the minute."""
    with desk.database.write() as conn:
        conn.exec_driver_sql("UPDATE feed_state SET lease_worker = NULL, lease_until = NULL")


def test_parse_processes_end_with_a_killed_worker(desk, server):
    (feed,) = add(desk, server.put("/feed", rss("a")))
    with worker(desk) as process:
        until(lambda: titles(desk, feed))
        children = psutil.Process(process.pid).children()
        process.kill()
        process.wait()
        assert children
        until(lambda: not [child for child in children if child.is_running() and child.status() != "zombie"])


def test_safety_63_a_full_disk_pauses_fetching_until_there_is_space(desk, server):
    body = rss(*((f"k{n}", "word " * 400) for n in range(400)))
    (feed,) = add(desk, server.put("/feed", body))
    size = (desk.settings.data / "broadsheet.db").stat().st_size
    put_off(desk, feed)
    with worker(desk) as process:
        limit(process, size + 100_000)
        hasten(desk, feed)
        until(lambda: state(desk) == "disk-full")
        assert len(titles(desk, feed)) < 400
        limit(process, resource.RLIM_INFINITY)
        free_leases(desk)
        until(lambda: get(desk, feed).health.last_ok)
        until(lambda: state(desk) == "working")
    assert len(titles(desk, feed)) == 400


def put_off(desk, feed):
    """Let the worker start with nothing to do."""
    with desk.database.write() as conn:
        leases.set_due(conn, feed, desk.clock.now() + timedelta(hours=12))


def hasten(desk, feed):
    with desk.database.write() as conn:
        leases.set_due(conn, feed, desk.clock.now())
    desk.ask.wake()


def limit(process, size):
    """Let a process write no file beyond `size` bytes: for SQLite the same as a full disk."""
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_an_index_made_anew_goes_on_where_a_killed_worker_left_it(desk, server, monkeypatch):
    entries = 600
    (feed,) = add(desk, server.put("/feed", rss(*((f"k{n}", "rain " * 100) for n in range(entries)))))
    with worker(desk):
        until(lambda: len(titles(desk, feed)) == entries)
    monkeypatch.setattr(words, "SECONDS", 0)
    with desk.database.write() as conn:
        values.delete_value(conn, words.WHOLE)
        words.rebuild_some(conn)  # what a worker killed after its first transaction leaves
    begun = left(desk)
    assert 0 < begun < entries
    with worker(desk) as process:
        until(lambda: left(desk) < begun)
        process.kill()
        process.wait()
    with worker(desk):
        until(lambda: left(desk) == 0)
        with desk.database.read() as conn:
            assert len(search.search(conn, ["rain"], limit=entries)) == entries
    whole(desk, [feed], entries)


def left(desk):
    with desk.database.read() as conn:
        return words.count_left(conn)


def test_a_worker_on_a_set_clock_reads_the_time_its_parent_pinned(desk, server):
    (feed,) = add(desk, server.put("/feed", rss("a")))
    start = SystemClock().now().replace(year=2031)
    with worker(desk, BROADSHEET_CLOCK=f"{start.isoformat()}@{time.time():.3f}"):
        until(lambda: titles(desk, feed))
    tried = get(desk, feed).health.last_tried
    assert 0 <= (tried - start).total_seconds() <= PATIENCE


def test_an_import_that_waits_is_run_and_its_feeds_fetched(desk, server):
    address = server.put("/feed", rss("a"))
    opml = f"<opml version='2.0'><head/><body><outline type='rss' xmlUrl='{address}' text='Paper'/></body></opml>"
    with worker(desk):
        actor = accounts.operator(desk)
        importing.start_import(desk, actor, "feeds.opml", opml.encode())
        until(lambda: server.asked["/feed"])


def test_safety_64_a_lock_held_by_somebody_else_makes_writing_wait(desk, server):
    (feed,) = add(desk, server.put("/feed", rss("a")))
    put_off(desk, feed)
    with worker(desk):
        with desk.database.write() as conn:
            leases.set_due(conn, feed, desk.clock.now())
            desk.ask.wake()
            assert state(desk) == "working"
        until(lambda: titles(desk, feed))
