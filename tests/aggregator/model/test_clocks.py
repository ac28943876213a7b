from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.errors import BadSettingError
from aggregator.model.clocks import open_clock, pin_clock

T = datetime(2026, 2, 18, 12, 0, tzinfo=UTC)


def test_real_clock_tells_utc():
    assert open_clock("").now().tzinfo is UTC


def test_shifted_clock_starts_at_its_instant():
    assert timedelta() <= open_clock("2026-02-18T12:00:00Z").now() - T < timedelta(minutes=1)


def test_shifted_clock_runs_on_from_its_anchor():
    anchor = time.time() - 3600
    assert timedelta(hours=1) <= open_clock(f"2026-02-18T12:00:00Z@{anchor}").now() - T < timedelta(hours=1, minutes=1)


def test_pinned_clocks_agree():
    spec = pin_clock("2026-02-18T13:00:00+01:00")
    assert (T, pin_clock(spec)) == (open_clock(spec).start, spec)


def test_real_clock_needs_no_pin():
    assert pin_clock("") == ""


def test_instant_without_offset_is_utc():
    assert open_clock("2026-02-18T12:00").start == T


@pytest.mark.parametrize("spec", ["yesterday", "2026-02-18T12:00:00Z@noon", "2026-13-01"])
def test_no_instant_is_refused(spec):
    with pytest.raises(BadSettingError):
        open_clock(spec)
