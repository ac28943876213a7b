"""A page that is its own feed. The pages are self-written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.errors import FetchError
from aggregator.model.entry import Author, Kind
from aggregator.model.fault import FaultCode
from aggregator.sources.discovery import PageJob, find_feeds
from aggregator.sources.document import read_document
from aggregator.sources.job import ParseJob

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAGE = """<!doctype html><html lang="en"><head><title>Ines at the quay</title></head><body>
<div class="h-feed"><h1 class="p-name">Quay notes</h1>
 <a class="p-author h-card" href="/about"><span class="p-name">Ines</span></a>
 <article class="h-entry">
  <h2 class="p-name"><a class="u-url" href="/2026/tide">The tide comes in</a></h2>
  <time class="dt-published" datetime="2026-11-20T08:00:00+01:00">Friday</time>
  <p class="p-summary">It did.</p>
  <div class="e-content"><p onclick="alert(1)">All <b>boats</b> rose.</p><script>alert(2)</script>
   <div class="h-cite"><a class="u-url p-name" href="https://elsewhere.example/">Elsewhere</a></div></div>
  <a class="p-category" href="/tag/tide">tide</a> <img class="u-photo" src="/tide.jpg" alt="">
  <audio class="u-audio" src="/tide.mp3"></audio>
  <span class="p-author h-card"><a class="p-name u-url" href="https://paula.example/">Paula</a></span>
 </article>
 <article class="h-entry">
  <div class="e-content p-name">Only a note about nothing much.</div>
  <a class="u-url" href="/2026/note"><time class="dt-published">2026-11-21</time></a>
  <a class="u-in-reply-to" href="https://other.example/1">reply</a>
 </article>
</div></body></html>"""


def read(page=PAGE, **job):
    given = {
        "body": page.encode(),
        "encoding": "",
        "content_type": "text/html; charset=utf-8",
        "address": "https://ines.example/notes/",
        "site": None,
        "feed_language": None,
        "known": frozenset(),
        "now": NOW,
    }
    return read_document(ParseJob(**given | job))


def test_a_page_is_read_as_its_feed():
    document = read()
    assert (document.format, document.feed.title, document.feed.language) == ("h-feed", "Quay notes", "en")
    assert len(document.entries) == 2


def test_an_entry_has_what_its_markup_says():
    entry = read().entries[0]
    assert (entry.title, entry.link) == ("The tide comes in", "https://ines.example/2026/tide")
    assert entry.published == datetime(2026, 11, 20, 7, tzinfo=UTC)
    assert entry.authors == (Author("Paula", "https://paula.example/"),)
    assert entry.categories == ("tide",)
    assert entry.image == "https://ines.example/tide.jpg"
    assert [file.url for file in entry.enclosures] == ["https://ines.example/tide.mp3"]


def test_a_body_goes_through_the_cleaner():
    body = read().entries[0].content_html
    assert "All <b>boats</b> rose." in body
    assert "alert" not in body


def test_a_note_has_no_title_and_the_author_of_the_feed():
    note = read().entries[1]
    assert (note.title, note.kind) == ("", Kind.REPLY)
    assert note.authors == (Author("Ines", "https://ines.example/about"),)
    assert note.excerpt == "Only a note about nothing much."


@pytest.mark.parametrize(
    "page",
    [
        "<!doctype html><html><body><article class='h-entry'><p class='p-name'>Alone</p></article></body></html>",
        "<!doctype html><html><body class='hfeed'><p>the h-feed format</p></body></html>",
        "<html><body>" + "<p>left open" * 2_000,
    ],
)
def test_another_page_is_a_page(page):
    with pytest.raises(FetchError) as caught:
        read(page)
    assert caught.value.fault.code is FaultCode.HTML


def test_known_entries_are_not_read_again():
    first = read()
    again = read(known=frozenset(first.carried))
    assert (again.entries, again.carried) == ((), first.carried)


def test_safety_16_deep_and_wide_pages_end():
    page = "<html><div class='h-feed'>" + "<div class='h-entry'>" * 20_000
    assert len(read(page).entries) <= 1_000


def test_such_a_page_is_found_and_other_feeds_it_names_come_first():
    def found(page):
        return find_feeds(PageJob(page.encode(), "", "text/html", "https://ines.example/", NOW))

    assert found(PAGE).itself.title == "Quay notes"
    link = '<link rel="alternate" type="application/atom+xml" href="/atom.xml"></head>'
    both = found(PAGE.replace("</head>", link))
    assert (both.itself, [feed.address for feed in both.linked]) == (None, ["https://ines.example/atom.xml"])
