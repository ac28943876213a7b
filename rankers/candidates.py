"""CandidateTable: the columns a rule may read, and nothing else.

One row per candidate. Numbers are int64 counts of a smallest unit with a `present` bit beside them; there is no NaN,
no infinity, no float (ranking-semantics 2). There is no column for reads, stars, likes, boosts, clicks or followers:
what has no column cannot be ranked by. A column that an instance does not have is left out of its mapping, and every
line that reads it gives 0 points with the state "missing".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from rankers.models import ModelName


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column of counts. `values` are int64 in the smallest unit; where `present` is False they mean nothing."""

    values: NDArray[np.int64]
    present: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Labels:
    """A column of one label a row. `codes` are int32 places in `vocabulary`, -1 where missing."""

    codes: NDArray[np.int32]
    vocabulary: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelSets:
    """A column of several labels a row. `codes` are int32 places in `sets`, -1 where missing.

    Order within a set counts for folders: the first one is the main folder.
    """

    codes: NDArray[np.int32]
    sets: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Vectors:
    """Meaning as int8 vectors of shape (n, d), fixed at arrival (ranking-semantics 6)."""

    values: NDArray[np.int8]
    present: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class CandidateTable:
    """The candidates of one list at one tick. Every array has n rows; order of rows means nothing.

    now: the tick, seconds since 1970. day: ISO date of `now` in the list's time zone.
    uid: uint64 (n, 2), the two big-endian halves of the entry's 16 bytes. time: int64 seconds since 1970.
    numbers: source_pace (1/1000 entry a day), words, language_share, folder_share (millionths),
        source_room (per cent), story_sources, topic.NAME (millionths), pick (place from 1).
    age_known: False for an undated entry of a feed's first good fetch.
    labels: language, source, owner, feed, kind, story. sets: folder, has.
    flags: paid, copy, first_report, values 0 or 1.
    leaves: one bool column per text condition, by its leaf key (conditions.TextLeaf.key).
    models: those that gave the columns of models.py; several where another one came while their findings count.
    """

    now: int
    day: str
    uid: NDArray[np.uint64]
    time: NDArray[np.int64]
    age_known: NDArray[np.bool_]
    numbers: Mapping[str, Numbers] = field(default_factory=dict)
    labels: Mapping[str, Labels] = field(default_factory=dict)
    sets: Mapping[str, LabelSets] = field(default_factory=dict)
    flags: Mapping[str, Numbers] = field(default_factory=dict)
    leaves: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    vectors: Vectors | None = None
    models: tuple[ModelName, ...] = ()

    def __len__(self) -> int:
        return len(self.time)

    def uid_hex(self, row: int) -> str:
        """Return the entry's uid as 32 hex characters."""
        high, low = self.uid[row]
        return f"{int(high):016x}{int(low):016x}"

    def label(self, name: str, row: int) -> str | None:
        """Return the label of one row; None where it is missing."""
        column = self.labels.get(name)
        if column is None or column.codes[row] < 0:
            return None
        return column.vocabulary[int(column.codes[row])]

    def members(self, name: str, row: int) -> tuple[str, ...]:
        """Return the label set of one row; empty where it is missing."""
        column = self.sets.get(name)
        if column is None or column.codes[row] < 0:
            return ()
        return column.sets[int(column.codes[row])]

    def only(self, names: frozenset[str]) -> CandidateTable:
        """Return a table with these columns only. What is not named is gone, `time` and `uid` are empty of meaning."""
        return CandidateTable(
            now=self.now if "now" in names else 0,
            day=self.day if "day" in names else "",
            uid=np.zeros_like(self.uid),
            time=self.time if "time" in names else np.zeros_like(self.time),
            age_known=self.age_known if "age_known" in names else np.zeros_like(self.age_known),
            numbers={name: column for name, column in self.numbers.items() if name in names},
            labels={name: column for name, column in self.labels.items() if name in names},
            sets={name: column for name, column in self.sets.items() if name in names},
            flags={name: column for name, column in self.flags.items() if name in names},
        )

    def take(self, rows: NDArray[np.intp] | slice) -> CandidateTable:
        """Return a table of these rows only, in this order; vocabularies are kept whole."""
        return CandidateTable(
            now=self.now,
            day=self.day,
            uid=self.uid[rows],
            time=self.time[rows],
            age_known=self.age_known[rows],
            numbers={name: _taken(column, rows) for name, column in self.numbers.items()},
            labels={name: Labels(c.codes[rows], c.vocabulary) for name, c in self.labels.items()},
            sets={name: LabelSets(c.codes[rows], c.sets) for name, c in self.sets.items()},
            flags={name: _taken(column, rows) for name, column in self.flags.items()},
            leaves={key: bits[rows] for key, bits in self.leaves.items()},
            vectors=None if self.vectors is None else Vectors(self.vectors.values[rows], self.vectors.present[rows]),
            models=self.models,
        )


def uid_halves(uids: list[str]) -> NDArray[np.uint64]:
    """Return uids of 32 hex characters as the (n, 2) column of a CandidateTable."""
    packed = np.frombuffer(bytes.fromhex("".join(uids)), dtype=">u8")
    return packed.astype(np.uint64).reshape(len(uids), 2)


def _taken(column: Numbers, rows: NDArray[np.intp] | slice) -> Numbers:
    return Numbers(column.values[rows], column.present[rows])
