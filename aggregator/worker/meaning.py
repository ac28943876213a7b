"""Reads entries for their meaning as they come: vectors, the index of them, stories, copies, topics of rules.

Behind everything else: the model's process is nice, each transaction is small, and between two pieces of work whoever
waits has their turn. What is written is known by data versions, so a worker that was killed goes on where it was.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING

from aggregator.errors import BroadsheetError
from aggregator.model.meaning import Engine, StoredVector
from aggregator.semantic.numbers import from_half, mixed, to_half
from aggregator.services.topics import texts_of_topics
from aggregator.store import cards, values, vectors
from aggregator.wiring import open_vector_index
from aggregator.worker.model import Model
from aggregator.worker.telling import StoryPass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from aggregator.model.candidate import Hit
    from aggregator.model.ids import EntryId
    from aggregator.model.meaning import ModelCard, TextToRead
    from aggregator.model.ports import VectorIndex
    from aggregator.services.desk import Desk

log = logging.getLogger(__name__)
PIECE = 32
"""Entries of one transaction; each is two texts for the model."""
SYNC = 2_000
"""Vectors the index takes in at a time."""
SAVE_SECONDS = 60.0
GONE_SECONDS = 15.0
"""Sooner where a vector went: what somebody deleted is out of all files within a minute."""
SYNC_SECONDS = 2.0


class Meaning:
    """What one worker does about meaning. `run` does what there is to do and returns; `close` stops it at once."""

    def __init__(self, desk: Desk, *, steady: Callable[[], float]) -> None:
        self._desk = desk
        self._steady = steady
        self.model = Model(Engine(desk.settings.semantic), desk.settings.semantic_model, steady=steady)
        self._index: VectorIndex | None = None
        self._pass: StoryPass | None = None
        self._topics_at = -1
        self._saved_at = 0.0
        self._synced_at = 0.0
        self._unsaved = self._gone = False
        self._stopping = threading.Event()

    async def run(self) -> None:
        """Read what came since, and tell its stories."""
        try:
            if not self.model.wanted:
                await asyncio.to_thread(self._let_count, None)
                return
            card = await self.model.start()
            await asyncio.to_thread(self._let_count, card)
            await self._read_topics(card)
            while await self._read_piece(card):
                pass
            index = await asyncio.to_thread(self._synced_index, card)
            await asyncio.to_thread(self._tell, card)
            await asyncio.to_thread(self._sync_columns)
            await asyncio.to_thread(self._save, index)
        except BroadsheetError as exc:
            self._pass = None  # it may know of what was not written
            log.warning("meaning waits: %s", exc)

    async def embed(self, texts: Sequence[str]) -> list[bytes]:
        """Return the vectors of some words, packed as in the store. Raises BusyError."""
        found = await self.model.embed(texts)
        return [to_half(each) for each in found]

    async def nearest(self, text: str, count: int) -> list[tuple[int, float]]:
        """Return the entries nearest in meaning to some words. Raises BusyError."""
        (vector,) = await self.model.embed([text])
        return await self._nearest(vector, count)

    async def like(self, entry_id: EntryId, count: int) -> list[tuple[int, float]]:
        """Return the entries nearest in meaning to an entry; none where it has no vector. Raises BusyError."""
        card = await self.model.start()
        held = await asyncio.to_thread(self._vector_of, card, entry_id)
        return await self._nearest(from_half(held), count) if held else []

    def stop(self) -> None:
        """Stop after what is being written: who waits for the model hears that it is gone."""
        self._stopping.set()
        self.model.stop()

    def close(self) -> None:
        """Keep the index; nothing of `run` goes on any more."""
        self.model.close()
        if self._index is not None and self._unsaved:
            try:
                self._index.save()
            except OSError as exc:
                log.warning("vectors not saved error=%s", exc.strerror)

    async def _nearest(self, vector: NDArray[np.float32], count: int) -> list[tuple[int, float]]:
        card = await self.model.start()
        index = self._index
        if index is None:
            index = await asyncio.to_thread(self._open_index, card)
        found: tuple[Hit, ...] = await asyncio.to_thread(index.nearest, vector, count)
        return [(hit.entry_id, hit.score) for hit in found]

    def _let_count(self, card: ModelCard | None) -> None:
        """Tell pages and rankings which model it is."""
        with self._desk.database.read() as conn:
            counted = cards.find_counted(conn)
            if (counted and counted.card) == card and (card or vectors.current_model(conn) is None):
                return
        with self._desk.database.write() as conn:
            cards.let_count(conn, card, now=self._desk.clock.now())

    async def _read_piece(self, card: ModelCard) -> bool:
        """Read the next entries; says whether there were any."""
        texts, known = await asyncio.to_thread(self._next_texts, card)
        if not texts:
            return False
        open_texts = [text for text in texts if not text.reserved and card.reads(text.language)]
        new = [text for text in open_texts if _content(text) not in known]
        parts = [part for text in new for part in (text.title or text.text, text.text or text.title)]
        found = await self.model.embed(parts)
        entries = mixed(found[0::2], found[1::2])
        read = {_content(text): to_half(vector) for text, vector in zip(new, entries, strict=True)}
        found_of = {**known, **read}
        stored = [
            StoredVector(
                text.entry_id,
                text.version,
                _content(text),
                found_of.get(_content(text)) if text in open_texts else None,
            )
            for text in texts
        ]
        await asyncio.to_thread(self._keep, card, stored, texts[-1].version)
        return True

    def _next_texts(self, card: ModelCard) -> tuple[tuple[TextToRead, ...], dict[bytes, bytes]]:
        with self._desk.database.read() as conn:
            texts = vectors.unread(conn, vectors.read_up_to(conn, card.id), PIECE)
            return texts, vectors.find_read(conn, card.id, [_content(text) for text in texts])

    def _keep(self, card: ModelCard, stored: Sequence[StoredVector], read_to: int) -> None:
        with self._desk.database.write() as conn:
            vectors.keep(conn, card.id, stored, read_to=read_to)
        if self._steady() >= self._synced_at + SYNC_SECONDS:
            self._sync_columns()

    def _sync_columns(self) -> None:
        """Bring the candidate columns to the data version that moved; a failure costs nothing but freshness."""
        try:
            with self._desk.database.read() as conn:
                self._desk.columns.sync(conn)
        except (BroadsheetError, OSError) as exc:
            log.warning("columns not written: %s", exc)
        self._synced_at = self._steady()

    async def _read_topics(self, card: ModelCard) -> None:
        """Give the topics of published rules their vectors, once for each text and model."""
        version, texts = await asyncio.to_thread(self._new_topics, card)
        if texts:
            found = dict(zip(texts, await self.embed(texts), strict=True))
            with self._desk.database.write() as conn:
                vectors.add_topics(conn, card.id, found)
        self._topics_at = version

    def _new_topics(self, card: ModelCard) -> tuple[int, list[str]]:
        with self._desk.database.read() as conn:
            version = values.data_version(conn)
            if version == self._topics_at:
                return version, []
            texts = texts_of_topics(conn)
            known = vectors.find_topics(conn, card.id, texts)
            return version, [text for text in texts if text not in known]

    def _synced_index(self, card: ModelCard) -> VectorIndex:
        index = self._index or self._open_index(card)
        while not self._stopping.is_set():
            with self._desk.database.read() as conn:
                changed = vectors.changed_since(conn, card.id, index.version, SYNC)
            if not changed:
                break
            last = {each.entry_id: each.vector for each in changed}
            held = [(entry_id, from_half(vector)) for entry_id, vector in last.items() if vector is not None]
            gone = [entry_id for entry_id, vector in last.items() if vector is None]
            stacked = _stack([vector for _, vector in held], card.dimensions)
            index.apply([entry_id for entry_id, _ in held], stacked, gone, version=changed[-1].version)
            self._unsaved, self._gone = True, self._gone or bool(gone)
        return index

    def _open_index(self, card: ModelCard) -> VectorIndex:
        with self._desk.database.read() as conn:
            identity = values.database_identity(conn)
        index = open_vector_index(self._desk.settings, self._desk.database, card, identity)
        self._index = index
        return index

    def _tell(self, card: ModelCard) -> None:
        if self._pass is None:
            self._pass = StoryPass.open(self._desk, card)
        self._pass.run(self._stopping)

    def _save(self, index: VectorIndex) -> None:
        """Save the index now and then, and at once where somebody else changed its file."""
        try:
            index.heal()
            wait = GONE_SECONDS if self._gone else SAVE_SECONDS
            if self._unsaved and self._steady() >= self._saved_at + wait:
                index.save()
                self._unsaved, self._gone, self._saved_at = False, False, self._steady()
        except OSError as exc:
            log.warning("vectors not saved error=%s", exc.strerror)

    def _vector_of(self, card: ModelCard, entry_id: EntryId) -> bytes | None:
        with self._desk.database.read() as conn:
            return vectors.of_entries(conn, card.id, [entry_id]).get(entry_id)


def _content(text: TextToRead) -> bytes:
    return vectors.content_of(text.title, text.text)


def _stack(rows: Sequence[NDArray[np.float32]], dimensions: int) -> NDArray[np.float32]:
    import numpy as np  # noqa: PLC0415  # the rest of this module needs it for types only

    return np.stack(rows) if rows else np.empty((0, dimensions), dtype=np.float32)
