"""The story pass of one worker: what the model has read since is put into stories and checked for copies."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from aggregator.semantic.blends import blend_of
from aggregator.semantic.duplicates import Copies, read_text
from aggregator.semantic.numbers import from_half
from aggregator.semantic.stories import WINDOW, Stories, Told
from aggregator.semantic.tokens import is_telling, names_of, words_of
from aggregator.store import stories as stored

if TYPE_CHECKING:
    import threading

    from aggregator.model.meaning import ModelCard, StoryText
    from aggregator.semantic.duplicates import Text
    from aggregator.services.desk import Desk

PIECE = 32


class StoryPass:
    """The window in memory. It is only ever what the store says: after a failure a new one is opened."""

    def __init__(self, desk: Desk, card: ModelCard) -> None:
        self._desk = desk
        self._model = card.id
        self._stories = Stories(blend_of(card), card.dimensions)
        self._copies = Copies()

    @classmethod
    def open(cls, desk: Desk, card: ModelCard) -> StoryPass:
        """Begin from what stands in stories already."""
        opened = cls(desk, card)
        since = desk.clock.now() - timedelta(seconds=WINDOW)
        with desk.database.read() as conn:
            held = stored.iter_held(conn, card.id, since=since)
        for each in held:
            told, text = _read(each.text)
            if told.telling:
                opened._stories.keep(told, each.story)
            if each.copy_group is not None:
                opened._copies.keep(text, each.copy_group)
        return opened

    def run(self, stopping: threading.Event) -> int:
        """Place what waits, the oldest first, in small transactions; gives how many there were."""
        now = self._desk.clock.now()
        since = now - timedelta(seconds=WINDOW)
        self._stories.forget(int(since.timestamp()))
        self._copies.forget(int(since.timestamp()))
        placed = 0
        while not stopping.is_set():
            with self._desk.database.read() as conn:
                waiting = stored.find_waiting(conn, self._model, since=since, limit=PIECE)
            if not waiting:
                break
            read = [_read(each) for each in waiting]
            places = self._stories.place_in_turn([told for told, _ in read])
            copies = []
            for _, text in read:
                copy = self._copies.check(text)
                self._copies.keep(text, copy.group)
                copies.append(copy)
            with self._desk.database.write() as conn:
                stored.keep(conn, self._model, places, copies)
            placed += len(waiting)
        return placed


def _read(text: StoryText) -> tuple[Told, Text]:
    vector = from_half(text.vector)
    told = Told(
        entry_id=text.entry_id,
        time=text.time,
        language=text.language,
        words=words_of(text.title, text.text),
        names=names_of(text.title, text.text),
        vector=vector,
        telling=is_telling(text.title, text.text),
    )
    copied = read_text(text.entry_id, text.time, link=text.link, title=text.title, text=text.text, vector=vector)
    return told, copied
