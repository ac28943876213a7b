"""Rows, snapshots and facts made by hand."""

from __future__ import annotations

import random
import zlib

import numpy as np

from aggregator.candidates.facts import full_hour, make_facts
from aggregator.candidates.layout import FILES, Header, encode
from aggregator.candidates.snapshot import EMPTY, map_snapshot
from aggregator.model.candidate import HAS, ColumnRow, FeedFacts, SourcePace
from aggregator.model.entry import Kind
from aggregator.model.ids import EntryId, FeedId, Uid

NOW = 1_795_348_800 + 754  # some minutes after a full hour
LANGUAGES = ("en", "fr", "pt-BR", "ar", None)


def make_rows(seed: int, count: int, feeds: int = 7) -> list[ColumnRow]:
    """Rows of the 40 days around NOW: some yet to arrive, some with times that only arrival bounds."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        first_seen = NOW - chance.randrange(-3600, 40 * 86_400)
        rows.append(
            ColumnRow(
                entry_id=EntryId(number + 1),
                version=number + 1,
                uid=Uid(chance.randbytes(16).hex()),
                feed_id=FeedId(chance.randrange(1, feeds + 1)),
                time=first_seen - chance.choice([0, 0, 60, 3600, 9 * 86_400]),
                first_seen=first_seen,
                age_known=chance.random() < 0.9,
                words=chance.choice([None, 0, 120, 4000]),
                language=chance.choice(LANGUAGES),
                kind=chance.choice(list(Kind)),
                has=tuple(name for name in HAS if chance.random() < 0.4),
                paid=chance.random() < 0.1,
                reserved=chance.random() < 0.1,
                deleted=False,
            )
        )
    return rows


def make_snapshot(folder, rows, dead=()):
    """Write rows as column files and map them."""
    arrays, languages = encode(rows, ())
    arrays["dead"] = np.array(dead, dtype=FILES["dead"])
    (folder / "g").mkdir(exist_ok=True)
    for name, array in arrays.items():
        (folder / "g" / name).write_bytes(array.tobytes())
    header = Header(
        database="d",
        generation="g",
        version=len(rows),
        rows=len(rows),
        dead=len(dead),
        languages=languages,
        sums={name: zlib.crc32(array.tobytes()) for name, array in arrays.items()},
    )
    return map_snapshot(folder, header, EMPTY)


FEEDS = (
    FeedFacts(FeedId(1), "https://one.example/feed", "one.example", "Group One", ("News",), "en"),
    FeedFacts(FeedId(2), "https://two.example/feed", "two.example", "two.example", (), None),
    FeedFacts(FeedId(3), "https://three.example/a", "three.example", "Group One", ("News/Local", "Work"), "fr"),
    FeedFacts(FeedId(4), "https://three.example/b", "three.example", "Group One", ("Work",), None),
    FeedFacts(FeedId(6), "https://six.example/feed", "six.example", "six.example", ("Newsletters",), "ar"),
)  # feeds 5 and 7 are not the owner's


PACES = {
    "one.example": SourcePace(entries=28, oldest=NOW - 90 * 86_400),
    "two.example": SourcePace(entries=1, oldest=full_hour(NOW) - 60),
    "three.example": SourcePace(entries=5, oldest=full_hour(NOW) - 3 * 86_400),
}
FACTS = make_facts(FEEDS, PACES, full_hour(NOW))
