"""Each format, read whole from a document written for it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.errors import FetchError
from aggregator.model.entry import Author, Enclosure, Kind
from aggregator.model.fault import FaultCode
from aggregator.model.remark import Remark

FEEDS = Path(__file__).parents[2] / "data" / "feeds"


def test_rss_tells_of_its_feed(read):
    feed = read("cooperative.rss").feed
    assert feed.title == "The Bakers' Cooperative & Friends"
    assert feed.subtitle == "News from the ovens"
    assert feed.site == "https://bakers.example.org/"
    assert feed.language == "en-GB"
    assert feed.image == "https://feeds.example.org/logo.png"
    assert feed.self_link == "https://bakers.example.org/feed.xml"
    assert feed.hub == "https://hub.example.org/"
    assert feed.ttl_minutes == 90
    assert feed.skip_hours == (0, 1)
    assert feed.skip_days == (6,)
    assert feed.update_every == timedelta(hours=6)


def test_rss_entry_is_read_whole(read):
    document = read("cooperative.rss")
    entry = document.entries[0]
    assert document.format == "rss-2.0"
    assert entry.key == entry.guid == "bakers-17"
    assert entry.title == "Rye returns & stays"
    assert entry.link == "https://bakers.example.org/2026/rye?page=2"
    assert entry.published == datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
    assert entry.authors == (Author("Ada Miller"),)
    assert entry.categories == ("Bread", "Grain & flour")
    assert entry.comments == "https://bakers.example.org/2026/rye#comments"
    assert entry.enclosures == (Enclosure("https://feeds.example.org/audio/rye.mp3", "audio/mpeg", 123456),)
    assert entry.kind is Kind.AUDIO
    assert entry.image == "https://bakers.example.org/rye-small.jpg"
    assert entry.language == "en-GB"
    assert entry.excerpt == "A short word about rye."
    assert entry.summary_html == "A short word about rye."
    assert entry.words == 5


def test_rss_body_is_clean_and_its_addresses_are_absolute(read):
    body = read("cooperative.rss").entries[0].content_html
    assert "<h2>Rye</h2>" in body
    assert '<a href="https://bakers.example.org/mill" rel="noopener noreferrer">mill</a>' in body
    assert '<img src="https://bakers.example.org/2026/oven.jpg" alt="The oven" width="640" height="360">' in body
    assert "script" not in body
    assert "p.gif" not in body


def test_rss_description_alone_is_the_content(read):
    entry = read("cooperative.rss").entries[1]
    assert entry.content_html == "Only a description, yet it is all there is."
    assert entry.summary_html == ""
    assert entry.words == 9
    assert entry.authors == (Author("Bo Oven"),)
    assert entry.link == entry.guid == "https://bakers.example.org/2026/window"
    assert entry.title == "The <video> element in our shop window"


def test_atom_is_read_by_its_declared_types(read):
    document = read("library.atom")
    first = document.entries[0]
    assert document.format == "atom-1.0"
    assert document.feed.title == "Die Bücherei"
    assert document.feed.site == "https://library.example.net/start"
    assert document.feed.self_link == "https://library.example.net/feed.atom"
    assert first.title == "Literal <b>text</b>"
    assert first.link == "https://library.example.net/1"
    assert first.comments == "https://library.example.net/1/antworten"
    assert first.enclosures == (
        Enclosure("https://library.example.net/1.epub", "application/epub+zip", 2048, "Als Buch"),
    )
    assert first.summary_html == "<p>Ein &lt;em&gt; bleibt stehen &amp; so auch das.</p>"
    assert '<p>Im <em>Lesesaal</em><br> steht <a href="https://library.example.net/regal"' in first.content_html
    assert first.categories == ("Lesen", "garten")
    assert first.language == "de"
    assert first.authors == (Author("Das Haus", "https://library.example.net/haus"),)
    assert first.updated == datetime(2026, 11, 21, 9, tzinfo=UTC)


def test_atom_entry_has_its_own_base_language_and_author(read):
    second = read("library.atom").entries[1]
    assert second.title == "Un texte invité"
    assert second.link == "https://invite.example.net/textes/deux"
    assert 'src="https://invite.example.net/textes/image.png"' in second.content_html
    assert second.language == "fr"
    assert second.authors == (Author("Claire Voix", "mailto:claire@example.net"),)
    assert second.kind is Kind.REPLY
    assert second.published == second.updated == datetime(2026, 11, 19, 10, tzinfo=UTC)


def test_rdf_in_latin_1(read):
    document = read("choir.rdf")
    entry = document.entries[0]
    assert document.format == "rdf"
    assert document.feed.title == "The choir of Châtillon"
    assert entry.title == "Répétition"
    assert entry.guid == entry.link == "https://choir.example.com/1"
    assert entry.published == datetime(2026, 11, 18, tzinfo=UTC)
    assert entry.categories == ("musique",)


def test_atom_03(read):
    document = read("old.atom03")
    entry = document.entries[0]
    assert document.format == "atom-0.3"
    assert document.feed.subtitle == "Kept since 2003"
    assert entry.title == "Tea & toast"
    assert entry.content_html == "<p>At four.</p>"
    assert entry.published == datetime(2004, 5, 31, 12, tzinfo=UTC)
    assert entry.updated == datetime(2004, 6, 1, 12, tzinfo=UTC)


def test_json_feed(read):
    document = read("workshop.json")
    entry = document.entries[0]
    assert document.format == "json-1.1"
    assert document.feed.title == "The <Workshop>"
    assert document.feed.language == entry.language == "pt-BR"
    assert document.feed.hub == "https://hub.example.org/"
    assert entry.key == "7"
    assert entry.link == "https://workshop.example.org/7"
    assert entry.title == "Nails & <screws>"
    assert entry.content_html.startswith('<p>Of <b>iron</b> <a href="https://workshop.example.org/iron"')
    assert entry.summary_html == "<p>About &lt;nails&gt;</p>"
    assert entry.published == datetime(2026, 11, 20, 13, tzinfo=UTC)
    assert entry.categories == ("iron", "wood")
    assert entry.image == "https://feeds.example.org/nails.jpg"
    assert entry.enclosures == (Enclosure("https://feeds.example.org/plan.pdf", "application/pdf", 9000, "Plan"),)


def test_json_text_is_escaped_and_wrong_types_are_passed_over(read):
    entry = read("workshop.json").entries[1]
    assert entry.content_html == "<p>Only &lt;text&gt;</p>\n<p>in two paragraphs</p>"
    assert entry.authors == (Author("Ana"),)
    assert entry.published is None
    assert entry.kind is Kind.NOTE


def test_rss_written_as_json(read):
    document = read(
        '{"rss": {"version": "2.0", "channel": {"title": "T", "link": "https://j.example/", "item": '
        '[{"guid": "g1", "title": "A &amp; B", "description": "<p>x</p>"}, {"link": "https://j.example/2"}]}}}'
    )
    assert document.format == "rss-2.0"
    assert [entry.key for entry in document.entries] == ["g1", "https://j.example/2"]
    assert document.entries[0].title == "A & B"


def test_what_is_not_well_formed_is_read_all_the_same_and_said(read):
    document = read("broken.rss")
    assert document.format == "rss-2.0+loose"
    assert document.feed.title == "Café & Bar"
    assert [entry.title for entry in document.entries] == ["Open & closed", "Second"]
    assert document.entries[0].content_html.startswith("<p>Come <b>in</b>")
    assert document.entries[1].published == datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
    assert document.feed.remarks == (Remark.CUT_OFF,)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", FaultCode.EMPTY),
        (b" \r\n\t", FaultCode.EMPTY),
        (b"\xef\xbb\xbf  ", FaultCode.EMPTY),
        (b"<!DOCTYPE html><html><head><title>x</title></head><body><p>hello</body></html>", FaultCode.HTML),
        (b"<html><body>x</body></html>", FaultCode.HTML),
        (b"<!-- hi --><!doctype html>\n<HTML lang=en><p>", FaultCode.HTML),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body/></html>", FaultCode.HTML),
        (b"<head><title>Moved</title></head>", FaultCode.HTML),
        (b'<?xml version="1.0"?><catalog><book/></catalog>', FaultCode.NOT_A_FEED),
        (b'<opml version="2.0"><body><outline text="x"/></body></opml>', FaultCode.NOT_A_FEED),
        (b"just some words", FaultCode.NOT_A_FEED),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), FaultCode.NOT_A_FEED),
        (b'{"name": "no feed"}', FaultCode.NOT_A_FEED),
        (b"[1, 2, 3]", FaultCode.NOT_A_FEED),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": [', FaultCode.BROKEN),
        (b"<rss><channel", FaultCode.BROKEN),
    ],
)
def test_what_is_no_feed_is_named(read, body, code):
    with pytest.raises(FetchError) as caught:
        read(body)
    assert caught.value.fault.code is code


def test_an_empty_feed_is_a_feed(read):
    document = read('<rss version="2.0"><channel><title>Nothing yet</title></channel></rss>')
    assert document.entries == ()
    assert document.feed.title == "Nothing yet"


def test_engagement_counts_are_dropped_and_change_no_hash(read):
    body = (FEEDS / "cooperative.rss").read_bytes()
    before, after = read(body), read(body.replace(b"4711", b"4712"))
    assert "4711" not in repr(before)
    assert before.carried == after.carried


@pytest.mark.parametrize("items", [("guid", "link"), ("link", "guid")])
def test_a_link_goes_before_a_guid_that_is_one(rss, items):
    told = {"guid": "<guid>https://paper.example/?p=1</guid>", "link": "<link>https://paper.example/one</link>"}
    entry = rss("".join(told[item] for item in items))
    assert (entry.guid, entry.link) == ("https://paper.example/?p=1", "https://paper.example/one")
