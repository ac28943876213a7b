from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from aggregator.outbound.freshness import LONGEST, max_age, retry_after

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({}, None),
        ({"Cache-Control": "max-age=1800"}, 1800),
        ({"cache-control": 'public, MAX-AGE="60"'}, 60),
        ({"Cache-Control": "max-age=0"}, 0),
        ({"Cache-Control": "no-cache"}, 0),
        ({"Cache-Control": "max-age=60, no-store"}, 60),
        ({"Cache-Control": "no-store, max-age=60"}, 0),
        ({"Cache-Control": "max-age=soon"}, None),
        ({"Cache-Control": "max-age=-5"}, None),
        ({"Cache-Control": "s-maxage=900"}, None),
        ({"Cache-Control": "max-age=" + "9" * 5000}, LONGEST),
        ({"Cache-Control": "max-age=60", "Expires": "Sun, 22 Nov 2026 13:00:00 GMT"}, 60),
        ({"Expires": "Sun, 22 Nov 2026 13:00:00 GMT"}, 3600),
        ({"Expires": "Sun, 22 Nov 2026 13:00:00 GMT", "Date": "Sun, 22 Nov 2026 12:50:00 GMT"}, 600),
        ({"Expires": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0),
        ({"Expires": "0"}, 0),
        ({"Expires": "-1"}, 0),
        ({"Expires": "Mon, 99 Foo 2026 99:99:99"}, 0),
    ],
)
def test_freshness_is_what_the_server_says(fields, seconds):
    assert max_age(CIMultiDict(fields), NOW) == seconds


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": " 120 "}, 120),
        ({"Retry-After": "Sun, 22 Nov 2026 12:02:00 GMT"}, 120),
        ({"Retry-After": "Sun, 22 Nov 2026 12:02:00 GMT", "Date": "Sun, 22 Nov 2026 12:01:30 GMT"}, 30),
        ({"Retry-After": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0),
        ({"Retry-After": "later"}, None),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "1.5"}, None),
        ({"Retry-After": "١٢"}, None),
        ({"Retry-After": "9" * 5000}, LONGEST),
    ],
)
def test_the_wish_to_be_left_alone_is_read(fields, seconds):
    assert retry_after(CIMultiDict(fields), NOW) == seconds


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_field_gives_seconds_or_nothing(told, date):
    fields = CIMultiDict({"Expires": told, "Retry-After": told, "Date": date, "Cache-Control": f"max-age={told}"})
    for seconds in (max_age(fields, NOW), retry_after(fields, NOW)):
        assert seconds is None or 0 <= seconds <= LONGEST
