"""Real documents, from ../shared/corpus where it is there: as much as feedparser finds, nothing lost of OPML."""

import csv
import re
from collections import Counter
from dataclasses import replace

import pytest

from aggregator.errors import FetchError
from aggregator.sources.dates import read_date
from aggregator.sources.document import read_document
from aggregator.sources.feeds import read_xml
from aggregator.sources.loose import read_loosely
from aggregator.sources.opml import read_opml
from aggregator.sources.opmlout import write_opml
from aggregator.sources.plain import plain_line
from aggregator.sources.xmltext import joined
from aggregator.text.address import absolutise

ADDRESS = "https://example.org/feed"
FEWER_ENTRIES = {
    "cc314ce5dfbb3adc": (1000, "it holds 1,046 entries, and 1,000 are read of one document"),
    "osm-pl.xml": (7, "it breaks off within its eighth entry, which is left out until it comes whole"),
}
OTHER_LINKS = {
    "atom-test-example.xml": "two alternates of one type: we take the first, feedparser the last",
    "github-49/data.xml": "feedparser takes the link of a related article from inside another element",
}
OF_PODCASTS = ("chapters", "chapters_file", "transcripts")


@pytest.fixture(scope="session")
def rows(corpus):
    with (corpus / "MANIFEST.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def of_kind(rows, kind):
    return [row for row in rows if row["kind"] == kind]


def test_every_real_feed_gives_as_many_entries_as_feedparser(corpus, rows, job):
    different = {}
    for row in of_kind(rows, "feeds"):
        if row["realness"].startswith("real") and int(row["fp_entries"] or 0):
            document = read_document(replace(job, body=(corpus / row["path"]).read_bytes()))
            if len(document.carried) != int(row["fp_entries"]):
                different[row["path"].rpartition("/")[2]] = len(document.carried)
    assert different == {name: count for name, (count, _) in FEWER_ENTRIES.items()}


def test_every_json_feed_is_read(corpus, rows, job):
    read = [row for row in of_kind(rows, "feeds") if int(row["json_items"] or 0)]
    for row in read:
        document = read_document(replace(job, body=(corpus / row["path"]).read_bytes()))
        assert len(document.carried) == int(row["json_items"]), row["path"]
    assert len(read) >= 8


def test_no_document_of_the_corpus_raises_anything_but_a_fault(corpus, rows, job):
    codes = Counter()
    for row in rows:
        try:
            read_document(replace(job, body=(corpus / row["path"]).read_bytes()[: 4 * 1024 * 1024]))
        except FetchError as error:
            codes[error.fault.code] += 1
    assert codes.total() > 0


def test_all_opml_is_imported_with_nothing_lost_and_exported_alike(corpus, rows):
    for row in of_kind(rows, "opml"):
        data = (corpus / row["path"]).read_bytes()
        document = read_opml(data)
        addresses = {found.decode() for found in re.findall(rb"""xmlUrl\s*=\s*["']([^"']+)["']""", data, re.IGNORECASE)}
        assert len(document.feeds) == len(addresses), row["path"]
        first = write_opml(document.title or "", document.folders, document.feeds)
        again = read_opml(first)
        assert write_opml(again.title or "", again.folders, again.feeds) == first, row["path"]
        assert set(again.feeds) == set(document.feeds)


def _both(corpus, rows):
    """Yield the path and both readings of each document that the fast path takes."""
    for row in of_kind(rows, "feeds"):
        data = (corpus / row["path"]).read_bytes()
        try:
            fast = read_xml(data, "", 1_000)
        except FetchError:
            continue
        slow = read_loosely(data, "", ADDRESS, 1_000) if fast is not None else None
        if slow is not None:
            yield row["path"], fast, slow


def _link(entry, document):
    return absolutise(entry.link, joined(ADDRESS, entry.base or document.base or "")) if entry.link else None


def _explained(field, path, ours, theirs):
    """Say whether docs/developers/parsing.md gives a reason for this difference."""
    if field == "title":
        return re.search("[\u00c2\u00c3\u00e2\u00d0\u00d1\u00c5]", theirs) is not None  # text encoded twice
    if field == "guid":
        return ours is not None and (joined(ADDRESS, ours) == theirs or theirs.endswith(f"/{ours}"))
    return field == "link" and (ours is None or any(path.endswith(name) for name in OTHER_LINKS))


def test_the_fast_path_reads_what_feedparser_reads_but_for_what_is_explained(corpus, rows):
    unexplained = []
    documents = 0
    for path, fast, slow in _both(corpus, rows):
        documents += 1
        assert len(fast.entries) == len(slow.entries), path
        for ours, theirs in zip(fast.entries, slow.entries, strict=True):
            pairs = {
                "title": (plain_line(ours.title, 1_000), plain_line(theirs.title, 1_000)),
                "link": (_link(ours, fast), _link(theirs, slow)),
                "guid": (ours.guid, theirs.guid),
                **{name: (ours.extras.get(name), theirs.extras.get(name)) for name in OF_PODCASTS},
                "date": tuple(read_date(one.published or one.updated or "") for one in (ours, theirs)),
            }
            unexplained += [
                (path, field, *pair)
                for field, pair in pairs.items()
                if pair[0] != pair[1] and not _explained(field, path, *pair)
            ]
    assert unexplained == []
    assert documents > 350
