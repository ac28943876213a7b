"""Plain words for facts, shapes, tests, steps and moves, from the messages of a language.

The same words make the reasons on a page, the statement of a rule and the command line. They never decide anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from rankers.arrange import MaxPerSource, OnePerStory, Pin, Shares, Spread, TakeTurns
from rankers.conditions import Condition, Every, FlagTest, LabelTest, NumberTest, Some, TextTest
from rankers.curves import ONE, AsItIs, AtLeast, AtMost, Falls, Halves, Rises, Table
from rankers.messages import messages
from rankers.messages.icu import Value, fill
from rankers.messages.plurals import category
from rankers.signals.topic import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rankers.arrange import ArrangeStep
    from rankers.curves import Curve
    from rankers.explain import Move
    from rankers.lines import Term
    from rankers.signals.signal import Signal

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_HOURS_UNTIL_DAYS = 48
_TENTHS_BELOW = 10
_PER_CENT_FACTS = ("language_share", "folder_share")


@dataclass(frozen=True, eq=False)
class Sentences:
    """The words of one language."""

    language: str
    _messages: Mapping[str, str]

    @staticmethod
    @cache
    def of(language: str) -> Sentences:
        """Return the words of a language. Raises LookupError where there are none."""
        return Sentences(language, messages(language))

    @lru_cache(maxsize=8192)  # noqa: B019  # one object a language, for good; pages say the same again and again
    def say(self, name: str, /, **values: Value) -> str:
        """Fill one message. Raises KeyError for a message or a value that is not there."""
        return fill(self._messages[name], values, self.number, self._category)

    def _category(self, number: Decimal, is_ordinal: bool) -> str:  # noqa: FBT001  # the grammar's own signature
        return category(self.language, number, is_ordinal=is_ordinal)

    def number(self, value: Value) -> str:
        """Write a number with the language's signs, without digits that say nothing."""
        plain = f"{Decimal(value).normalize():,f}"
        marks = {",": self._messages["group"], ".": self._messages["decimal"]}
        return "".join(marks.get(char, char) for char in plain)

    def hundredths(self, share: Decimal) -> str:
        """Write a share with two decimals, also where they are noughts; never more than it is."""
        return f"{share.quantize(Decimal('0.01'), rounding=ROUND_DOWN)}".replace(".", self._messages["decimal"])

    def ordinal(self, place: int) -> str:
        """Write a place: 1st, 2nd, 3rd."""
        return self.say("ordinal", n=place)

    def value(self, term: Term, value: int | None, *, is_open: bool = True) -> str:
        """Say what a line found in an entry: the fact in words, or whether its condition holds."""
        if term.signal is not None:
            return self._messages["missing"] if value is None else self.fact_value(term.signal, value)
        if term.when is None:
            return ""
        return self.say("test.holds" if is_open else "test.holds_not", test=self.test(term.when))

    @lru_cache(maxsize=8192)  # noqa: B019  # as above
    def fact_value(self, signal: Signal, value: int) -> str:
        """Say one fact of one entry: "9 hours old", "0.4 entries a day"."""
        if signal.name == "age_hours":
            return self._age(value)
        if signal.is_yes_no:
            return self._yes_no("value", signal, bool(value))
        if signal.is_share and signal.name not in _PER_CENT_FACTS:
            return self._named("value", signal, n=self.hundredths(Decimal(value) / signal.scale))
        return self._named("value", signal, n=_readable(Decimal(value) / _scale(signal)))

    def _age(self, seconds: int) -> str:
        if seconds < _HOUR:
            return self.say("value.age_hours.minutes", n=seconds // _MINUTE)
        hours = seconds // _HOUR
        if hours < _HOURS_UNTIL_DAYS:
            return self.say("value.age_hours.hours", n=hours)
        return self.say("value.age_hours.days", n=seconds // _DAY)

    def amount(self, signal: Signal, count: int) -> str:
        """Say a number of a rule in the unit in which it is written: "18 hours"."""
        return self._named("amount", signal, n=Decimal(count) / _scale(signal))

    def fact(self, signal: Signal) -> str:
        """Say what a signal looks at: "how old the entry is"."""
        return self._named("fact", signal)

    def _named(self, part: str, signal: Signal, **values: Value) -> str:
        if signal.name.startswith(PREFIX):
            return self.say(f"{part}.topic", topic=signal.name.removeprefix(PREFIX), **values)
        name = f"{part}.{signal.name}"
        if name in self._messages:
            return self.say(name, **values)
        return self.say(f"{part}.other", name=signal.name, plain=signal.plain.rstrip("."), **values)

    def _yes_no(self, part: str, signal: Signal, is_so: bool) -> str:  # noqa: FBT001  # the fact itself
        answer = "yes" if is_so else "no"
        own = f"{part}.{signal.name}.{answer}"
        return self._messages[own] if own in self._messages else self.say(f"{part}.other_{answer}", name=signal.name)

    def curve(self, term: Term) -> str:
        """Say how a line's fact becomes points: "half as much every 18 hours"."""
        if term.signal is None:
            return "" if term.when is None else self.say("shape.gate", test=self.test(term.when))
        return self._shape(term.curve, term.signal)

    def _shape(self, curve: Curve, signal: Signal) -> str:
        match curve:
            case Halves(every=bound):
                return self.say("shape.halves_every", a=self.amount(signal, bound))
            case AtLeast(bound=bound) | AtMost(bound=bound):
                return self.say(f"shape.{curve.kind}", a=self.amount(signal, bound))
            case Rises(low=low, high=high) | Falls(low=low, high=high):
                return self.say(f"shape.{curve.kind}", a=self.amount(signal, low), b=self.amount(signal, high))
            case Table(rows=rows):
                parts = [
                    self.say("shape.row", share=Decimal(100 * share) / ONE, a=self.amount(signal, x))
                    for x, share in rows
                ]
                return self.say("shape.table", rows=self.listed(parts, "and"))
            case AsItIs():
                return self._messages["shape.as_yes_no" if signal.is_yes_no else "shape.as_share"]

    def listed(self, parts: Sequence[str], word: str) -> str:
        """Join parts: "a, b and c"; `word` is "and" or "or"."""
        if len(parts) == 1:
            return parts[0]
        return self.say(word, first=self._messages["comma"].join(parts[:-1]), last=parts[-1])

    def test(self, condition: Condition) -> str:
        """Say what a condition asks for."""
        match condition:
            case NumberTest():
                return self._bounds(condition)
            case FlagTest(signal=signal, value=value):
                return self._yes_no("test", signal, value)
            case LabelTest(fact=fact, values=values):
                return self.say(f"test.{fact.name}", values=self._quoted(values))
            case TextTest(fact=name, patterns=patterns):
                return self.say(f"test.{name}", values=self._quoted(patterns))
            case Every(parts=parts):
                return self.say("test.all", tests=self.listed([self.test(part) for part in parts], "and"))
            case Some(key=key, parts=parts):
                tests = self.listed([self.test(part) for part in parts], "or")
                return self.say(f"test.{key}", tests=tests, n=len(parts))
            case _:
                raise TypeError(f"no words for {type(condition).__name__}")

    def _bounds(self, test: NumberTest) -> str:
        fact = self._named("noun", test.signal)
        if test.at_most is None:
            return self.say("test.at_least", fact=fact, a=self.amount(test.signal, test.at_least or 0))
        if test.at_least is None:
            return self.say("test.at_most", fact=fact, a=self.amount(test.signal, test.at_most))
        low, high = self.amount(test.signal, test.at_least), self.amount(test.signal, test.at_most)
        return self.say("test.between", fact=fact, a=low, b=high)

    def _quoted(self, values: Sequence[str]) -> str:
        return self.listed([self.say("test.quoted", value=value) for value in values], "or")

    def step(self, step: ArrangeStep) -> str:
        """Say what a step does: "at most 2 of one source among any 10 neighbours"."""
        name = f"step.{step.name}"
        match step:
            case OnePerStory(keep=keep):
                return self.say(name, keep=keep)
            case MaxPerSource(limit=limit, window=window):
                return self.say(name, limit=limit, window=window)
            case TakeTurns(by=by, each=each):
                return self.say(name, by=by, each=each)
            case Spread(by=by, points=points):
                return self.say(name, by=by, points=points)
            case Shares(groups=groups, depth=depth):
                parts = [
                    self.say("step.share", share=Decimal(100 * group.at_least) / ONE, group=group.id)
                    for group in groups
                ]
                return self.say(name, depth=depth, groups=self.listed(parts, "and"))
            case Pin(limit=limit):
                return self.say(name, limit=limit)

    def finish(self, length: int | None) -> str:
        """Say where the list ends."""
        return self._messages["step.no_finish"] if length is None else self.say("step.finish", length=length)

    def move(self, move: Move, position: Callable[[int], int | None], *, entry: str = "") -> str:
        """Say what a step did with an entry; `position` gives the places where the entries that caused it stand."""
        places = [place for row in move.because if (place := position(row)) is not None]
        others = self.listed([self.ordinal(place) for place in sorted(places)], "and") if places else ""
        name = "limit_bare" if move.reason == "limit" and not others else move.reason
        from_ = self.ordinal(move.from_)
        return self.say(
            f"move.{name}",
            entry=entry or self._messages["move.it"],
            **{"from": self.say("move.far", place=from_) if move.far else from_},
            to=self.ordinal(move.to),
            others=others,
            amount=move.amount,
            points=_readable(Decimal(move.amount) / ONE),
            key=move.key,
        )


def label(line: str) -> str:
    """Return a line's id as a heading: about-housing is "About housing"."""
    return line.replace("-", " ").capitalize()


def _scale(signal: Signal) -> int:
    """Return how many smallest units make what people read: shares of a list are told in per cent."""
    return signal.scale // 100 if signal.name in _PER_CENT_FACTS else signal.scale


def _readable(number: Decimal) -> Decimal:
    """Round to what a person reads: whole from 10 on, one decimal from 0.1 on, else two."""
    if abs(number) >= _TENTHS_BELOW:
        step = Decimal(1)
    else:
        step = Decimal("0.1") if abs(number) >= Decimal("0.1") else Decimal("0.01")
    return number.quantize(step, rounding=ROUND_HALF_EVEN)
