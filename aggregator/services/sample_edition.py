"""The sample edition's entries: written for it, in eight languages, as young as they were when first written.

Read once from aggregator/sample/*.toml. Ages count back from the tick, so the edition never grows old; everything
else is done to it as to any entry: uids are minted, words counted, sources keyed and paced, rules applied.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from aggregator.candidates.facts import WINDOW, full_hour, make_facts
from aggregator.candidates.layout import Header, encode
from aggregator.candidates.snapshot import Snapshot
from aggregator.candidates.table import candidates
from aggregator.model.candidate import ColumnRow, FeedFacts, SourcePace
from aggregator.model.entry import Author, Body, Entry, EntryState, Kind
from aggregator.model.ids import EntryId, FeedId, ListId, OwnerId, RuleId, VersionId
from aggregator.model.readinglist import ReadingList, RuleVersion
from aggregator.services.pages import SeenEntry
from aggregator.services.ranked import Ranked, RankingKey
from aggregator.services.ranking import MINUTE, document_of
from aggregator.sources.identity import source_key
from aggregator.text.strip import excerpt, strip
from aggregator.text.words import count_words
from aggregator.update.decide import mint_uid
from rankers import EntryTexts, match_leaves, published_rules, rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aggregator.candidates.facts import Facts
    from aggregator.candidates.table import Candidates
    from rankers import RuleDocument

_SHIPPED: Final = datetime(2026, 11, 22, tzinfo=UTC)
_NEVER: Final = datetime.fromtimestamp(0, UTC)  # until a tick dates it
OWNER: Final = OwnerId(0)
"""Nobody: no member and no group has this id."""
SAMPLE: Final = ReadingList(
    id=ListId(0),
    owner=OWNER,
    slug="sample",
    title="Sample edition",
    rule_id=RuleId(0),
    max_age=timedelta(days=7),
    time_zone="UTC",
)


@dataclass(frozen=True, slots=True)
class SampleFeed:
    """A made-up feed. `month`: how many entries it published in the last 28 days."""

    id: FeedId
    title: str
    address: str
    site: str
    source: str
    language: str
    folder: str
    month: int


@dataclass(frozen=True, slots=True)
class SampleEntry:
    """An entry as it was written; `age` before the tick."""

    entry: Entry
    feed: SampleFeed
    body: Body
    age: timedelta


@dataclass(frozen=True, slots=True)
class Edition:
    """The sample ranked by one rule at one tick. `seen`: all its entries by id, with their times."""

    ranking: Ranked
    seen: Mapping[EntryId, SeenEntry]


@lru_cache(maxsize=1)
def sample_entries() -> tuple[SampleEntry, ...]:
    """Read all that was written, in the order of the files' names."""
    found: list[SampleEntry] = []
    feeds = 0
    for file in sorted((files("aggregator") / "sample").iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".toml"):
            continue
        document = tomllib.loads(file.read_text(encoding="utf-8"))
        language = file.name.removesuffix(".toml")
        by_key = {}
        for raw in document["feed"]:
            feeds += 1
            by_key[raw["key"]] = _feed(raw, language, FeedId(feeds))
        for raw in document["entry"]:
            found.append(_entry(raw, by_key[raw["feed"]], EntryId(len(found) + 1)))
    return tuple(found)


@lru_cache(maxsize=1)
def sample_rules() -> tuple[RuleVersion, ...]:
    """Return the rules that are shipped, as versions; their ids mean nothing outside the sample."""
    return tuple(_version(number, toml) for number, toml in enumerate(published_rules().values(), 1))


def edition(now: datetime, version: RuleVersion) -> Edition:
    """Rank the sample as of this minute."""
    second = int(now.timestamp())
    return _edition(second - second % MINUTE, version)


@lru_cache(maxsize=16)
def _edition(tick: int, version: RuleVersion) -> Edition:
    document = document_of(version.toml)
    at = datetime.fromtimestamp(tick, UTC)
    entries = tuple(_dated(sample, at) for sample in sample_entries())
    feeds = {sample.feed.id: sample.feed for sample in sample_entries()}.values()
    found = candidates(_snapshot(entries), _facts(feeds, tick), SAMPLE, tick, document.columns)
    found = _with_leaves(found, document)
    key = RankingKey(SAMPLE.id, document.hash, tick, data_version=0, facts_version=0)
    ranking = Ranked(SAMPLE, version, rank(document, found.table, tick), found.entry_ids, cut=False, key=key)
    seen = {
        entry.id: SeenEntry(entry, 0, sample.feed.title, sample.feed.source, EntryState())
        for entry, sample in zip(entries, sample_entries(), strict=True)
    }
    return Edition(ranking, seen)


