"""An instance as full as a benchmark wants it: 1,000 feeds, any number of entries, the same 10,000 of them young.

Words are drawn as in running text, a few of them often and most of them seldom (Zipf), from a made-up language.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from aggregator.model.entry import EntryData, EntryUpdateIntent, Kind
from aggregator.model.feed import NewFeed
from aggregator.model.ids import Uid
from aggregator.model.subscription import NewSubscription
from aggregator.services import accounts
from aggregator.settings import Settings
from aggregator.store import entries, feeds, subscriptions
from aggregator.wiring import open_desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from aggregator.services.desk import Desk

CLOCK = "2026-11-01T12:00:00Z"
"""When the instance was filled: one that is kept is as young the next time."""
FEEDS = 1_000
YOUNG = 10_000
"""Entries of the last week, whatever else is stored: what a list draws from."""
DAY = 86_400
VOCABULARY = 50_000
PIECE = 1_000
TITLE, TEXT = 8, 90
"""Words of a title, and of all that is indexed of an entry."""
SYLLABLES = ("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "wo", "xu", "za")


@contextmanager
def filled(count: int, folder: Path | None = None) -> Iterator[Desk]:
    """Open an instance with so many entries: the one kept in `folder` if it has been filled, else made there."""
    with TemporaryDirectory() as own:
        data = (folder or Path(own)) / f"filled-{count}"
        begun = data.exists()
        with open_desk(Settings(data=data, clock=CLOCK), create=True) as desk:
            if not begun:
                _fill(desk, count)
            yield desk


def word(rank: int) -> str:
    """Return the word that is used so often: 1 is the commonest."""
    made, rest = "", rank
    while rest or not made:
        rest, syllable = divmod(rest, len(SYLLABLES))
        made += SYLLABLES[syllable]
    return made


def _fill(desk: Desk, count: int) -> None:
    now = desk.clock.now()
    group = accounts.operator(desk).group
    number = min(FEEDS, count)
    addresses = [f"https://f{each}.example/feed" for each in range(number)]
    with desk.database.write() as conn:
        news = [NewFeed(each, each[8:-5], None, "en", each[8:-5], each[8:-5]) for each in addresses]
        ids = list(feeds.add_feeds(conn, news, now=now, due=[now] * number).values())
        for place, feed_id in enumerate(ids):
            new = NewSubscription(feed_id=feed_id, title=None, why=None, folders=(f"Folder {place % 10}",))
            subscriptions.add_subscription(conn, group, new, now=now)
    each = count // number
    young = min(YOUNG // number, each)
    chance = np.random.default_rng(7)
    for first, last, youngest, oldest in ((0, each - young, 7 * DAY, 180 * DAY), (each - young, each, 0, 6 * DAY)):
        for place, feed_id in enumerate(ids):  # what is young arrived last, from whichever feed
            ages = np.sort(chance.integers(youngest, oldest, last - first))[::-1].tolist()
            words = _texts(chance, last - first)
            for start in range(0, last - first, PIECE):
                part = range(start, min(start + PIECE, last - first))
                made = [_intent(place * each + first + n, words[n], now - timedelta(seconds=ages[n])) for n in part]
                with desk.database.write() as conn:
                    entries.apply_intents(conn, feed_id, made)
    with desk.database.read() as conn:
        desk.columns.sync(conn)


def _texts(chance: np.random.Generator, count: int) -> list[list[str]]:
    drawn = np.exp(chance.random((count, TEXT)) * np.log(VOCABULARY)).astype(int)
    return [[word(rank) for rank in row] for row in drawn.tolist()]


def _intent(number: int, words: list[str], time: datetime) -> EntryUpdateIntent:
    data = EntryData(
        key=str(number), raw_hash=number.to_bytes(16, "big"), guid=str(number), link=f"https://f.example/{number}",
        title=" ".join(words[:TITLE]).capitalize(), authors=(), published=time, updated=None,
        language="en", kind=Kind.ARTICLE, categories=(), enclosures=(), image=None, comments=None,
        content_html=f"<p>{' '.join(words[TITLE:])}.</p>", summary_html="", excerpt=f"{' '.join(words[TITLE:40])}…",
        words=600, paid=False, index=" ".join(words),
    )  # fmt: skip
    uid = Uid(number.to_bytes(16, "big").hex())
    return EntryUpdateIntent(data=data, uid=uid, time=time, first_seen=time, age_known=True, held=None)
