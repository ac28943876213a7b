from __future__ import annotations

import asyncio

import pytest

from aggregator.errors import BusyError
from aggregator.outbound.gate import Gate
from aggregator.outbound.guard import check_url, private_hosts
from aggregator.outbound.politeness import Politeness, registrable

NEWS = check_url("http://news.example.org/")
SISTER = check_url("http://sister.example.org/")
OTHER = check_url("http://other.example.net/")
LISTED = check_url("http://127.0.0.1:8000/", private_hosts(("127.0.0.1:8000",)))


def ask(politeness, target, now, status=200, retry_after=None):
    politeness.begin(target, now)
    politeness.end(target, now, status=status, retry_after=retry_after)


def test_safety_14_a_host_has_two_connections():
    politeness = Politeness()
    politeness.begin(NEWS, 0)
    assert politeness.has_room(NEWS)
    politeness.begin(NEWS, 0)
    assert not politeness.has_room(NEWS)
    assert politeness.has_room(SISTER)
    politeness.end(NEWS, 1, status=200, retry_after=None)
    assert politeness.has_room(NEWS)


def test_safety_14_a_listed_host_has_32_connections_and_no_budget():
    politeness = Politeness()
    for _ in range(31):
        politeness.begin(LISTED, 0)
    assert politeness.has_room(LISTED)
    politeness.begin(LISTED, 0)
    assert not politeness.has_room(LISTED)
    for _ in range(32):
        politeness.end(LISTED, 0, status=429, retry_after=60)
    for _ in range(100):
        ask(politeness, LISTED, 0)
    assert politeness.hold(LISTED, 0) == 0


def test_safety_14_a_domain_is_asked_thirty_times_a_minute():
    politeness = Politeness()
    for second in range(30):
        assert politeness.hold(SISTER, second) == 0
        ask(politeness, NEWS if second % 2 else SISTER, second)
    assert politeness.hold(NEWS, 30) == 30
    assert politeness.hold(NEWS, 59) == 1
    assert politeness.hold(NEWS, 60) == 0
    assert politeness.hold(OTHER, 30) == 0


def test_safety_14_what_is_not_counted_passes_a_used_up_budget():
    politeness = Politeness()
    for _ in range(30):
        ask(politeness, NEWS, 0)
    assert politeness.hold(NEWS, 1) == 59
    assert politeness.hold(NEWS, 1, counted=False) == 0


@pytest.mark.parametrize("status", [429, 503])
def test_safety_14_retry_after_is_obeyed_to_the_second(status):
    politeness = Politeness()
    ask(politeness, NEWS, 1000, status=status, retry_after=120)
    assert politeness.hold(SISTER, 1001) == 119
    assert politeness.hold(NEWS, 1119, counted=False) == 1
    assert politeness.hold(NEWS, 1120) == 0


def test_safety_14_a_later_shorter_wish_does_not_open_earlier():
    politeness = Politeness()
    ask(politeness, NEWS, 0, status=429, retry_after=600)
    ask(politeness, SISTER, 1, status=429, retry_after=1)
    assert politeness.hold(NEWS, 2) == 598


def test_safety_14_a_wish_for_years_is_cut_to_a_day():
    politeness = Politeness()
    ask(politeness, NEWS, 0, status=503, retry_after=10**9)
    assert politeness.hold(NEWS, 0) == 86_400


def test_safety_14_zero_is_a_wish():
    politeness = Politeness()
    ask(politeness, NEWS, 0, status=429, retry_after=0)
    assert politeness.hold(NEWS, 0) == 0


def test_safety_14_without_a_wish_a_refusal_pauses_the_domain():
    politeness = Politeness()
    ask(politeness, NEWS, 0, status=429)
    assert politeness.hold(NEWS, 1) == 59


def test_safety_14_each_refusal_halves_the_budget_down_to_one_a_minute():
    politeness = Politeness()
    for budget in (15, 7, 3, 1, 1):
        ask(politeness, NEWS, 0, status=429, retry_after=0)
        assert politeness._domains["example.org"].budget == budget
    assert politeness.hold(NEWS, 0) == 60


def test_safety_14_the_budget_is_whole_again_after_an_hour():
    politeness = Politeness()
    ask(politeness, NEWS, 0, status=429, retry_after=0)
    for _ in range(15):
        ask(politeness, NEWS, 3000)
    assert politeness.hold(NEWS, 3001) == 59
    for _ in range(15):
        ask(politeness, NEWS, 3600)
    assert politeness.hold(NEWS, 3600) == 0


def test_other_statuses_leave_the_domain_open():
    politeness = Politeness()
    for status in (200, 304, 404, 500, None):
        ask(politeness, NEWS, 0, status=status, retry_after=500)
    assert politeness.hold(NEWS, 1) == 0


def test_domains_that_rest_are_forgotten():
    politeness = Politeness()
    for number in range(100):
        ask(politeness, check_url(f"http://a.site{number}.example/"), 100)
    ask(politeness, NEWS, 100, status=429, retry_after=3000)
    ask(politeness, OTHER, 300)
    assert set(politeness._domains) == {"example.org", "example.net"}


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("a.b.example.co.uk", "example.co.uk"),
        ("one.github.io", "one.github.io"),
        ("github.io", "github.io"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("2606:4700::1111", "2606:4700::1111"),
    ],
)
def test_the_registrable_domain_is_the_one_that_is_asked(host, domain):
    assert registrable(host) == domain


def test_the_gate_lets_the_third_in_when_one_leaves():
    async def run():
        gate = Gate(Politeness(), lambda: 0.0)
        await gate.enter(NEWS)
        await gate.enter(NEWS)
        assert gate.ready_in(NEWS) == 1.0
        third = asyncio.create_task(gate.enter(NEWS))
        fourth = asyncio.create_task(gate.enter(NEWS))
        await gate.enter(OTHER)
        assert not third.done()
        gate.leave(NEWS, status=200, retry_after=None)
        await third
        assert not fourth.done()
        gate.leave(NEWS, status=200, retry_after=None)
        await fourth

    asyncio.run(asyncio.wait_for(run(), 60))


def test_the_gate_gives_the_turn_of_one_who_left_the_line_to_the_next():
    async def run():
        gate = Gate(Politeness(), lambda: 0.0)
        await gate.enter(NEWS)
        await gate.enter(NEWS)
        third, fourth = (asyncio.create_task(gate.enter(NEWS)) for _ in range(2))
        await asyncio.sleep(0)
        gate.leave(NEWS, status=200, retry_after=None)
        third.cancel()
        await fourth
        assert third.cancelled()

    asyncio.run(asyncio.wait_for(run(), 60))


def test_the_gate_tells_all_who_wait_that_the_domain_closed():
    async def run():
        gate = Gate(Politeness(), lambda: 0.0)
        await gate.enter(NEWS)
        await gate.enter(NEWS)
        waiting = [asyncio.create_task(gate.enter(NEWS)) for _ in range(3)]
        await asyncio.sleep(0)
        gate.leave(NEWS, status=429, retry_after=90)
        told = await asyncio.gather(*waiting, return_exceptions=True)
        assert [(type(error), error.retry_after) for error in told] == [(BusyError, 90)] * 3
        assert gate.ready_in(SISTER) == 90

    asyncio.run(asyncio.wait_for(run(), 60))
