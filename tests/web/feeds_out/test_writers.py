"""Whatever a publisher writes, what we write is well-formed and says the same."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from dataclasses import replace
from datetime import UTC, datetime

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from werkzeug.serving import make_server

from aggregator.model.sharing import Sharing
from aggregator.services import sharing
from tests.web.newsroom import Newsroom
from web import create_app
from web.feeds_out import atom, jsonfeed, rss
from web.feeds_out.document import Addresses, Archives, FeedDocument, FeedEntry, File, Place, Rule, Source, Term

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

nasty = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(categories=["Cc", "Cs", "Co", "Cn", "Cf"]), max_size=20),
    st.sampled_from(["]]>", "<![CDATA[x]]>", "&amp;lt;", "<script>x</script>", "<?xml?>", "&#0;", "\r\n", "<!--"]),
)  # fmt: skip
maybe = st.one_of(st.none(), nasty)
times = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # the zone comes beside
entries = st.builds(
    FeedEntry,
    id=st.uuids().map(lambda each: each.urn),
    uid=st.uuids().map(lambda each: each.hex),
    title=nasty,
    link=nasty.map(lambda text: f"https://site.example/{text}"),
    authors=st.lists(st.tuples(nasty, maybe), max_size=3).map(tuple),
    published=times,
    updated=times,
    language=st.sampled_from([None, "en", "ar", "zh-Hant"]),
    categories=st.lists(nasty, max_size=3).map(tuple),
    files=st.lists(st.builds(File, nasty, maybe, st.none() | st.integers(0, 10**9), maybe), max_size=2).map(tuple),
    image=maybe,
    text=nasty,
    html=nasty,
    whole=st.booleans(),
    source=st.builds(Source, nasty, nasty, maybe, maybe, st.uuids().map(lambda each: each.urn)),
    place=st.builds(
        Place, st.integers(1, 999), st.integers(-(10**9), 10**9), st.just("0" * 64),
        st.lists(st.builds(Term, nasty, st.integers(-(10**9), 10**9), nasty), max_size=3).map(tuple), nasty, nasty,
    ),
)  # fmt: skip
documents = st.builds(
    FeedDocument,
    id=st.uuids().map(lambda each: each.urn), slug=nasty, title=nasty, subtitle=nasty, publisher=nasty,
    language=st.just("en"), at=times, updated=times, shown=st.integers(0, 99), candidates=st.integers(0, 99),
    rule=st.builds(Rule, nasty, nasty, st.integers(1, 9), st.just("0" * 64), nasty, nasty),
    addresses=st.builds(Addresses, nasty, nasty, nasty, maybe, maybe, maybe, nasty, maybe),
    complete=st.booleans(),
    entries=st.lists(entries, max_size=4).map(tuple),
    archives=st.none() | st.builds(Archives, nasty, maybe, maybe), archive=st.booleans(),
)  # fmt: skip


def without(text):
    return NOT_XML.sub("", text)


@given(documents)
@settings(max_examples=60, deadline=None)
def test_atom_is_well_formed_and_has_what_rfc_4287_asks_for(document):
    feed = etree.fromstring(atom.write(document))
    assert feed.tag == f"{ATOM}feed"
    for part in (feed, *feed.iterfind(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(part.findall(ATOM + name)) == 1, name
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", part.findtext(f"{ATOM}id"))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", part.findtext(f"{ATOM}updated"))
        alternates = [link for link in part.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        assert len(alternates) == 1
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    told = [entry.findtext(f"{ATOM}title") for entry in feed.iterfind(f"{ATOM}entry")]
    assert told == [without(entry.title) for entry in document.entries]
    contents = [entry.findtext(f"{ATOM}content") for entry in feed.iterfind(f"{ATOM}entry")]
    assert contents == [without(entry.html) for entry in document.entries]


@given(documents)
@settings(max_examples=60, deadline=None)
def test_rss_is_well_formed_and_has_what_rss_asks_for(document):
    (channel,) = etree.fromstring(rss.write(document))
    assert all(channel.find(name) is not None for name in ("title", "link", "description"))
    items = channel.findall("item")
    assert [item.findtext("title") for item in items] == [without(entry.title) for entry in document.entries]
    assert all(len(item.findall("guid")) == 1 and len(item.findall("enclosure")) <= 1 for item in items)


@given(documents)
@settings(max_examples=60, deadline=None)
def test_json_feed_keeps_the_rules_of_1_1(document):
    feed = json.loads(jsonfeed.write(document))
    assert (feed["version"], isinstance(feed["title"], str)) == ("https://jsonfeed.org/version/1.1", True)
    assert len(feed["items"]) == len(document.entries)
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert "content_html" in item
        assert all({"url", "mime_type"} <= set(file) for file in item.get("attachments", ()))
        assert all(isinstance(value, dict) for key, value in item.items() if key.startswith("_"))


@given(documents)
@settings(max_examples=30, deadline=None)
def test_feedparser_reads_what_is_written(document):
    shown = replace(
        document, addresses=replace(document.addresses, self="https://a.example/", home="https://a.example/")
    )
    for write in (atom.write, rss.write):
        found = feedparser.parse(write(shown))
        assert (bool(found.bozo), len(found.entries)) == (False, len(shown.entries))


@pytest.fixture
def served(tmp_path):
    """A public list on loopback; gives its address."""
    room = Newsroom(tmp_path / "data")
    room.set_up()
    room.fill()
    sharing.set_sharing(room.desk, room.actor(), "front-page", Sharing(public=True))
    server = make_server("127.0.0.1", 0, create_app(room.settings, desk=room.desk), threaded=True)
    object.__setattr__(room.settings, "public_url", f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    room.close()


def newsboat(folder, urls, config=""):
    program = shutil.which("newsboat")
    if program is None:
        pytest.skip("newsboat is not installed here (apt-get install newsboat)")
    folder.mkdir()
    (folder / "urls").write_text(urls)
    (folder / "config").write_text("notify-always no\n" + config)
    common = [program, "-u", folder / "urls", "-C", folder / "config", "-c", folder / "cache.db"]
    for command in (["-x", "reload"], ["-x", "print-unread"]):
        done = subprocess.run([*common, *command], capture_output=True, text=True, check=True, timeout=60,
                              env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})  # fmt: skip
    return int(re.search(r"\d+", done.stdout)[0])


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_newsboat_reads_a_list(served, tmp_path, kind):
    assert newsboat(tmp_path / "boat", f"{served}/lists/front-page.{kind}\n") == 30


def test_newsboat_subscribes_to_all_public_lists_by_their_opml(served, tmp_path):
    assert newsboat(tmp_path / "boat", "", f'urls-source "opml"\nopml-url "{served}/lists.opml"\n') == 30
