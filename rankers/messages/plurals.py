"""Which plural a number takes in each language there are messages for (Unicode CLDR, cardinal and ordinal rules).

A test compares these with CLDR's own tables for whole numbers and fractions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

Plurals = Callable[[Decimal], str]
"""number -> zero, one, two, few, many or other."""


def category(language: str, number: Decimal, *, is_ordinal: bool) -> str:
    """Return the plural category of a number in a language. Raises KeyError for a language without messages."""
    return (ORDINALS if is_ordinal else CARDINALS)[language](number)


def _always_other(_number: Decimal) -> str:
    return "other"


def _one(number: Decimal) -> str:
    return "one" if number == 1 else "other"


def _spanish(number: Decimal) -> str:
    return "one" if number == 1 else _many_millions(number)


def _french(number: Decimal) -> str:
    return "one" if number < 2 else _many_millions(number)  # noqa: PLR2004  # CLDR: 0 up to, without, 2


def _many_millions(number: Decimal) -> str:
    """Say "un million de …": both languages count whole millions apart."""
    return "many" if number and number % 1_000_000 == 0 else "other"


def _arabic(number: Decimal) -> str:
    if number in (0, 1, 2):
        return ("zero", "one", "two")[int(number)]
    last_two = number % 100
    if last_two != int(last_two):
        return "other"
    if last_two in range(3, 11):
        return "few"
    return "many" if last_two in range(11, 100) else "other"


def _english_place(number: Decimal) -> str:
    last, last_two = number % 10, number % 100
    if last in (1, 2, 3) and last_two not in (11, 12, 13):
        return {1: "one", 2: "two", 3: "few"}[int(last)]
    return "other"


CARDINALS: Mapping[str, Plurals] = {
    "en": _one,
    "fr": _french,
    "es": _spanish,
    "ar": _arabic,
    "ms": _always_other,
    "ko": _always_other,
}
ORDINALS: Mapping[str, Plurals] = {
    "en": _english_place,
    "fr": _one,
    "es": _always_other,
    "ar": _always_other,
    "ms": _one,
    "ko": _always_other,
}
