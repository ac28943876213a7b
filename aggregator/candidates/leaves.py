"""Word and pattern tests of rules, worked out once per entry and pattern and kept beside the columns.

One file a pattern, one byte a row of the generation it lies in: a row never changes, so neither does its byte. What
is unknown, or lost, or written by another engine, is worked out again; so no lock and no header are needed, and two
processes that write at once write the same.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from aggregator.model.ids import EntryId
from aggregator.store import entries
from aggregator.text.strip import strip
from rankers import EntryTexts, match_leaves
from rankers.patterns import ENGINE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from aggregator.candidates.disk import Disk
    from aggregator.candidates.snapshot import Snapshot
    from rankers import TextLeaf

HOLDS = 0x5A
"""Neither code is one flipped bit away from the other or from 0, unknown."""
HOLDS_NOT = 0xA5
CHUNK = 500
"""Entries whose texts are in memory at a time."""


class LeafFiles:
    """The files of one directory of columns."""

    def __init__(self, directory: Path, disk: Disk) -> None:
        self._directory = directory
        self._disk = disk

    def bits(
        self,
        conn: Connection,
        snapshot: Snapshot,
        leaves: Sequence[TextLeaf],
        rows: NDArray[np.int64],
        *,
        keep: bool = True,
    ) -> Mapping[str, NDArray[np.bool_]]:
        """Tell for each pattern, by its key, in which of `rows` it is found; reads texts only where unknown.

        `keep` False writes nothing down: for patterns that are only tried, half typed ones among them.
        """
        if not leaves or len(rows) == 0:
            return {leaf.key: np.zeros(len(rows), dtype=np.bool_) for leaf in leaves}
        paths = [self._path(snapshot, leaf) for leaf in leaves]
        codes = np.stack([_read(path, rows) for path in paths])
        unknown = np.flatnonzero(((codes != HOLDS) & (codes != HOLDS_NOT)).any(axis=0))
        if len(unknown):
            found = _match(conn, leaves, snapshot.columns["entry_id"][rows[unknown]])
            codes[:, unknown] = np.where(found, HOLDS, HOLDS_NOT)
            if not keep:
                return {leaf.key: values == HOLDS for leaf, values in zip(leaves, codes, strict=True)}
            with suppress(OSError):  # a full disk costs the work again next time, nothing else
                for path, values in zip(paths, codes[:, unknown], strict=True):
                    self._write(path, rows[unknown], values)
        return {leaf.key: values == HOLDS for leaf, values in zip(leaves, codes, strict=True)}

    def _path(self, snapshot: Snapshot, leaf: TextLeaf) -> Path:
        named = hashlib.sha256(f"{ENGINE}\n{leaf.key}".encode()).hexdigest()[:32]
        return self._directory / snapshot.header.generation / f"leaf-{named}"

    def _write(self, path: Path, rows: NDArray[np.int64], values: NDArray[np.uint8]) -> None:
        """Write the stretch from the first to the last of `rows` in one go, what stands between them kept."""
        first, last = int(rows.min()), int(rows.max())
        stretch = _read(path, np.arange(first, last + 1))
        stretch[rows - first] = values
        self._disk.write(path, first, stretch.tobytes())


def _read(path: Path, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Read the codes of some rows; unknown where the file is missing or ends before."""
    codes = np.zeros(len(rows), dtype=np.uint8)
    try:
        first, last = int(rows.min()), int(rows.max())
        held = np.fromfile(path, dtype=np.uint8, offset=first, count=last + 1 - first)
    except OSError:
        return codes
    inside = rows - first < len(held)
    codes[inside] = held[rows[inside] - first]
    return codes


def _match(conn: Connection, leaves: Sequence[TextLeaf], entry_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Look for each pattern in each entry. An entry deleted meanwhile has none."""
    found = np.zeros((len(leaves), len(entry_ids)), dtype=np.bool_)
    for start in range(0, len(entry_ids), CHUNK):
        ids = [EntryId(each) for each in entry_ids[start : start + CHUNK].tolist()]
        texts = _texts(conn, ids, bodies=any(leaf.fact == "text" for leaf in leaves))
        for place, entry_id in enumerate(ids, start):
            if entry_id in texts:
                found[:, place] = match_leaves(leaves, texts[entry_id])
    return found


def _texts(conn: Connection, ids: Sequence[EntryId], *, bodies: bool) -> Mapping[EntryId, EntryTexts]:
    return {
        entry_id: EntryTexts(
            title=entry.title,
            body=_body(conn, entry_id) if bodies else "",
            authors=tuple(author.name for author in entry.authors),
            categories=entry.categories,
        )
        for entry_id, entry in entries.get_entries(conn, ids).items()
    }


def _body(conn: Connection, entry_id: EntryId) -> str:
    body = entries.get_body(conn, entry_id)
    return strip(body.content_html or body.summary_html)
