"""What the models of meaning give: how a model is named, and what it says of entries, words and stories."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aggregator.model.ids import EntryId


class Engine(StrEnum):
    """What computes meaning on this instance."""

    FULL = "full"
    LIGHT = "light"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model as people and receipts know it. `digest` is the SHA-256 of its weights, in hex.

    `languages` are primary subtags it reads; empty: all. `measured`: quality as we measured it, by name.
    """

    name: str
    engine: Engine
    digest: str
    licence: str
    dimensions: int
    languages: tuple[str, ...]
    purpose: str
    measured: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        """The name facts are kept under: another digest is another model."""
        return f"{self.name}@{self.digest[:12]}"

    def reads(self, language: str | None) -> bool:
        """Say whether it reads a language; one that nobody told is tried."""
        return language is None or not self.languages or language.partition("-")[0].lower() in self.languages


@dataclass(frozen=True, slots=True)
class CountedModel:
    """A model whose findings count, or did: from `since` (s since 1970) on, when the data version was `version`."""

    card: ModelCard
    since: int
    version: int


@dataclass(frozen=True, slots=True)
class TextToRead:
    """An entry's text as a model is given it. `version` is that of the entry, so that a later change is noticed.

    `reserved`: its author did not agree to its being found by search; then no model reads it.
    """

    entry_id: EntryId
    version: int
    language: str | None
    title: str
    text: str
    reserved: bool = False


@dataclass(frozen=True, slots=True)
class StoredVector:
    """An entry's vector as it is kept: half-precision numbers, little-endian. None: the model cannot read it."""

    entry_id: EntryId
    entry_version: int
    content: bytes
    vector: bytes | None


@dataclass(frozen=True, slots=True)
class ChangedVector:
    """A vector that came since a data version. `vector` is None where there is none any more, or never was."""

    entry_id: EntryId
    version: int
    vector: bytes | None


@dataclass(frozen=True, slots=True)
class StoryText:
    """An entry as the story pass and the check for copies read it. `time` in s since 1970, `owner` its source's."""

    entry_id: EntryId
    time: int
    language: str | None
    owner: str
    title: str
    text: str
    link: str | None
    vector: bytes


@dataclass(frozen=True, slots=True)
class StoryPlace:
    """Where an entry stands. A story is named by the id of the entry that began it, which is near none.

    `near` and the parts of the likeness, in millionths, are the reason.
    """

    entry_id: EntryId
    time: int
    story: int
    near: EntryId | None = None
    likeness: int = 0
    meaning: int = 0
    words: int = 0
    names: int = 0


@dataclass(frozen=True, slots=True)
class StoryTold:
    """One telling of a story: `owner` is its source's, `time` in s since 1970."""

    entry_id: EntryId
    owner: str
    time: int


class Sameness(StrEnum):
    """By what an entry was known as a copy."""

    ADDRESS = "address"
    TEXT = "text"
    SHINGLES = "shingles"


@dataclass(frozen=True, slots=True)
class CopyPlace:
    """Which texts an entry is the same as: those of its `group`, the id of the entry that was checked first.

    `how` is None for that one; `likeness` in millionths.
    """

    entry_id: EntryId
    group: EntryId
    how: Sameness | None = None
    likeness: int = 0


@dataclass(frozen=True, slots=True)
class HeldText:
    """An entry of the window with where it stands: what the pass begins from when a worker starts."""

    text: StoryText
    story: int
    copy_group: EntryId | None
