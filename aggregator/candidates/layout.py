"""How candidate columns lie on disk: one file a column, and a header that says how much of them counts.

Rows are never changed once the header counts them: a changed entry gets a new row, and the number of its old one
goes to the file `dead`. So whatever lies beyond what the header counts is nobody's, and a crash leaves it there.
To add a column or a kind: change COLUMNS or KINDS and raise FORMAT; the next sync builds all anew.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from aggregator.model.candidate import HAS
from aggregator.model.entry import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aggregator.model.candidate import ColumnRow

FORMAT = 2
KINDS = tuple(Kind)
"""Kinds by code. Only ever append."""
MOST_LANGUAGES = 4096
"""Feeds can invent language tags; beyond this many they count as not told."""

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

COLUMNS: Mapping[str, np.dtype[Any]] = {
    "entry_id": np.dtype("<i8"),
    "uid_hi": np.dtype("<u8"),
    "uid_lo": np.dtype("<u8"),
    "feed_id": np.dtype("<i4"),
    "time": np.dtype("<i8"),
    "first_seen": np.dtype("<i8"),
    "words": np.dtype("<i4"),  # -1: missing
    "language": np.dtype("<i2"),  # code in the header's languages, -1: missing
    "kind": np.dtype("u1"),
    "has": np.dtype("u1"),  # bits in the order of HAS
    "marks": np.dtype("u1"),  # AGE_KNOWN, PAID, RESERVED
}
DEAD = "dead"
DEAD_TYPE = np.dtype("<i4")
FILES: Mapping[str, np.dtype[Any]] = {**COLUMNS, DEAD: DEAD_TYPE}

AGE_KNOWN = 1
PAID = 2
RESERVED = 4
_HAS_BIT = {name: 1 << place for place, name in enumerate(HAS)}
_KIND_CODE = {kind: code for code, kind in enumerate(KINDS)}


class HeaderError(ValueError):
    """A header that is no header of ours; the columns are built anew."""


@dataclass(frozen=True, slots=True)
class Header:
    """What counts: `rows` of every column file and `dead` numbers of the dead file in folder `generation`.

    `version` is the data version they stand at, `sums` the CRC-32 of what counts of each file.
    """

    database: str
    generation: str
    version: int = 0
    rows: int = 0
    dead: int = 0
    languages: tuple[str, ...] = ()
    sums: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(FILES, 0))

    def length(self, name: str) -> int:
        """How many values of file `name` count."""
        return self.dead if name == DEAD else self.rows

    def to_bytes(self) -> bytes:
        """Give the header as JSON with its own checksum on a second line."""
        body = json.dumps({"format": FORMAT, **asdict(self)}, sort_keys=True).encode()
        return body + b"\n%08x\n" % zlib.crc32(body)

    @classmethod
    def from_bytes(cls, data: bytes) -> Header:
        """Read a header. Raises HeaderError."""
        body, _, rest = data.partition(b"\n")
        if rest != b"%08x\n" % zlib.crc32(body):
            raise HeaderError("the checksum does not fit")
        content = json.loads(body)
        if content.pop("format", None) != FORMAT:
            raise HeaderError("another format")
        return cls(**{**content, "languages": tuple(content["languages"])})


def encode(rows: Sequence[ColumnRow], languages: tuple[str, ...]) -> tuple[dict[str, Array], tuple[str, ...]]:
    """Turn rows into one array a column; gives the languages too, with new ones appended."""
    codes = {language: code for code, language in enumerate(languages)}
    for row in rows:
        if row.language is not None and row.language not in codes and len(codes) < MOST_LANGUAGES:
            codes[row.language] = len(codes)
    uids = np.frombuffer(bytes.fromhex("".join(row.uid for row in rows)), dtype=">u8").reshape(-1, 2)
    values: dict[str, Any] = {
        "entry_id": [row.entry_id for row in rows],
        "uid_hi": uids[:, 0],
        "uid_lo": uids[:, 1],
        "feed_id": [row.feed_id for row in rows],
        "time": [row.time for row in rows],
        "first_seen": [row.first_seen for row in rows],
        "words": [-1 if row.words is None else row.words for row in rows],
        "language": [-1 if row.language is None else codes.get(row.language, -1) for row in rows],
        "kind": [_KIND_CODE[row.kind] for row in rows],
        "has": [sum(_HAS_BIT[name] for name in row.has) for row in rows],
        "marks": [AGE_KNOWN * row.age_known + PAID * row.paid + RESERVED * row.reserved for row in rows],
    }
    return {name: np.asarray(values[name], dtype=kind) for name, kind in COLUMNS.items()}, tuple(codes)
