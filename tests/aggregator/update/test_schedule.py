from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.fault import Fault, FaultCode
from aggregator.model.feed import FeedData, Schedule, Validators
from aggregator.model.ids import FeedId
from aggregator.update.schedule import (
    FULL_EVERY,
    LONGEST,
    MINIMUM,
    QUIET,
    USUAL,
    Wish,
    after_clock_jump,
    after_failure,
    after_not_modified,
    after_ok,
    first_due,
    jitter,
    latest_plausible,
    stops,
    validators_to_send,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)  # a Sunday
FEED = FeedId(4)
NOTHING = FeedData()
VALIDATORS = Validators('"e"', "Sat, 21 Nov 2026 12:00:00 GMT")

seconds = st.none() | st.integers(-10, 10**12)
hint_sets = st.builds(
    FeedData,
    ttl_minutes=st.none() | st.integers(0, 10**9),
    skip_hours=st.sets(st.integers(0, 23)).map(tuple),
    skip_days=st.sets(st.integers(0, 6)).map(tuple),
    update_every=st.none() | st.timedeltas(timedelta(seconds=1), timedelta(days=4000)),
)
wishes = st.builds(Wish, seconds, seconds)
feed_ids = st.integers(1, 2**40).map(FeedId)
intervals = st.timedeltas(timedelta(0), timedelta(days=400))
moments = st.datetimes(datetime(1980, 1, 1), datetime(2120, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis wants bounds without a zone


def schedule(interval=USUAL, full_since=NOW - timedelta(days=1)):
    return Schedule(NOW, interval, full_since)


def wait_after_ok(hints=NOTHING, wish=None, *, news=False, interval=USUAL, now=NOW):
    after = after_ok(schedule(interval), FEED, hints, wish or Wish(), news=news, now=now)
    return after.due - now


@given(feed_ids, intervals, hint_sets, wishes, moments)
def test_no_wait_is_under_the_minimum_or_over_a_day(feed, interval, hints, wish, now):
    before = schedule(interval)
    for after in (
        after_ok(before, feed, hints, wish, news=True, now=now),
        after_ok(before, feed, hints, wish, news=False, now=now),
        after_not_modified(before, feed, hints, wish, now=now),
    ):
        assert MINIMUM <= after.due - now <= LONGEST
        assert MINIMUM <= after.interval <= QUIET
        assert after.due <= latest_plausible(now)


@given(feed_ids, intervals, st.integers(0, 10**6), seconds, moments)
def test_no_wait_after_a_failure_is_under_the_minimum_or_over_a_day(feed, interval, streak, retry_after, now):
    fault = Fault(FaultCode.STATUS, "503", retry_after)
    after = after_failure(schedule(interval), feed, fault, streak=streak, now=now)
    assert MINIMUM <= after.due - now <= LONGEST
    assert after.interval == interval


@given(st.integers(0, 1_440), st.integers(0, 86_400), st.integers(0, 86_400))
def test_hints_of_up_to_a_day_are_obeyed(ttl, max_age, retry_after):
    wait = wait_after_ok(FeedData(ttl_minutes=ttl), Wish(max_age, retry_after), news=True)
    assert wait >= max(timedelta(minutes=ttl), timedelta(seconds=max(max_age, retry_after)))


def test_the_syndication_module_is_obeyed():
    assert wait_after_ok(FeedData(update_every=timedelta(hours=12))) >= timedelta(hours=12)
    assert wait_after_ok(FeedData(update_every=timedelta(days=30))) == LONGEST


@given(feed_ids, st.sets(st.integers(0, 23), max_size=23).map(tuple), moments)
def test_skipped_hours_are_left_alone(feed, hours, now):
    after = after_ok(schedule(), feed, FeedData(skip_hours=hours), Wish(), news=False, now=now)
    assert after.due.hour not in hours or after.due == now + LONGEST


@pytest.mark.parametrize(("days", "allowed"), [((6,), {0}), ((0, 1, 2, 3, 4, 5, 6), {0, 6}), ((6, 0), {0})])
def test_skipped_days_are_left_alone_for_up_to_a_day(days, allowed):
    after = after_ok(schedule(), FEED, FeedData(skip_days=days), Wish(), news=False, now=NOW)
    assert after.due.weekday() in allowed
    assert after.due <= NOW + LONGEST


def test_a_feed_with_news_is_looked_at_sooner_and_a_quiet_one_later():
    assert after_ok(schedule(), FEED, NOTHING, Wish(), news=True, now=NOW).interval == MINIMUM
    assert after_not_modified(schedule(), FEED, NOTHING, Wish(), now=NOW).interval == timedelta(minutes=75)


def test_a_feed_that_stays_quiet_settles_at_four_times_a_day():
    now = schedule()
    for _ in range(20):
        now = after_not_modified(now, FEED, NOTHING, Wish(), now=NOW)
    assert now.interval == QUIET


def test_safety_68_back_off_doubles_to_a_day_and_stays_there():
    fault = Fault(FaultCode.CONNECT)
    waits = [after_failure(schedule(), FEED, fault, streak=n, now=NOW).due - NOW for n in range(9)]
    hours = [wait / (timedelta(hours=1) * (1 + 0.1 * jitter(FEED))) for wait in waits[:4]]
    assert hours == pytest.approx([1, 2, 4, 8])
    assert waits[5:] == [LONGEST] * 4


@pytest.mark.parametrize(
    ("asked", "wait"), [(0, MINIMUM), (60, MINIMUM), (3_723, timedelta(seconds=3_723)), (10**9, LONGEST)]
)
def test_retry_after_is_kept_to_the_second(asked, wait):
    fault = Fault(FaultCode.STATUS, "429", asked)
    assert after_failure(schedule(), FEED, fault, streak=5, now=NOW).due - NOW == wait


def test_only_gone_stops_a_feed():
    assert [code for code in FaultCode if stops(Fault(code))] == [FaultCode.GONE]


def test_a_304_keeps_the_time_of_the_last_full_answer_and_a_200_sets_it():
    before = schedule()
    assert after_not_modified(before, FEED, NOTHING, Wish(), now=NOW).full_since == before.full_since
    assert after_ok(before, FEED, NOTHING, Wish(), news=False, now=NOW).full_since == NOW


@pytest.mark.parametrize(
    ("full_since", "sent"),
    [
        (None, Validators()),
        (NOW - timedelta(days=5), VALIDATORS),
        (NOW - (FULL_EVERY - LONGEST), Validators()),
        (NOW + timedelta(days=365), Validators()),  # the clock was turned back
    ],
)
def test_safety_71_the_whole_document_is_asked_for_once_a_week(full_since, sent):
    assert validators_to_send(VALIDATORS, schedule(full_since=full_since), NOW) == sent


def test_safety_71_a_304_for_ever_is_asked_in_full_within_a_week():
    now, current = NOW, schedule(full_since=NOW)
    while validators_to_send(VALIDATORS, current, now) == VALIDATORS:
        current = after_not_modified(current, FEED, NOTHING, Wish(), now=now)
        now = current.due
    assert now - NOW <= FULL_EVERY


def test_feeds_fetched_together_spread_out_again_and_always_the_same_way():
    ids = [FeedId(n) for n in range(1, 1001)]
    spread = [jitter(feed) for feed in ids]
    assert spread == [jitter(feed) for feed in ids]
    assert len({int(j * 10) for j in spread}) == 10


@given(
    st.lists(
        st.tuples(
            st.timedeltas(timedelta(minutes=1), timedelta(hours=3)),
            st.sampled_from([timedelta(0), timedelta(hours=1), -timedelta(hours=1), -timedelta(days=365)]),
        ),
        max_size=40,
    )
)
def test_a_clock_turned_back_neither_starves_a_feed_nor_polls_it_too_soon(steps):
    """The loop's rule in small: `elapsed` is true time, `wall` what the clock says."""
    elapsed, wall = timedelta(0), NOW
    current, fetches = schedule(), [timedelta(0)]
    current = after_ok(current, FEED, NOTHING, Wish(), news=True, now=wall)
    for step, jump in steps:
        elapsed += step
        wall += step + jump
        if current.due > latest_plausible(wall):
            current = Schedule(after_clock_jump(FEED, wall), current.interval, current.full_since)
        if jump <= timedelta(0) and current.due <= wall:
            fetches.append(elapsed)
            current = after_ok(current, FEED, NOTHING, Wish(), news=True, now=wall)
        assert current.due - wall <= LONGEST + timedelta(hours=1)
    forward = any(jump > timedelta(0) for _, jump in steps)
    gaps = [b - a for a, b in pairwise(fetches)]
    assert forward or all(gap >= MINIMUM for gap in gaps)


@pytest.mark.parametrize(
    ("tried", "due"),
    [
        (None, NOW),
        (NOW - timedelta(hours=2), NOW),
        (NOW - timedelta(minutes=10), NOW + timedelta(minutes=20)),
        (NOW + timedelta(days=400), NOW),
    ],
)
def test_when_a_feed_begins(tried, due):
    assert first_due(NOW, tried) == due
