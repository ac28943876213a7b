"""Which feeds a document names; self-written pages, and the real ones of the corpus where it is there."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.errors import FetchError
from aggregator.model.discovery import DiscoveredFeed
from aggregator.sources.discovery import FoundFeeds, PageJob, find_feeds
from aggregator.sources.wire import from_message, to_message

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus"


def found(page, address="https://paper.example/blog/", content_type="text/html", encoding=""):
    body = page if isinstance(page, bytes) else page.encode()
    return find_feeds(PageJob(body, encoding, content_type, address, NOW))


def links(head, **options):
    return [feed.address for feed in found(f"<html><head>{head}</head><body></body></html>", **options).linked]


def test_a_feed_is_itself():
    feed = found(b"<rss version='2.0'><channel><title>Quay</title><item><title>a</title></item></channel></rss>")
    assert feed == FoundFeeds(DiscoveredFeed("https://paper.example/blog/", "Quay"))


def test_links_of_a_page_are_absolute_and_in_its_order():
    head = """
        <link rel="alternate" type="application/rss+xml" title="All &amp; more" href="/feed.xml">
        <LINK REL="Alternate" TYPE="application/atom+xml; charset=utf-8" HREF="atom.xml">
        <link rel="alternate feed" type="application/feed+json" href="https://other.example/feed.json">"""
    assert links(head) == [
        "https://paper.example/feed.xml",
        "https://paper.example/blog/atom.xml",
        "https://other.example/feed.json",
    ]
    assert found(f"<head>{head}</head>").linked[0].title == "All & more"


def test_the_base_of_a_page_counts():
    link = '<link rel="alternate" type="application/rss+xml" href="f.xml">'
    assert links(f'<base href="https://cdn.example/x/">{link}') == ["https://cdn.example/x/f.xml"]


def test_a_feed_linked_twice_is_one():
    link = '<link rel="alternate" type="application/rss+xml" href="/f">'
    assert links(link + link) == ["https://paper.example/f"]


def test_comments_come_last():
    head = """<link rel="alternate" type="application/rss+xml" href="/comments/feed/">
        <link rel="alternate" type="application/rss+xml" href="/feed/">"""
    assert links(head) == ["https://paper.example/feed/", "https://paper.example/comments/feed/"]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" hreflang="fr" href="/fr/">',
        '<link rel="alternate stylesheet" type="text/css" href="/night.css">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed?feed">',
        '<link rel="alternate" type="application/json" href="/wp-json/pages/2">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<link rel="alternate" type="application/rss+xml" href="file:///etc/passwd">',
        '<link rel="alternate" type="application/rss+xml" href="">',
        '<a href="/rss">RSS</a>',
    ],
)
def test_other_links_are_no_feeds(link):
    assert links(link) == []


def test_nothing_where_there_is_nothing():
    assert found("<html></html>").linked == ()
    assert found("\x00\x01\x02").linked == ()


def test_a_packed_page_is_unpacked_and_never_too_much():
    page = b'<html><link rel="alternate" type="application/rss+xml" href="/f"></html>'
    assert len(found(gzip.compress(page), encoding="gzip").linked) == 1
    with pytest.raises(FetchError):
        found(gzip.compress(b"<p>" * 5_000_000), encoding="gzip")


def test_a_million_links_are_bounded():
    page = "<html>" + "".join(f'<link rel="alternate" type="text/rss+xml" href="/f{n}">' for n in range(5_000))
    assert len(found(page).linked) == 40


def test_titles_in_other_charsets_are_read():
    page = '<meta charset="iso-8859-1"><link rel="alternate" type="application/rss+xml" title="Übersicht" href="/f">'
    assert found(page.encode("latin-1")).linked[0].title == "Übersicht"


def test_what_is_found_crosses_the_pipe():
    for value in (
        PageJob(b"x", "gzip", "text/html", "https://a.example/", NOW),
        FoundFeeds(None, (DiscoveredFeed("https://a.example/f", None), DiscoveredFeed("https://a.example/g", "G"))),
        FoundFeeds(DiscoveredFeed("https://a.example/f", "F")),
    ):
        assert from_message(to_message(value)) == value


REAL = {
    "YouTubeTheVolvoRocks.html": 1,
    "furbo.html": 1,
    "inessential.html": 1,
    "sixcolors.html": 1,
    "codehollow.html": 1,
    "japantimes.html": 1,
    "orf.html": 1,
    "stackoverflow.html": 1,
}


@pytest.mark.parametrize("name", REAL)
def test_real_pages_name_their_feeds(name):
    paths = list((CORPUS / "feeds").rglob(name)) if CORPUS.is_dir() else []
    if not paths:
        pytest.skip("the corpus is not here")
    result = found(paths[0].read_bytes(), address=f"https://{name}.example/")
    assert len(result.linked) >= REAL[name]
