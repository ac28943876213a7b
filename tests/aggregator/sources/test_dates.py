"""Dates: whatever is written, no exception, and nothing out of bounds (safety 21)."""

from datetime import UTC, datetime, timedelta, timezone
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.sources.dates import EARLIEST, LATEST, read_date

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PARTS = """
    2026 26 11 21 0 00 32 13 1970 2099 9999 Nov November nov. Sat, Samstag, 12:00 12:00:00 24:00:00 25:61:61
    12:00:00.5 3:05 pm a.m. GMT Z EST +0100 +99:99 -1400 +01 UTC+2 (CET) T t - / . , de at st th W47 -325 年 月 日
    1763726400
    1763726400000
    99999999999999 ٢٠٢٦ ² \u2212 é
"""
WRITTEN = [*PARTS.split(), " ", " ", " ", "\u00a0"]


@settings(max_examples=600, deadline=None)
@given(st.integers(0, 2**32))
def test_safety_21_no_date_raises(seed):
    random = Random(seed)
    for _ in range(10):
        text = "".join(random.choices(WRITTEN, k=random.randint(1, 12)))
        found = read_date(text)
        assert found is None or (found.tzinfo is UTC and EARLIEST <= found <= LATEST)


@settings(max_examples=3_000, deadline=None)
@given(st.text(max_size=120))
def test_safety_21_no_text_raises(text):
    assert read_date(text) is None or read_date(text).tzinfo is UTC


@settings(max_examples=1_000, deadline=None)
@given(st.integers(631_324_800, 253_339_228_800), st.integers(-14 * 60, 14 * 60))
def test_safety_21_iso_dates_come_back(seconds, offset):
    moment = datetime.fromtimestamp(seconds, timezone(timedelta(minutes=offset)))
    assert read_date(moment.isoformat()) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T12:00:00Z",
        "2026-11-21T13:00:00+01:00",
        "2026-11-21T12:00:00",
        "2026-11-21 12:00:00 UTC",
        "2026-11-21t12:00:00z",
        "2026-11-21T12:00Z",
        "2026-11-21T12:00:00.999Z",
        "20261121T120000Z",
        "2026-325T12:00:00Z",
        "Sat, 21 Nov 2026 12:00:00 GMT",
        "Sat, 21 Nov 2026 12:00:00 +0000",
        "21 Nov 2026 12:00:00 UT",
        "Sat, 21 Nov 26 12:00:00 Z",
        "Sat, 21 Nov 2026 07:00:00 EST",
        "Sat, 21 Nov 2026 12:00 GMT",
        "Saturday, 21 November 2026 12:00:00 GMT",
        "Sat, 21 Nov 2026 13:00:00 GMT+1",
        "Sat, 21 Nov 2026 14:00:00 GMT+02:00",
        "Sat,21 Nov 2026 12:00:00 GMT",
        "  Sat, 21 Nov 2026 12:00:00 GMT\n",
        "Sat, 21-Nov-2026 12:00:00 GMT",
        "sat, 21 nov 2026 12:00:00 gmt",
        "Sat Nov 21 12:00:00 2026",
        "Sat Nov 21 12:00:00 UTC 2026",
        "21.11.2026 12:00",
        "21.11.2026, 12:00",
        "11/21/2026 12:00",
        "21/11/2026 12:00",
        "2026/11/21 12:00:00",
        "November 21, 2026 12:00 PM",
        "Nov 21st, 2026 at 12:00 pm",
        "Samstag, 21. November 2026 12:00",
        "21 de noviembre de 2026 12:00",
        "21 novembre 2026 12:00",
        "21 ноября 2026 12:00",
        "1795262400",
        "1795262400000",
        "Sat, 21 Nov 2026 12:00:00 (GMT)",
        "2026-11-21T12:00:00\u221200:00",
    ],
)
def test_many_spellings_of_noon(text):
    assert read_date(text) == NOON


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "0",
        "soon",
        "1970-01-01T00:00:00Z",
        "1989-12-31T23:59:59Z",
        "0001-01-01",
        "2026-02-30",
        "2026-13-01",
        "Sat, 32 Nov 2026 12:00:00 GMT",
        "Sat, 21 Nov 2026 25:00:00 GMT",
        "21 Foo 2026",
        "9999-12-31T23:59:59-12:00",
        "x" * 10_000,
    ],
)
def test_safety_21_what_is_no_date_is_none(text):
    assert read_date(text) is None


def test_a_date_without_zone_is_utc():
    assert read_date("2026-11-21T12:00:00") == NOON


def test_safety_21_the_far_future_is_handed_on_as_told():
    # Ranking takes min(published, first seen): the publisher's word stays, and gains nothing.
    assert read_date("2099-01-01T00:00:00Z") == datetime(2099, 1, 1, tzinfo=UTC)
