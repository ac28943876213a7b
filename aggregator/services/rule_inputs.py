"""Single inputs of a rule's form: how a value of the text is shown in one, and what one stands for in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeGuard

import tomlkit

_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,18})?")


@dataclass(frozen=True, slots=True)
class Field:
    """An input: `name` says where its value stands in the text ("score.2.points"), `text` what stands there.

    kind: text, lines, number or choice. `choices` are values; "" among them takes the key away.
    """

    name: str
    key: str
    text: str
    kind: str
    choices: tuple[str, ...] = ()


def shown(value: object) -> str:
    """Write a value of a text as an input shows it; a list has a line for each."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "\n".join(shown(each) for each in value)
    return f"{value:f}" if isinstance(value, Decimal) and value.is_finite() else str(value)


def number_of(text: str) -> object:
    """Read a number as it is written; anything else stays a text, which the reader of rules then names."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return text.strip()
    return Decimal(text.strip()) if match[1] else int(text)


def is_table(value: object) -> TypeGuard[dict[str, object]]:
    """Tell whether a value of a text is a table."""
    return isinstance(value, dict)


def as_written(value: object) -> str:
    """Write what fits no input as it stands in a text."""
    return tomlkit.item(_floats(value)).as_string().strip()


def _floats(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list):
        return [_floats(each) for each in value]
    if isinstance(value, dict):
        table = tomlkit.inline_table()
        for key, inner in value.items():
            table[key] = _floats(inner)
        return table
    return value
