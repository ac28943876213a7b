from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.settings import Settings
from aggregator.wiring import open_desk

sys.path.insert(0, str(Path(__file__).parent))  # tests are no package; opml.py stands beside them

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class SetClock:
    """A clock that stands where the test puts it."""

    def __init__(self):
        self._now = START

    def now(self):
        return self._now

    def pass_by(self, **span):
        self._now += timedelta(**span)


@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path / "data")


@pytest.fixture
def clock():
    return SetClock()


@pytest.fixture
def desk(settings, clock):
    with open_desk(settings, create=True) as opened:
        yield replace(opened, clock=clock)
