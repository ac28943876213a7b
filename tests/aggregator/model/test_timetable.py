from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.timetable import WEEK, Timetable

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = ("UTC", "Europe/Paris", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia")


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_times_are_those_of_the_zone_in_winter_and_summer():
    morning = Timetable((7 * 60,), WEEK, SINCE)
    assert morning.next("Europe/Paris", at(2026, 11, 22)) == at(2026, 11, 22, 6)
    assert morning.next("Europe/Paris", at(2026, 7, 22)) == at(2026, 7, 22, 5)
    assert morning.next("Europe/Paris", at(2026, 11, 22, 6)) == at(2026, 11, 23, 6)


def test_days_are_those_of_the_zone():
    mondays = Timetable((30,), (0,), SINCE)  # Monday 00:30 in Seoul is Sunday in Greenwich
    assert mondays.next("Asia/Seoul", at(2026, 11, 20)) == at(2026, 11, 22, 15, 30)


def test_a_time_that_clocks_skip_comes_once_and_after_the_skip():
    night = Timetable((2 * 60 + 30, 3 * 60 + 30), WEEK, SINCE)
    assert night.instants("Europe/Paris", at(2026, 3, 28, 12), at(2026, 3, 29, 12)) == (at(2026, 3, 29, 1, 30),)


def test_a_time_that_clocks_show_twice_comes_the_first_time():
    night = Timetable((2 * 60 + 30,), WEEK, SINCE)
    assert night.instants("Europe/Paris", at(2026, 10, 24, 12), at(2026, 10, 25, 12)) == (at(2026, 10, 25, 0, 30),)


@given(
    st.sets(st.integers(0, 1439), min_size=1, max_size=5),
    st.sets(st.integers(0, 6), min_size=1),
    st.sampled_from(ZONES),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # hypothesis wants bounds without a zone
)
def test_each_week_has_as_many_editions_as_the_timetable_says(times, days, zone, start):
    timetable = Timetable(tuple(sorted(times)), tuple(sorted(days)), SINCE)
    found = timetable.instants(zone, start, start + timedelta(days=7))
    assert list(found) == sorted(set(found))
    local = [each.astimezone(ZoneInfo(zone)) for each in found]
    assert {each.weekday() for each in local} <= days | {(day + 1) % 7 for day in days}
    assert abs(len(found) - len(times) * len(days)) <= len(times)  # a change of clocks moves, or merges, a few
    assert timetable.next(zone, start) == timetable.instants(zone, start, start + timedelta(days=9))[0]
