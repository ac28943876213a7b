import asyncio
import os
import signal
from contextlib import asynccontextmanager

import psutil
import pytest

from aggregator.errors import FetchError
from aggregator.model.fault import FaultCode
from aggregator.sources.job import ParseJob
from aggregator.worker.parse_pool import ParsePool
from tests.aggregator.worker.loopback import NOW, rss, until

GOOD = rss("a")


def job(body=GOOD):
    return ParseJob(body, "", "application/rss+xml", "https://paper.example/feed", None, None, frozenset(), NOW)


def run(work, **limits):
    async def main():
        async with ParsePool(**({"processes": 1, "memory_mib": 512} | limits)) as pool:
            return await work(pool)

    return asyncio.run(main())


async def fault_of(pool, body):
    with pytest.raises(FetchError) as caught:
        await pool.read(job(body))
    return caught.value.fault


def test_nothing_is_started_before_the_first_document():
    async def work(pool):
        before = pool.pids()
        document = await pool.read(job())
        return before, len(pool.pids()), [entry.title for entry in document.entries]

    assert run(work) == ((), 1, ["Title a"])


def test_documents_are_read_side_by_side_and_processes_used_again():
    async def work(pool):
        await asyncio.gather(*(pool.read(job()) for _ in range(20)))
        first = pool.pids()
        await asyncio.gather(*(pool.read(job()) for _ in range(20)))
        return first == pool.pids(), len(first)

    assert run(work, processes=2) == (True, 2)


def test_a_fault_of_the_document_costs_no_process():
    async def work(pool):
        fault = await fault_of(pool, b"<!doctype html><title>x</title>")
        before = pool.pids()
        await pool.read(job())
        return fault.code, before == pool.pids()

    assert run(work) == (FaultCode.HTML, True)


@asynccontextmanager
async def stopped(pool):
    """The pool's one process, held still so that it is there and does nothing."""
    await pool.read(job())
    (pid,) = pool.pids()
    os.kill(pid, signal.SIGSTOP)
    yield pid


def test_a_process_that_hangs_is_killed_and_replaced():
    async def work(pool):
        async with stopped(pool) as pid:
            fault = await fault_of(pool, GOOD)
        document = await pool.read(job())
        return fault.code, psutil.pid_exists(pid), len(document.entries)

    assert run(work, wall_seconds=1.0) == (FaultCode.PARSER_LIMIT, False, 1)


def test_a_process_that_is_killed_at_work_fails_that_document_only():
    async def work(pool):
        async with stopped(pool) as pid:
            reading = asyncio.create_task(fault_of(pool, GOOD))
            await asyncio.to_thread(until, lambda: not pool._idle)  # a thread has taken it for the job
            os.kill(pid, signal.SIGKILL)
            fault = await reading
        return fault.code, len((await pool.read(job())).entries)

    code, entries = run(work)
    assert (code, entries) == (FaultCode.PARSER_LIMIT, 1)


def test_a_process_that_died_with_nothing_to_do_costs_no_document():
    async def work(pool):
        await pool.read(job())
        (pid,) = pool.pids()
        os.kill(pid, signal.SIGKILL)
        await asyncio.to_thread(os.waitid, os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        return len((await pool.read(job())).entries)

    assert run(work) == 1


def test_too_much_memory_is_a_fault_of_the_document():
    body = rss(*((f"k{n}", "x" * 9_000) for n in range(900)))

    async def work(pool):
        fault = await fault_of(pool, body)
        return fault.code, len((await pool.read(job())).entries)

    assert run(work, memory_mib=8) == (FaultCode.PARSER_LIMIT, 1)


def test_safety_16_too_much_work_is_stopped():
    # Nothing known makes our parsers slow, so the limit is met with a lot of honest work.
    body = rss(*((f"k{n}", "<p>a &amp; <b>b</b></p> " * 190) for n in range(990)))

    async def work(pool):
        fault = await fault_of(pool, body)
        return fault.code, len((await pool.read(job())).entries)

    assert run(work, cpu_seconds=1) == (FaultCode.PARSER_LIMIT, 1)


def test_no_process_outlives_its_pool():
    pids = run(_read_and_tell, processes=2)
    assert [pid for pid in pids if psutil.pid_exists(pid)] == []


async def _read_and_tell(pool):
    await asyncio.gather(*(pool.read(job()) for _ in range(8)))
    return pool.pids()


def test_settings_do_not_reach_the_parse_process(monkeypatch):
    monkeypatch.setenv("BROADSHEET_SECRET", "very secret")

    async def work(pool):
        await pool.read(job())
        (pid,) = pool.pids()
        return psutil.Process(pid).environ()

    assert [name for name in run(work) if name.startswith("BROADSHEET_")] == []
