"""The careful path: feedparser, for everything the strict readers give up on.

It gets bytes in a BytesIO and nothing else: bytes alone it would try to open as a file name. Its sanitizer and its
resolving of addresses in bodies stay off; clean.py does both. Its search for a mail address in an author's name
takes the square of the name's length, so names are cut before it looks.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import feedparser  # type: ignore[import-untyped]  # it ships no types
from feedparser.mixin import _FeedParserMixin  # type: ignore[import-untyped]  # it ships no types

from aggregator.model.entry import Kind
from aggregator.model.remark import Remark
from aggregator.sources.raw import NOT_TEXT, RawDocument, RawEntry, RawFeed, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONGEST_NAME = 300  # characters of an author's name that feedparser gets to look at

_FORMATS = {"rss20": "rss-2.0", "rss": "rss-2.0", "rss10": "rdf", "rss090": "rdf", "atom03": "atom-0.3"}
_HTML_TYPES = frozenset(("text/html", "application/xhtml+xml"))
_sync_author_detail = _FeedParserMixin._sync_author_detail  # noqa: SLF001  # the one method that has to be guarded


def _sync_short_author_detail(parser: Any, key: str = "author") -> None:
    context = parser._get_context()  # noqa: SLF001  # what the guarded method itself looks at
    name = dict.get(context, key)
    if isinstance(name, str) and len(name) > LONGEST_NAME:
        context[key] = name[:LONGEST_NAME]
    _sync_author_detail(parser, key)


def _start_transcript(parser: Any, attributes: dict[str, str]) -> None:
    parser._get_context().setdefault("transcripts", []).append(attributes)  # noqa: SLF001  # as its own handlers do


_FeedParserMixin._sync_author_detail = _sync_short_author_detail  # noqa: SLF001  # see the module's first lines
# Of several elements it does not know it keeps the last; a podcast has a transcript for each form and language.
_FeedParserMixin._start_podcast_transcript = _start_transcript  # noqa: SLF001  # as above
_FeedParserMixin.namespaces["https://podcastindex.org/namespace/1.0"] = "podcast"


_REFERENCE = re.compile(rb"&#([xX][0-9a-fA-F]{1,16}|[0-9]{1,16});?")
_LAST_CHARACTER = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


def read_loosely(data: bytes, content_type: str, address: str, most: int) -> RawDocument | None:
    """Read whatever feedparser makes of the bytes, at most `most` entries. None where it finds no feed in them.

    May raise anything feedparser raises.
    """
    headers = {"content-location": address}
    if content_type:
        headers["content-type"] = content_type
    found = feedparser.parse(
        io.BytesIO(_REFERENCE.sub(_to_a_character, data)),
        response_headers=headers,
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    version = found.get("version") or ""
    feed, entries = found["feed"], found["entries"]
    if not entries and not (version and (dict.get(feed, "title") or dict.get(feed, "link"))):
        return None
    kind = _FORMATS.get(version) or ("atom-1.0" if version.startswith("atom") else "rss-0.9x")
    document = RawDocument(format=kind + "+loose", feed=_feed(feed))
    document.entries = [_entry(entry, atom=version.startswith("atom")) for entry in entries[: most + 1]]
    if found.get("bozo"):
        document.remarks.append(Remark.MENDED)
    return document


def _to_a_character(reference: re.Match[bytes]) -> bytes:
    """Keep a reference to a character; one to none makes feedparser give up the whole document."""
    digits = reference[1]
    code = int(digits[1:], 16) if digits[:1] in b"xX" else int(digits)
    return reference[0] if code <= _LAST_CHARACTER and code not in _SURROGATES else b"&#xFFFD;"


def _feed(feed: Mapping[str, Any]) -> RawFeed:
    image = dict.get(feed, "image")  # type: ignore[call-overload]  # FeedParserDict renames keys unless asked as a dict
    about = RawFeed(
        title=_detail(feed, "title"),
        subtitle=_detail(feed, "subtitle"),
        site=_string(feed, "link"),
        language=_string(feed, "language"),
        image=_string(image, "href") if isinstance(image, dict) else _string(feed, "logo"),
        ttl=_string(feed, "ttl"),
        update_period=_string(feed, "sy_updateperiod"),
        update_frequency=_string(feed, "sy_updatefrequency"),
    )
    for link in _dicts(feed, "links"):
        address, relation = _string(link, "href"), _string(link, "rel")
        if relation == "self":
            about.self_link = about.self_link or address
        elif relation == "hub":
            about.hub = about.hub or address
    return about


def _entry(entry: Mapping[str, Any], *, atom: bool) -> RawEntry:
    raw = RawEntry(
        guid=_string(entry, "id"),
        link=_string(entry, "feedburner_origlink") or _string(entry, "link"),
        title=_detail(entry, "title", atom=atom),
        summary=_detail(entry, "summary", html=not atom),
        published=_string(entry, "published") or _string(entry, "created"),
        updated=_string(entry, "updated"),
        language=_string(entry, "language"),
        comments=_string(entry, "comments"),
        kind=Kind.REPLY if "thr_in-reply-to" in entry else None,
    )
    _content(raw, entry)
    for person in _dicts(entry, "authors"):
        name = _string(person, "name") or _string(person, "email")
        if name:
            raw.authors.append((name, _string(person, "href")))
    if not raw.authors and (name := _string(entry, "author")):
        raw.authors.append((name, None))
    for tag in _dicts(entry, "tags"):
        word = _string(tag, "label") or _string(tag, "term")
        if word and not (_string(tag, "scheme") or "").endswith("#kind"):
            raw.categories.append(word)
    _files(raw, entry)
    _extras(raw.extras, entry)
    return raw


def _content(raw: RawEntry, entry: Mapping[str, Any]) -> None:
    """Take the content, markup before plain text. feedparser copies a content to a missing summary: undone."""
    contents = [content for content in _dicts(entry, "content") if _string(content, "value")]
    if not contents:
        return
    best = max(contents, key=lambda content: _string(content, "type") in _HTML_TYPES)
    raw.content = _typed(best, html=False)
    raw.base = _string(best, "base")
    if raw.summary is not None and raw.summary.value == raw.content.value:
        raw.summary = None


def _files(raw: RawEntry, entry: Mapping[str, Any]) -> None:
    for link in _dicts(entry, "links"):
        address = _string(link, "href")
        if address and _string(link, "rel") == "enclosure":
            raw.enclosures.append((address, _string(link, "type"), _string(link, "length"), _string(link, "title")))
    for medium in _dicts(entry, "media_content"):
        address = _string(medium, "url")
        if address and (_string(medium, "medium") or _string(medium, "type") or "").startswith("image"):
            raw.images.append(address)
        elif address and address not in (file[0] for file in raw.enclosures):
            raw.enclosures.append((address, _string(medium, "type"), _string(medium, "filesize"), None))
    for picture in _dicts(entry, "media_thumbnail"):
        if address := _string(picture, "url"):
            raw.images.append(address)
    image = dict.get(entry, "image")  # type: ignore[call-overload]  # as above
    if isinstance(image, dict) and (address := _string(image, "href")):
        raw.images.append(address)


def _extras(told: dict[str, Any], entry: Mapping[str, Any]) -> None:
    """Take what feedparser keeps of podcasts, licences and places."""
    for name in ("season", "episode", "explicit"):
        if text := _string(entry, "itunes_" + name):
            told[name] = text
    if text := _string(entry, "itunes_duration"):
        told["seconds"] = text
    for link in _dicts(entry, "links"):
        if _string(link, "rel") == "license" and (address := _string(link, "href")):
            told["licence"] = address
    where = dict.get(entry, "where")  # type: ignore[call-overload]  # as above
    point = dict.get(where, "coordinates") if isinstance(where, dict) and dict.get(where, "type") == "Point" else None
    if isinstance(point, tuple | list) and len(point) == 2:  # noqa: PLR2004  # longitude and latitude
        told["place"] = {"longitude": str(point[0]), "latitude": str(point[1])}
    transcripts = [
        (address, _string(file, "type"), _string(file, "language"))
        for file in _dicts(entry, "transcripts")
        if (address := _string(file, "url"))
    ]
    if transcripts:
        told["transcripts"] = transcripts
    file = dict.get(entry, "podcast_chapters")  # type: ignore[call-overload]  # as above
    if isinstance(file, dict) and (address := _string(file, "url")):
        told["chapters_file"] = address
    chapters = dict.get(entry, "psc_chapters")  # type: ignore[call-overload]  # as above
    if isinstance(chapters, dict):
        told["chapters"] = [
            (_string(one, "start") or "", _string(one, "title") or "", _string(one, "href"))
            for one in _dicts(chapters, "chapters")
        ]


def _detail(thing: Mapping[str, Any], key: str, *, html: bool = False, atom: bool = False) -> Text | None:
    """Return a text with its type; in RSS a title's type is feedparser's guess, so it stays open."""
    value = _string(thing, key)
    if value is None:
        return None
    detail = dict.get(thing, key + "_detail")  # type: ignore[call-overload]  # as above
    if key == "title" and not atom:
        return Text("either", value)
    return _typed(detail, html=html, value=value) if isinstance(detail, dict) else Text("html", value)


def _typed(detail: Mapping[str, Any], *, html: bool, value: str | None = None) -> Text:
    text = value or _string(detail, "value") or ""
    return Text("html" if html or _string(detail, "type") in _HTML_TYPES else "text", text)


def _string(thing: Mapping[str, Any], key: str) -> str | None:
    value = dict.get(thing, key)  # type: ignore[call-overload]  # as above
    if not isinstance(value, str):
        return None
    return NOT_TEXT.sub("", value).strip() or None


def _dicts(thing: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    values = dict.get(thing, key)  # type: ignore[call-overload]  # as above
    for value in values if isinstance(values, list) else []:
        if isinstance(value, dict):
            yield value
