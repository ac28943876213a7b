from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model.feed import Moving
from aggregator.update.moving import OVER, TIMES, after_answer, is_sure

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OLD, NEW, OTHER = "https://old.example/feed", "https://new.example/feed", "https://third.example/feed"


def told(*answers, every=timedelta(days=2), strange=()):
    """What is known after these answers, one every two days; those of the numbers in `strange` knew no entry."""
    moving = None
    for number, led_to in enumerate(answers):
        moving = after_answer(moving, led_to, NOW + number * every, recognised=number not in strange)
    return moving


def test_safety_70_five_equal_answers_over_a_week_make_sure():
    moving = told(*[NEW] * TIMES)
    assert moving == Moving(NEW, NOW, 5)
    assert is_sure(moving, OLD, NOW + OVER)


@pytest.mark.parametrize(
    ("answers", "every"),
    [
        ([NEW] * 4, timedelta(days=3)),
        ([NEW] * 20, timedelta(hours=8)),
        ([NEW, NEW, OTHER, NEW, NEW, NEW], timedelta(days=2)),
        ([NEW, NEW, None, NEW, NEW, NEW], timedelta(days=2)),
    ],
)
def test_safety_70_fewer_sooner_or_other_answers_do_not(answers, every):
    assert not is_sure(told(*answers, every=every), OLD, NOW + (len(answers) - 1) * every)


def test_safety_70_a_clock_turned_back_starts_the_count_anew():
    assert after_answer(Moving(NEW, NOW, 4), NEW, NOW - timedelta(days=365), recognised=True).times == 1


def test_safety_70_nobody_is_moved_from_https_to_http():
    assert not is_sure(told(*["http://old.example/feed"] * 9), OLD, NOW + timedelta(days=16))


@pytest.mark.parametrize("strange", [[0], [4], [2]])
def test_safety_70_a_document_of_strangers_does_not_become_known_by_being_stored(strange):
    assert not is_sure(told(*[NEW] * 12, strange=strange), OLD, NOW + timedelta(days=24))
