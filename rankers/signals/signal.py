"""What a signal is: a frozen declaration and a pure function over the columns it declares, and no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rankers.candidates import CandidateTable, Numbers

Compute = Callable[["CandidateTable", str], "Numbers | None"]
"""(table, seed) -> the fact of every row; None where the table lacks its column. Only the lottery reads the seed."""


class Provenance(StrEnum):
    """Where a fact comes from. There is no other: what readers do is none of them."""

    CONTENT = "content"
    TIME = "time"
    DECLARED_BY_SOURCE = "declared-by-source"
    GROUP_DECISION = "group-decision"
    DECLARED_BY_MEMBER = "declared-by-member"
    COUNT_IN_CORPUS = "count-in-corpus"


class Type(StrEnum):
    """How a fact is counted: a number of units, a share in millionths, or yes/no (1 or 0)."""

    NUMBER = "number"
    SHARE = "share"
    YES_NO = "yes/no"


@dataclass(frozen=True, slots=True)
class Signal:
    """A fact that a line of a rule can give points for.

    unit: the smallest unit, in the plural. scale: smallest units in one written unit. reads: columns of the table.
    plain: one sentence for people. The words for single values stand in messages/. origin: the package a signal that
    is not ours comes from, set when it is admitted.
    """

    name: str
    type: Type
    unit: str
    scale: int
    provenance: Provenance
    reads: tuple[str, ...]
    plain: str
    compute: Compute = field(repr=False, compare=False)
    origin: str = field(default="", compare=False)

    @property
    def is_share(self) -> bool:
        """Tell whether it is counted in millionths of a whole."""
        return self.type is Type.SHARE

    @property
    def is_yes_no(self) -> bool:
        """Tell whether it is 1 or 0."""
        return self.type is Type.YES_NO

    @property
    def fineness(self) -> str:
        """Say in which units it is counted, for the message about a number that is too fine."""
        return f"{self.name} is counted in whole {self.unit}"

    def declaration(self) -> dict[str, object]:
        """Return what a rule hash says of this fact. The plain sentence is not in it: better words change no rule."""
        return {
            "type": str(self.type),
            "unit": self.unit,
            "scale": self.scale,
            "provenance": str(self.provenance),
            "reads": list(self.reads),
        }


def number_column(name: str) -> Compute:
    """Return the function of a signal that is a column of `table.numbers`."""
    return lambda table, _seed: table.numbers.get(name)


def flag_column(name: str) -> Compute:
    """Return the function of a signal that is a column of `table.flags`."""
    return lambda table, _seed: table.flags.get(name)
