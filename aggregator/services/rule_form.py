"""A rule as a form: the inputs that a text stands for, and the text again after some of them were changed.

The text is the rule; the form is a view of it. An input that was not changed touches nothing, so that the form never
drops a comment or what it does not know. What cannot be put into inputs is shown as it is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aggregator.services.rule_conditions import ConditionForm, changed_condition, condition_form
from aggregator.services.rule_inputs import Field, as_written, is_table, number_of, shown
from aggregator.services.rule_presets import PRESETS
from aggregator.services.rule_text import PARTS, add_line, move_line, remove_line, set_value
from rankers import load_toml
from rankers.arrange.one_per_story import KEEP
from rankers.arrange.spread import BY as SPREAD_BY
from rankers.arrange.take_turns import BY as TURNS_BY
from rankers.signals import SIGNALS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SHAPES = ("", "halves_every", "rises", "falls", "at_least", "at_most", "table")
_ONE_END = ("halves_every", "at_least", "at_most")
_TWO_ENDS = ("rises", "falls")
_PARAMETERS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "one-per-story": (("keep", ("", *KEEP)),),
    "max-per-source": (("limit", ()), ("window", ())),
    "take-turns": (("by", TURNS_BY), ("each", ())),
    "spread": (("by", SPREAD_BY), ("points", ()), ("depth", ()), ("window", ())),
    "shares": (("depth", ()),),
    "pin": (("limit", ()),),
}
"""What can be set of each step: a key and what to choose from; without choices it is a number."""
_NEEDED = {"id", "why", "points", "limit", "by", "title", "plain"}
"""Keys that stay as an empty text, which the reader of rules then asks for; others go when they are emptied."""
_TURNS = {"one-per-story": 0, "spread": 1, "pin": 3}
_ANY_TURN = 2
_DO = re.compile(r"(up|down|remove|drop) (topic|filter|score|arrange)\.(\d{1,3})(?:\.(leave_out|when)\.(\d{1,3}))?")


@dataclass(frozen=True, slots=True)
class CurveForm:
    """A shape and its numbers: `low` alone, or both, or `rows` of "x share". `written`: one that fits no inputs."""

    name: str
    shape: str
    low: str
    high: str
    rows: str
    written: str | None = None


@dataclass(frozen=True, slots=True)
class LineForm:
    """One line: its inputs in their order. `title` is its id, or the name of its step."""

    part: str
    number: int
    title: str
    fields: tuple[Field, ...]
    why: Field
    curve: CurveForm | None
    condition: ConditionForm | None
    written: str | None
    first: bool
    last: bool

    @property
    def name(self) -> str:
        """Where it stands: "score.2"."""
        return f"{self.part}.{self.number}"


@dataclass(frozen=True, slots=True)
class RuleForm:
    """All inputs of a rule; `lines` by their part, in the order of the text."""

    head: tuple[Field, ...]
    length: Field
    lines: Mapping[str, tuple[LineForm, ...]]

    def fields(self) -> Iterator[Field]:
        """Yield every plain input."""
        yield from (*self.head, self.length)
        for line in self.all_lines():
            yield from (*line.fields, line.why)

    def all_lines(self) -> Iterator[LineForm]:
        """Yield every line."""
        for part in PARTS:
            yield from self.lines[part]


def read_form(text: str) -> RuleForm:
    """Give the inputs of a text, which may be no rule yet. Raises RuleError where it is no TOML."""
    data = load_toml(text)
    finish = data.get("finish")
    length = finish.get("length") if isinstance(finish, dict) else None
    return RuleForm(
        head=tuple(Field(key, key, shown(data.get(key)), "text") for key in ("title", "plain")),
        length=Field("finish.length", "length", shown(length), "number"),
        lines={part: tuple(_lines(data.get(part), part)) for part in PARTS},
    )


def change_text(text: str, posted: Mapping[str, str]) -> str:
    """Write what was changed in the inputs into the text, then do what was pressed (`do`, `new-line`).

    Raises RuleError where the text is no TOML.
    """
    form = read_form(text)
    for field in form.fields():
        given = posted.get(field.name)
        if given is not None and _lf(given) != field.text:
            text = set_value(text, _path(field.name), _value(field, _lf(given)))
    for line in form.all_lines():
        if line.curve and line.curve.written is None and (curve := _changed_curve(line.curve, posted)) is not _SAME:
            text = set_value(text, _path(line.curve.name), curve)
        if line.condition and (condition := changed_condition(line.condition, posted)) is not None:
            text = set_value(text, _path(line.condition.name), condition or _emptied(line.condition))
    text = _do(text, form, posted.get("do", ""))
    preset = PRESETS.get(posted.get("new-line", ""))
    if preset is not None:
        text = add_line(text, preset.part, preset.line_for(_ids(text)))
        text = _in_turn(text) if preset.part == "arrange" else text
    return text


def _in_turn(text: str) -> str:
    """Bring a step that was added as the last one to where it may stand: stories first, then spread, picks last."""
    steps = [line.title for line in read_form(text).lines["arrange"]]
    number = len(steps) - 1
    ranks = [_TURNS.get(step, _ANY_TURN) for step in steps]
    while number and ranks[number] < ranks[number - 1]:
        text = move_line(text, "arrange", number, -1)
        ranks[number - 1], ranks[number] = ranks[number], ranks[number - 1]
        number -= 1
    return text


def _do(text: str, form: RuleForm, pressed: str) -> str:
    match = _DO.fullmatch(pressed)
    if match is None:
        return text
    what, part, number = match[1], match[2], int(match[3])
    if number >= len(form.lines[part]):
        return text
    if what == "remove":
        return remove_line(text, part, number)
    if what in {"up", "down"}:
        return move_line(text, part, number, -1 if what == "up" else 1)
    again = read_form(text).lines[part][number].condition
    if again is None or match[5] is None or int(match[5]) >= len(again.tests):
        return text
    left = again.without(int(match[5]))
    return set_value(text, _path(again.name), left or _emptied(again))


def _lines(value: object, part: str) -> Iterator[LineForm]:
    tables = value if isinstance(value, list) else []
    for number, table in enumerate(tables):
        if not is_table(table):
            continue
        name = f"{part}.{number}"
        make = {"topic": _topic, "filter": _filter, "score": _score, "arrange": _step}[part]
        fields, condition = make(name, table)
        yield LineForm(
            part=part,
            number=number,
            title=shown(table.get("step" if part == "arrange" else "id")),
            fields=tuple(fields),
            why=Field(f"{name}.why", "why", shown(table.get("why")), "text"),
            curve=_curve(name, table.get("curve")) if part == "score" and "signal" in table else None,
            condition=condition,
            written=as_written(table["groups"]) if "groups" in table else None,
            first=number == 0,
            last=number == len(tables) - 1,
        )


def _topic(name: str, table: Mapping[str, Any]) -> tuple[Sequence[Field], None]:
    key = "examples" if "examples" in table else "text"
    return [_named(name, table), Field(f"{name}.{key}", key, shown(table.get(key)), "lines")], None


def _filter(name: str, table: Mapping[str, Any]) -> tuple[Sequence[Field], ConditionForm]:
    return [_named(name, table)], condition_form(f"{name}.leave_out", table.get("leave_out"))


def _score(name: str, table: Mapping[str, Any]) -> tuple[Sequence[Field], ConditionForm]:
    signal = shown(table.get("signal"))
    choices = ("", *SIGNALS) if signal in {"", *SIGNALS} else ("", *SIGNALS, signal)
    fields = [
        _named(name, table),
        Field(f"{name}.points", "points", shown(table.get("points")), "number"),
        Field(f"{name}.signal", "signal", signal, "choice", choices),
    ]
    if "seed" in table:
        fields.append(Field(f"{name}.seed", "seed", shown(table["seed"]), "text"))
    return fields, condition_form(f"{name}.when", table.get("when"))


def _step(name: str, table: Mapping[str, Any]) -> tuple[Sequence[Field], None]:
    step = shown(table.get("step"))
    fields = []
    for key, choices in _PARAMETERS.get(step, ()):
        text = shown(table.get(key))
        known = choices if not choices or text in choices else (*choices, text)
        fields.append(Field(f"{name}.{key}", key, text, "choice" if choices else "number", known))
    return fields, None


def _named(name: str, table: Mapping[str, Any]) -> Field:
    return Field(f"{name}.id", "id", shown(table.get("id")), "text")


def _curve(name: str, value: object) -> CurveForm:
    path = f"{name}.curve"
    if value is None:
        return CurveForm(path, "", "", "", "")
    if is_table(value) and len(value) == 1:
        ((shape, given),) = value.items()
        if shape in _ONE_END and not isinstance(given, list | dict):
            return CurveForm(path, shape, shown(given), "", "")
        if shape in _TWO_ENDS and isinstance(given, list) and 1 <= len(given) <= 2:  # noqa: PLR2004  # two ends
            low, high = [shown(each) for each in given] + [""] * (2 - len(given))
            return CurveForm(path, shape, low, high, "")
        if shape == "table" and isinstance(given, list):
            rows = [" ".join(map(shown, row)) if isinstance(row, list) else shown(row) for row in given]
            return CurveForm(path, shape, "", "", "\n".join(rows))
    return CurveForm(path, "", "", "", "", as_written(value))


_SAME = object()


def _changed_curve(held: CurveForm, posted: Mapping[str, str]) -> object:
    """Give the curve as the inputs have it now, None for none, _SAME where nothing was changed."""
    if f"{held.name}.shape" not in posted:
        return _SAME
    shape = posted[f"{held.name}.shape"]
    low = _lf(posted.get(f"{held.name}.low", held.low)).strip()
    high = _lf(posted.get(f"{held.name}.high", held.high)).strip()
    rows = _lf(posted.get(f"{held.name}.rows", held.rows)).strip()
    meant = {
        **dict.fromkeys(_ONE_END, (low, "", "")),
        **dict.fromkeys(_TWO_ENDS, (low, high, "")),
        "table": ("", "", rows),
    }
    if shape not in meant:
        return _SAME if held.shape == "" else None
    if (shape, *meant[shape]) == (held.shape, held.low, held.high, held.rows):
        return _SAME
    if shape in _ONE_END:
        return {shape: number_of(low)}
    if shape in _TWO_ENDS:
        return {shape: [number_of(end) for end in (low, high) if end] or [""]}
    return {shape: [[number_of(part) for part in row.replace(":", " ").split()] for row in rows.splitlines()]}


def _value(field: Field, given: str) -> object:
    if not given.strip():
        return "" if field.key in _NEEDED else None
    if field.kind == "number":
        return number_of(given.strip())
    if field.kind == "lines" and field.key == "examples":
        return [line for line in given.splitlines() if line.strip()]
    return given


def _emptied(form: ConditionForm) -> object:
    """Give what stands for no test at all: a filter keeps an empty condition, and is told that it needs one."""
    return {} if form.name.endswith("leave_out") else None


def _ids(text: str) -> set[str]:
    data = load_toml(text)
    tables = [table for part in PARTS for table in (data.get(part) or ()) if is_table(table)]  # type: ignore[attr-defined]  # lists of tables
    return {str(table.get("id")) for table in tables}


def _path(name: str) -> tuple[str | int, ...]:
    return tuple(int(part) if part.isdecimal() else part for part in name.split("."))


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
