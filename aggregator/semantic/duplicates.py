"""Which entries are the same text: by address, by words, by shingles that the vectors confirm. Pure.

Checked in this order: the same canonical address; the same words; MinHash over shingles of three words with an
estimated overlap of at least SHINGLES_FROM, confirmed by a likeness in meaning of at least MEANING_FROM. Who leads is
no matter of this module: the earliest entry does, ties by uid (ranking-semantics 2, `copy`).
"""

from __future__ import annotations

import re
from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

from aggregator.model.meaning import CopyPlace, Sameness
from aggregator.text.words import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from aggregator.model.ids import EntryId

HASHES = 64
BANDS = 16
"""Entries that agree in one of 16 bands of four are compared: an overlap of 0.6 is found 9 times in 10."""
SHINGLE = 3
SHINGLES_FROM = 0.6
MEANING_FROM = 0.85
FEWEST_WORDS = 8
"""Shorter texts ("Live updates") are alike by chance: only the address makes them the same."""
_PRIME = np.uint64((1 << 61) - 1)
_INDEX = re.compile(r"/(?:index\.\w{3,5}|amp)?/*$")
_GENERATOR = np.random.default_rng(2026)  # a fixed seed: the same shingles give the same hashes everywhere
_FACTORS = _GENERATOR.integers(1, 1 << 31, HASHES, dtype=np.uint64)
_ADDENDS = _GENERATOR.integers(0, 1 << 61, HASHES, dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Text:
    """What is compared of one entry."""

    entry_id: EntryId
    time: int
    address: str | None
    words: bytes | None
    minhash: NDArray[np.uint64] | None
    vector: NDArray[np.float32]


def read_text(
    entry_id: EntryId, time: int, *, link: str | None, title: str, text: str, vector: NDArray[np.float32]
) -> Text:
    """Make what is compared of an entry."""
    found = list(tokens(f"{title}\n{text}"))
    if len(found) < FEWEST_WORDS:
        return Text(entry_id, time, canonical(link), None, None, vector)
    hashed = blake2b(" ".join(found).encode(), digest_size=16).digest()
    return Text(entry_id, time, canonical(link), hashed, minhash(found), vector)


def canonical(link: str | None) -> str | None:
    """Return an address without what differs between two ways to the same page; None for a site's front page."""
    if link is None:
        return None
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("amp.")
    path = _INDEX.sub("", parts.path)
    if not host or not (path or parts.query):
        return None
    return f"{host}{path}?{parts.query}" if parts.query else f"{host}{path}"


def minhash(words: Sequence[str]) -> NDArray[np.uint64]:
    """Return the smallest hash of the shingles under each of HASHES functions."""
    shingles = {" ".join(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1))}
    hashed = np.array(
        [int.from_bytes(blake2b(each.encode(), digest_size=4).digest(), "big") for each in sorted(shingles)],
        dtype=np.uint64,
    )
    smallest: NDArray[np.uint64] = ((hashed[:, None] * _FACTORS + _ADDENDS) % _PRIME).min(axis=0)
    return smallest


class Copies:
    """The texts of the window, by all that makes two of them the same."""

    def __init__(self) -> None:
        self._texts: OrderedDict[EntryId, tuple[Text, EntryId]] = OrderedDict()
        self._by_address: dict[str, EntryId] = {}
        self._by_words: dict[bytes, EntryId] = {}
        self._by_band: defaultdict[bytes, list[EntryId]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._texts)

    def check(self, text: Text) -> CopyPlace:
        """Say which group of texts an entry belongs to: one of its own where it is the same as none."""
        found = self._by_address.get(text.address or "")
        if found is not None:
            return self._same(text, found, Sameness.ADDRESS)
        found = self._by_words.get(text.words or b"")
        if found is not None:
            return self._same(text, found, Sameness.TEXT)
        best, overlap = None, SHINGLES_FROM
        for other in self._alike(text):
            shared = self._overlap(text, self._texts[other][0])
            if shared >= overlap:
                best, overlap = other, shared
        if best is not None:
            return self._same(text, best, Sameness.SHINGLES, overlap)
        return CopyPlace(text.entry_id, text.entry_id)

    def keep(self, text: Text, group: EntryId) -> None:
        """Note that an entry was checked."""
        self._texts[text.entry_id] = (text, group)
        if text.address is not None:
            self._by_address.setdefault(text.address, text.entry_id)
        if text.words is not None:
            self._by_words.setdefault(text.words, text.entry_id)
        for band in _bands(text):
            self._by_band[band].append(text.entry_id)

    def forget(self, before: int) -> None:
        """Let go of texts from before an instant (s)."""
        for text, _ in [held for held in self._texts.values() if held[0].time < before]:
            del self._texts[text.entry_id]
            if text.address is not None and self._by_address.get(text.address) == text.entry_id:
                del self._by_address[text.address]
            if text.words is not None and self._by_words.get(text.words) == text.entry_id:
                del self._by_words[text.words]
            for band in _bands(text):
                self._by_band[band].remove(text.entry_id)
                if not self._by_band[band]:
                    del self._by_band[band]

    def _same(self, text: Text, other: EntryId, how: Sameness, likeness: float = 1.0) -> CopyPlace:
        return CopyPlace(text.entry_id, self._texts[other][1], how, round(likeness * 1e6))

    def _alike(self, text: Text) -> list[EntryId]:
        return list(dict.fromkeys(other for band in _bands(text) for other in self._by_band.get(band, ())[:50]))

    @staticmethod
    def _overlap(text: Text, other: Text) -> float:
        if text.minhash is None or other.minhash is None:
            return 0.0
        if float(text.vector @ other.vector) < MEANING_FROM:
            return 0.0
        return float(np.count_nonzero(text.minhash == other.minhash)) / HASHES


def _bands(text: Text) -> list[bytes]:
    if text.minhash is None:
        return []
    rows = HASHES // BANDS
    return [bytes([band]) + text.minhash[band * rows : (band + 1) * rows].tobytes() for band in range(BANDS)]
