"""A small day of tests/long/day.py: what publishers see of us in it."""

from __future__ import annotations

import pytest

from tests.long import day

FEEDS = 160


@pytest.fixture(scope="module")
def lived():
    return day.live(FEEDS, tick=400.0)


def test_safety_14_no_domain_is_asked_more_than_its_budget(lived):
    world, _ = lived
    fullest = max(day.fullest_minute(world, domain) for domain in world.kinds)
    assert (day.over_budget(world), fullest) == ({}, 30)


def test_safety_14_retry_after_is_obeyed_by_the_whole_domain(lived):
    world, _ = lived
    assert {429, 503} <= {visit.status for visit in world.visits}
    assert day.ignored_refusals(world) == []


def test_no_feed_is_asked_sooner_than_its_hints_allow(lived):
    world, _ = lived
    assert (day.too_soon(world), day.at_night(world)) == ([], [])


def test_no_healthy_feed_starves(lived):
    assert day.starved(*lived) == []


def test_safety_70_gone_is_asked_once(lived):
    world, _ = lived
    gone = [visits for visits in day.by_feed(world).values() if visits[0].status == 410]
    assert [len(visits) for visits in gone] == [1] * len(gone)
    assert gone
