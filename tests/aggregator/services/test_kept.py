from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from aggregator.services.kept import KEPT_FOR, Kept


def test_what_is_kept_is_not_made_again():
    kept, made = Kept(), []

    def make():
        made.append(1)
        return "value"

    assert ["value", "value"] == [kept.get("key", make, now=0), kept.get("key", make, now=1)]
    assert len(made) == 1


def test_threads_that_ask_at_once_share_one_making():
    kept, made, started, go = Kept(), [], Barrier(8), Event()

    def make():
        made.append(1)
        go.wait(10)
        return "value"

    def ask():
        started.wait(10)
        return kept.get("key", make, now=0)

    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(ask) for _ in range(8)]
        while not made:
            pass
        go.set()
        assert ["value"] * 8 == [one.result(10) for one in asked]
    assert len(made) == 1


def test_a_making_that_fails_is_tried_again():
    kept = Kept()

    def fail():
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        kept.get("key", fail, now=0)
    assert kept.get("key", lambda: "value", now=0) == "value"


def test_the_longest_unasked_goes_first_when_the_weight_is_reached():
    kept = Kept(most_rows=10)
    for key in "abc":
        kept.get(key, lambda: "four", now=0)
        kept.get("a", lambda: "four", now=0)
    assert [None, "a", "c"] == [kept.find(lambda key, one=one: key == one) for one in "bac"]


def test_one_value_is_kept_however_heavy():
    kept = Kept(most_rows=1)
    kept.get("key", lambda: "heavy", now=0)
    assert len(kept) == 1


def test_a_snapshot_is_dropped_when_nobody_asked_for_it_in_half_an_hour():
    kept = Kept()
    kept.get("old", lambda: "value", now=0)
    kept.get("asked", lambda: "value", now=0)
    kept.get("asked", lambda: "value", now=KEPT_FOR)
    kept.get("new", lambda: "value", now=KEPT_FOR + 1)
    assert [None, "asked"] == [kept.find(lambda key, one=one: key == one) for one in ("old", "asked")]
