"""OPML in and out: nothing lost, broken files mended, bombs refused (safety 19), the same bytes each time."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import BadDocumentError
from aggregator.model.ids import NAMESPACE
from aggregator.model.subscription import OpmlFeed, OpmlFolder
from aggregator.sources.opml import SLASH, read_opml
from aggregator.sources.opmlkept import INSIDE
from aggregator.sources.opmlout import write_opml

BODY = '<?xml version="1.0"?><opml version="2.0"><head><title>Ours</title></head><body>{}</body></opml>'


def opml(inside):
    return read_opml(BODY.format(inside).encode())


def paths_of(document):
    return tuple(folder.path for folder in document.folders)


def again(document):
    return write_opml(document.title or "", document.folders, document.feeds)


def test_feeds_come_with_folders_titles_and_all_other_attributes():
    document = opml(
        '<outline text="News"><outline text="Local">'
        '<outline type="rss" text="Gazette" title="The Gazette" xmlUrl="https://g.example/feed" htmlUrl="https://g.example/"'
        ' language="en-us" description="Daily" category="/a/b" xmlns:o="urn:other" o:mark="7"'
        f' xmlns:b="{NAMESPACE}" b:why="The only paper here"/>'
        "</outline></outline>"
        '<outline type="rss" text="Alone" xmlUrl="https://alone.example/feed"/><outline text="Empty"/>'
    )
    gazette, alone = document.feeds
    assert document.title == "Ours"
    assert paths_of(document) == ("News", "News/Local", "Empty")
    assert gazette == OpmlFeed(
        address="https://g.example/feed",
        title="Gazette",
        site="https://g.example/",
        language="en-US",
        why="The only paper here",
        folders=("News/Local",),
        extra=(("category", "/a/b"), ("description", "Daily"), ("title", "The Gazette"), ("{urn:other}mark", "7")),
    )
    assert alone.folders == ()
    assert document.recovered == ()


def test_a_feed_in_two_folders_is_one_feed():
    document = opml(
        '<outline text="A"><outline text="x" xmlUrl="https://x.example/f" a="1"/></outline>'
        '<outline text="B"><outline text="other name" xmlUrl="https://x.example/f" b="2"/></outline>'
    )
    assert len(document.feeds) == 1
    assert document.feeds[0].folders == ("A", "B")
    assert document.feeds[0].title == "x"
    assert document.feeds[0].extra == (("a", "1"), ("b", "2"))


def test_a_slash_in_the_name_of_a_folder_survives_the_round():
    document = opml('<outline text="TCP/IP"><outline text="x" xmlUrl="https://x.example/f"/></outline>')
    assert paths_of(document) == (f"TCP{SLASH}IP",)
    assert b'text="TCP/IP"' in write_opml("t", document.folders, document.feeds)


STRANGE = (
    '<outline text="News" title="The news" type="folder" xmlns:o="urn:odd" o:colour="red" isOpen="yes">'
    '<o:note level="2">Kept <b xmlns="urn:bold">as it</b> stands &amp; whole</o:note>'
    '<outline type="rss" text="Tide" xmlUrl="https://tide.example/feed">'
    '<o:seen at="noon"/><p:x xmlns:p="urn:p"/></outline>'
    "</outline>"
)


def test_what_we_do_not_know_of_folders_and_feeds_is_handed_on_to_the_byte():
    document = opml(STRANGE)
    first = again(document)
    assert first == again(read_opml(first))
    for kept in (
        b'title="The news"',
        b'type="folder"',
        b'isOpen="yes"',
        b'colour="red"',
        b'<o:note xmlns:o="urn:odd" level="2">Kept <b xmlns="urn:bold">as it</b> stands &amp; whole</o:note>',
        b'<o:seen xmlns:o="urn:odd" at="noon"></o:seen><p:x xmlns:p="urn:p"></p:x>',
    ):
        assert kept in first
    assert document.recovered == ()


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ('<s xmlns="http://www.w3.org/1999/xhtml">alert(1)</s>', "markup of web pages"),
        ('<a xmlns="urn:a"><g xmlns="http://www.w3.org/2000/svg"/></a>', "drawings"),
        ('<i xmlns="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>', "include other files"),
        (f'<rule xmlns="{NAMESPACE}" id="x">{{}}</rule>', "elements of ours"),
        (f'<a xmlns="urn:a">{"x" * 9_000}</a>', "longer than 8,192"),
        ('<a xmlns="urn:a"><outline text="y" xmlUrl="https://y.example/f"/></a>', "around outlines"),
    ],
)
def test_elements_that_a_program_may_act_on_are_left_out_and_said(inside, said):
    document = opml(f'<outline text="News"><outline text="x" xmlUrl="https://x.example/f"/>{inside}</outline>')
    assert any(said in note for note in document.recovered)
    assert b"xmlns" not in again(document)
    assert "https://x.example/f" in {feed.address for feed in document.feeds}


def test_a_name_that_is_cut_is_said():
    document = opml(f'<outline text="{"n" * 301}"><outline text="x" xmlUrl="https://x.example/f"/></outline>')
    assert (("n" * 300,), ("names longer than 300 characters were cut",)) == (paths_of(document), document.recovered)


def test_attribute_names_in_any_case_and_addresses_under_url():
    document = opml(
        '<OUTLINE TEXT="a" XMLURL="https://a.example/f"/><outline text="b" type="rss" url="https://b.example/f"/>'
    )
    assert [feed.address for feed in document.feeds] == ["https://a.example/f", "https://b.example/f"]


def test_safety_19_what_would_include_another_file_is_not_followed():
    document = opml('<outline type="include" text="More" url="http://127.0.0.1:9/more.opml"/>')
    assert document.feeds == ()
    assert document.folders == ()
    assert document.recovered == ("an outline that points to another file or page was not followed",)


BROKEN = {
    "entity without end": ('text="A &amp B" xmlUrl="https://x.example/f?a=1&lt=2"', "A & B", "https://x.example/f?a=1&lt=2"),
    "bare ampersand": ('text="R & B" xmlUrl="https://x.example/f?a=1&b=2"', "R & B", "https://x.example/f?a=1&b=2"),
    "angle bracket": ('text="a <b> c" xmlUrl="https://x.example/f"', "a <b> c", "https://x.example/f"),
    "quotes inside": ('text="the "new" one" xmlUrl="https://x.example/f"', 'the "new" one', "https://x.example/f"),
    "a link inside": ('text="see <a href="https://y.example" rel="x">y</a>" xmlUrl="https://x.example/f"', None, "https://x.example/f"),
    "entity of html": ('text="caf&eacute;" xmlUrl="https://x.example/f"', "café", "https://x.example/f"),
    "given twice": ('text="first" text="second" xmlUrl="https://x.example/f"', "first", "https://x.example/f"),
    "no quotes": ("text=plain xmlUrl=https://x.example/f", "plain", "https://x.example/f"),
    "undeclared prefix": ('text="p" foo:bar="1" xmlUrl="https://x.example/f"', "p", "https://x.example/f"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_outline_is_mended_and_said(name):
    attributes, title, address = BROKEN[name]
    document = opml(
        f'<outline text="F"><outline {attributes}/></outline><outline text="z" xmlUrl="https://z.example/f"/>'
    )
    feed, after = document.feeds
    assert feed.address == address
    assert title is None or feed.title == title
    assert feed.folders == ("F",)
    assert after.address == "https://z.example/f"
    assert after.folders == ()
    assert "not well-formed" in document.recovered[0]


@pytest.mark.parametrize("cut", range(60, 330, 7))
def test_a_file_that_breaks_off_gives_what_is_whole(cut):
    text = BODY.format("".join(f'<outline text="{n}" xmlUrl="https://x.example/{n}"/>' for n in range(6)))
    document = read_opml(text[: 90 + cut].encode())
    assert [feed.address for feed in document.feeds] == [f"https://x.example/{n}" for n in range(len(document.feeds))]
    assert len(document.feeds) >= text[: 90 + cut].count("/>") - 1


def test_encodings_and_marks():
    text = BODY.format('<outline text="Ångström" xmlUrl="https://x.example/f"/>')
    latin = text.replace('version="1.0"?', 'version="1.0" encoding="iso-8859-1"?').encode("latin-1")
    for data in (text.encode(), b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16"), latin):
        assert read_opml(data).feeds[0].title == "Ångström"
    assert read_opml(text.encode("cp1252")).recovered == ("bytes that are not utf-8 were read as Windows-1252",)


OUTLINE = b'<outline text="a">'
REFUSED = {
    "a document type": b'<!DOCTYPE opml SYSTEM "x.dtd">' + BODY.format("").encode(),
    "laughs": b'<!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><opml><body><outline text="&b;"/></body></opml>',
    "laughs in utf-16": '<!DOCTYPE opml [<!ENTITY a "ha">]><opml><body/></opml>'.encode("utf-16"),
    "an external file": b'<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml><body/></opml>',
    "five megabytes": BODY.format(" " * 5_300_000).encode(),
    "too many outlines": BODY.format('<outline text="a"/>' * 20_001).encode(),
    "too many feeds": BODY.format(
        "".join(f'<outline xmlUrl="https://x.example/{n}"/>' for n in range(10_001))
    ).encode(),
    "too deep": b"<opml><body>" + OUTLINE * 21 + b"</outline>" * 21 + b"</body></opml>",
    "too deep and never closed": b"<opml><body>" + OUTLINE * 15_000,
    "nothing": b"",
    "a web page": b"<!doctype html><html><body><p>hello",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50,
    "json": b'{"feeds": []}',
}


@pytest.mark.parametrize("name", REFUSED)
def test_safety_19_bombs_and_what_is_no_opml_are_refused_with_a_reason(name):
    with pytest.raises(BadDocumentError) as caught:
        read_opml(REFUSED[name])
    assert caught.value.problem


@pytest.mark.parametrize(
    "data",
    [
        b"<opml>" + b"<" * 4_000_000,
        b"<opml>" + b"<outline " * 20_000,
        b"<opml>" + b'<outline a="' * 20_000,
        b'<opml><outline text="' + b'" "' * 1_200_000,
        b"<opml>" + (b'<outline text="' + b'"' * 200) * 20_000,
        b"<opml><outline " + b'a="b" ' * 800_000,
        b"<opml>" + (b"<outline" + b" " * 200) * 20_000,
        b"<opml><outline a" + b" " * 5_000_000,
        b"<opml>" + b"<!--" * 1_200_000,
        b"<opml><outline/>" + b"<title>" * 700_000,
        b'<opml><outline text="' + b"&" * 5_000_000,
    ],
    ids=lambda data: data[:24].decode(),
)
def test_safety_19_hostile_shapes_are_no_work(data):
    started = time.process_time()
    try:
        read_opml(data)
    except BadDocumentError as error:
        assert error.problem  # noqa: PT017  # both ends are fine; only the time counts
    # One second is asked for on a quiet machine; what grows with the square would take minutes.
    assert time.process_time() - started < 15


names = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Cn"], exclude_characters="/\u2215\ufffe\uffff"
    ),
    min_size=1,
    max_size=8,
)
titles = st.lists(names, min_size=1, max_size=3).map(" ".join)
paths = st.lists(titles, min_size=1, max_size=4).map("/".join)
unknown = st.dictionaries(st.sampled_from(["description", "{urn:x}a", "{urn:y}a", "type"]), titles, max_size=3)
elements = st.sampled_from(["", '<o:note xmlns:o="urn:odd" a="1">x  y</o:note>', '<n xmlns="urn:n"></n><m></m>'])
extras = st.builds(
    lambda extra, inside: tuple(sorted({**extra, **({INSIDE: inside} if inside else {})}.items())), unknown, elements
)
shelves = st.builds(OpmlFolder, path=paths, extra=extras)
feeds = st.builds(
    OpmlFeed,
    address=st.integers(0, 10**6).map(lambda n: f"https://x.example/{n}?a=1&b=<>\"'"),
    title=st.none() | titles,
    site=st.none() | st.just("https://x.example/"),
    language=st.none() | st.sampled_from(["en", "pt-BR", "zh-Hant"]),
    why=st.none() | titles,
    folders=st.lists(paths, max_size=3, unique=True).map(tuple),
    extra=st.builds(lambda extra, title: (*extra, *((("title", title),) if title else ())), extras, st.none() | titles),
)


@settings(max_examples=300, deadline=None)
@given(
    title=titles,
    folders=st.lists(shelves, max_size=4, unique_by=lambda folder: folder.path),
    given_feeds=st.lists(feeds, max_size=8, unique_by=lambda feed: feed.address),
)
def test_export_import_export_gives_the_same_bytes(title, folders, given_feeds):
    first = write_opml(title, folders, given_feeds)
    document = read_opml(first)
    assert write_opml(document.title or "", document.folders, document.feeds) == first
    assert document.recovered == ()
    held = {folder.path: folder.extra for folder in document.folders}
    assert all(held[folder.path] == folder.extra for folder in folders)
    assert {feed.address for feed in document.feeds} == {feed.address for feed in given_feeds}
    for feed in document.feeds:
        before = next(one for one in given_feeds if one.address == feed.address)
        assert set(feed.folders) == set(before.folders)
        assert (feed.site, feed.language, feed.why) == (before.site, before.language, before.why)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200).map(lambda data: b"<opml><outline " + data))
def test_no_bytes_raise_anything_else(data):
    try:
        read_opml(data)
    except BadDocumentError as error:
        assert error.part == "the OPML file"  # noqa: PT017  # both ends are fine
