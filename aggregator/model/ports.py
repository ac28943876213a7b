"""The ports: what has more than one real implementation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from aggregator.model.candidate import Hit
    from aggregator.model.discovery import Discovery
    from aggregator.model.extras import Chapter
    from aggregator.model.ids import EntryId, FeedId
    from aggregator.model.meaning import ModelCard
    from aggregator.model.spoken import Spoken


class Clock(Protocol):
    """The one source of "now" for everything but rankers/, which is handed it."""

    def now(self) -> datetime:
        """Return the instant, aware and in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """What a refresh did, summed over its feeds."""

    fetched: int = 0
    not_modified: int = 0
    failed: int = 0
    entries_new: int = 0
    entries_changed: int = 0


@dataclass(frozen=True, slots=True)
class Image:
    """A picture from elsewhere, its type sniffed from its bytes."""

    type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a file in bytes, `last` included; None is its end."""

    first: int
    last: int | None = None


@dataclass(frozen=True, slots=True)
class AudioHead:
    """How a sound file, or a part of one, is handed on: `length` is of what follows, `total` of the file.

    `first` is None where the whole file follows, because nobody asked for a part or its server gives none.
    """

    type: str
    length: int | None
    first: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Audio:
    """A sound file on its way. `parts` breaks off where the way does; closing it ends the way."""

    head: AudioHead
    parts: Generator[bytes, None, None]


class Embedder(Protocol):
    """A model that gives texts vectors: near in meaning is near in angle. Loaded in the model's process only."""

    card: ModelCard

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector of length one for each text, shape (texts, card.dimensions)."""
        ...


class VectorIndex(Protocol):
    """The vectors of entries by one model, for finding the nearest. A cache: the store has the truth."""

    @property
    def version(self) -> int:
        """The data version up to which it holds what is stored; 0 where it is empty or was not what was written."""
        ...

    def __len__(self) -> int:
        """Return how many entries it holds."""
        ...

    def apply(
        self, ids: Sequence[EntryId], vectors: NDArray[np.float32], gone: Sequence[EntryId], *, version: int
    ) -> None:
        """Take in vectors, in the place of those the entries had, and let go of the entries that are gone."""
        ...

    def nearest(self, vector: NDArray[np.float32], count: int) -> tuple[Hit, ...]:
        """Return the entries nearest to a vector of length one, the nearest first; the score is the cosine."""
        ...

    def save(self) -> None:
        """See that what was taken in outlives this process. Raises OSError."""
        ...

    def heal(self) -> bool:
        """Save again where somebody else changed what was saved; says whether it had to. Raises OSError."""
        ...


class Ask(Protocol):
    """What a web process or command asks the worker for. Raises BusyError where no worker answers."""

    def refresh(self, feeds: Sequence[FeedId] | None, *, wait: float) -> RefreshReport | None:
        """Fetch these feeds now (None: all), due or not; None where it is not done after `wait` seconds."""
        ...

    def image(self, url: str, *, wait: float) -> Image:
        """Fetch a picture through the outward door. Raises FetchError."""
        ...

    def audio(self, url: str, span: Span | None, *, wait: float) -> Audio:
        """Open a sound file through the outward door; `wait` seconds to its first part. Raises FetchError."""
        ...

    def transcript(self, feed_id: FeedId, url: str, told: str, *, wait: float) -> Spoken:
        """Fetch and read a transcript; `told` is its declared type, or empty. Raises FetchError."""
        ...

    def chapters(self, feed_id: FeedId, url: str, *, wait: float) -> tuple[Chapter, ...]:
        """Fetch and read a file of chapters. Raises FetchError."""
        ...

    def discover(self, address: str, *, wait: float) -> Discovery:
        """Look for feeds at an address. Raises FetchError (TIMEOUT) where that is not done after `wait` seconds."""
        ...

    def embed(self, texts: Sequence[str], *, wait: float) -> list[bytes]:
        """Return the vectors of some words, packed as in the store."""
        ...

    def nearest(self, text: str, count: int, *, wait: float) -> tuple[Hit, ...]:
        """Return the entries nearest in meaning to some words, the nearest first."""
        ...

    def like(self, entry_id: EntryId, count: int, *, wait: float) -> tuple[Hit, ...]:
        """Return the entries nearest in meaning to an entry, itself among them, the nearest first."""
        ...

    def wake(self) -> None:
        """Tell the worker to look for waiting jobs and due feeds now; quietly does nothing without one."""
        ...

    def ping(self) -> Mapping[str, Any]:
        """Return how the worker is: its state, process and clock setting. Raises BusyError without one."""
        ...