def _feed(raw: Mapping[str, Any], language: str, feed_id: FeedId) -> SampleFeed:
    return SampleFeed(
        id=feed_id,
        title=raw["title"],
        address=raw["address"],
        site=raw["site"],
        source=source_key(raw["address"], raw["site"], title=raw["title"]),
        language=language,
        folder=raw["folder"],
        month=raw["month"],
    )


def _entry(raw: Mapping[str, Any], feed: SampleFeed, entry_id: EntryId) -> SampleEntry:
    body = raw["body"].strip()
    text = strip(body)
    entry = Entry(
        id=entry_id,
        uid=mint_uid(feed.address, raw["key"]),
        feed_id=feed.id,
        guid=raw["key"],
        link=f"{feed.site.rstrip('/')}/{raw['key']}",
        title=raw.get("title", ""),
        authors=(Author(raw["author"]),) if "author" in raw else (),
        published=_NEVER,
        updated=None,
        time=_NEVER,
        first_seen=_NEVER,
        language=feed.language,
        kind=Kind(raw.get("kind", "article")),
        categories=tuple(raw.get("categories", ())),
        enclosures=(),
        image=None,
        comments=None,
        excerpt=excerpt(text),
        words=count_words(text),
        paid=raw.get("paid", False),
    )
    return SampleEntry(entry, feed, Body(content_html=body, summary_html=""), timedelta(hours=raw["age"]))


def _dated(sample: SampleEntry, at: datetime) -> Entry:
    time = (at - sample.age).replace(microsecond=0)
    return replace(sample.entry, published=time, time=time, first_seen=time)


def _version(number: int, toml: str) -> RuleVersion:
    document = document_of(toml)
    return RuleVersion(
        id=VersionId(number),
        rule_id=RuleId(number),
        slug=document.id,
        number=1,
        hash=document.hash,
        title=document.title,
        plain=document.plain,
        toml=toml,
        author=None,
        reason=None,
        published=_SHIPPED,
    )


def _snapshot(entries: Sequence[Entry]) -> Snapshot:
    """Lay the entries out as the columns of an instance that holds nothing else."""
    columns, languages = encode([_row(entry) for entry in entries], ())
    return Snapshot(
        header=Header(database="sample", generation="sample", rows=len(entries), languages=languages),
        columns=columns,
        alive=np.ones(len(entries), dtype=np.bool_),
        newest_in_block=columns["time"].max(keepdims=True),
        newest_arrival=int(columns["first_seen"].max()),
    )


def _row(entry: Entry) -> ColumnRow:
    has = ["date", "language", "full_text"] + (["author"] if entry.authors else [])
    return ColumnRow(
        entry_id=entry.id,
        version=entry.id,
        uid=entry.uid,
        feed_id=entry.feed_id,
        time=int(entry.time.timestamp()),
        first_seen=int(entry.first_seen.timestamp()),
        age_known=True,
        words=entry.words,
        language=entry.language,
        kind=entry.kind,
        has=tuple(has),
        paid=entry.paid,
        reserved=False,
        deleted=False,
    )


def _facts(feeds: Iterable[SampleFeed], tick: int) -> Facts:
    hour = full_hour(tick)
    return make_facts(
        [
            FeedFacts(
                id=feed.id,
                address=feed.address,
                source=feed.source,
                owner=feed.source,
                folders=(feed.folder,),
                language=feed.language,
            )
            for feed in feeds
        ],
        {feed.source: SourcePace(feed.month, hour - WINDOW) for feed in feeds},
        hour,
    )


def _with_leaves(found: Candidates, document: RuleDocument) -> Candidates:
    """Work out the rule's patterns over the texts, as candidates/leaves.py does for stored ones."""
    if not document.leaves:
        return found
    samples = sample_entries()
    bits = np.array(
        [match_leaves(document.leaves, _texts(samples[entry_id - 1])) for entry_id in found.entry_ids.tolist()],
        dtype=np.bool_,
    )
    leaves = {leaf.key: bits[:, place] for place, leaf in enumerate(document.leaves)}
    return replace(found, table=replace(found.table, leaves=leaves))


def _texts(sample: SampleEntry) -> EntryTexts:
    entry = sample.entry
    return EntryTexts(
        title=entry.title,
        body=strip(sample.body.content_html),
        authors=tuple(author.name for author in entry.authors),
        categories=entry.categories,
    )
