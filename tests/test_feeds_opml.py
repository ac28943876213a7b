"""The list a new instance starts with."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from aggregator.model.ids import NAMESPACE
from aggregator.outbound.guard import check_url
from aggregator.sources.opml import read_opml

PATH = Path(__file__).parent.parent / "feeds.opml"
OURS = f"{{{NAMESPACE}}}"


@pytest.fixture(scope="module")
def document():
    return etree.parse(PATH, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()


@pytest.fixture(scope="module")
def feeds(document):
    return document.findall(".//outline[@xmlUrl]")


def test_it_is_opml_2(document):
    assert (document.tag, document.get("version")) == ("opml", "2.0")
    assert [part.tag for part in document if isinstance(part.tag, str)] == ["head", "body"]
    assert document.findtext("head/title")
    assert all(outline.get("text") for outline in document.iter("outline"))


def test_it_is_wide_enough(feeds):
    assert len(feeds) >= 80


def test_many_languages_have_several_sources(feeds):
    count = Counter(feed.get("language") for feed in feeds)
    assert all(count[language] >= 5 for language in ("en", "fr", "es", "ar", "ms", "ko", "de", "pt"))


@pytest.mark.parametrize("name", ["text", "title", "htmlUrl", "xmlUrl", "language", "description"])
def test_every_feed_says_all(feeds, name):
    assert [feed.get("text") for feed in feeds if not (feed.get(name) or "").strip()] == []


def test_every_feed_says_what_its_address_rests_on(feeds):
    assert {feed.get(OURS + "known-from") for feed in feeds} == {"document", "list", "memory"}


def test_the_reason_is_the_same_for_all_readers(feeds):
    assert all(feed.get(OURS + "why") == feed.get("description") for feed in feeds)


def test_no_address_stands_twice(feeds):
    plain = Counter(feed.get("xmlUrl").lower().partition("://")[2].rstrip("/") for feed in feeds)
    assert [address for address, times in plain.items() if times > 1] == []


def test_the_door_would_let_every_address_through(feeds):
    for feed in feeds:
        for name in ("xmlUrl", "htmlUrl"):
            assert not check_url(feed.get(name)).listed


def test_every_feed_lies_in_a_folder(feeds):
    assert all(feed.getparent().tag == "outline" for feed in feeds)


def test_our_own_reader_takes_all_of_it_as_it_is(feeds):
    document = read_opml(PATH.read_bytes())
    assert document.recovered == ()
    assert [feed.address for feed in document.feeds] == [feed.get("xmlUrl") for feed in feeds]
    assert all(feed.title and feed.site and feed.language and feed.why and feed.folders for feed in document.feeds)
