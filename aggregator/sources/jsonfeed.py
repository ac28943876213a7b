"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1), and RSS written as JSON. Wrong types are passed over."""

from __future__ import annotations

import json
from typing import Any

from aggregator.sources.fediverse.statuses import read_statuses
from aggregator.sources.raw import NOT_TEXT, RawDocument, RawEntry, Text


def read_json(data: bytes, most: int) -> RawDocument | None:
    """Read a JSON Feed, at most `most` items of it. None where it is JSON but no feed, or no JSON."""
    feed = load_json(data)
    if isinstance(feed, list):
        return read_statuses(feed, most)
    if isinstance(feed, dict) and isinstance(feed.get("rss"), dict):
        return _rss(feed["rss"].get("channel"), most)
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return None
    if "version" not in feed and "title" not in feed:
        return None
    document = RawDocument(format="json-1.1" if "1.1" in str(feed.get("version")) else "json-1.0")
    _feed(document, feed)
    for item in feed["items"][: most + 1]:
        if isinstance(item, dict):
            document.entries.append(_entry(item))
    return document


def load_json(data: bytes) -> Any:
    """Return what a JSON document holds; None where it is none."""
    try:
        return json.loads(_decoded(data), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None


def _rss(channel: Any, most: int) -> RawDocument | None:
    """Read RSS in JSON (rss-in-json): the elements of RSS 2.0 as keys, one item or a list of them."""
    if not isinstance(channel, dict):
        return None
    document = RawDocument(format="rss-2.0")
    feed = document.feed
    title, description = _text(channel, "title"), _text(channel, "description")
    feed.title = Text("either", title) if title else None
    feed.subtitle = Text("html", description) if description else None
    feed.site, feed.language, feed.ttl = (_text(channel, key) for key in ("link", "language", "ttl"))
    items = channel.get("item")
    for item in (items if isinstance(items, list) else [items])[: most + 1]:
        if isinstance(item, dict):
            document.entries.append(_rss_item(item))
    return document


def _rss_item(item: dict[str, Any]) -> RawEntry:
    title, description = _text(item, "title"), _text(item, "description")
    guid = item.get("guid")
    author = _text(item, "author")
    category = item.get("category")
    entry = RawEntry(
        guid=_text(guid, "#value") if isinstance(guid, dict) else _text(item, "guid"),
        link=_text(item, "link"),
        title=Text("either", title) if title else None,
        summary=Text("html", description) if description else None,
        published=_text(item, "pubDate"),
        comments=_text(item, "comments"),
        authors=[(author, None)] if author else [],
        categories=[word for word in (category if isinstance(category, list) else [category]) if isinstance(word, str)],
    )
    file = item.get("enclosure")
    if isinstance(file, dict) and (address := _text(file, "url")):
        entry.enclosures.append((address, _text(file, "type"), str(file.get("length") or ""), None))
    return entry


def _decoded(data: bytes) -> str:
    """Decode as UTF-8, or UTF-16 by its mark; half surrogates that escapes can smuggle in are replaced."""
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    return data.decode(encoding, "replace")


def _feed(document: RawDocument, feed: dict[str, Any]) -> None:
    about = document.feed
    title, description = _text(feed, "title"), _text(feed, "description")
    about.title = Text("text", title) if title else None
    about.subtitle = Text("text", description) if description else None
    about.site = _text(feed, "home_page_url")
    about.self_link = _text(feed, "feed_url")
    about.language = _text(feed, "language")
    about.image = _text(feed, "icon") or _text(feed, "favicon")
    about.authors = _authors(feed)
    hubs = feed.get("hubs")
    if isinstance(hubs, list):
        about.hub = next((_text(hub, "url") for hub in hubs if isinstance(hub, dict)), None)


def _entry(item: dict[str, Any]) -> RawEntry:
    title, html, text = _text(item, "title"), _text(item, "content_html"), _text(item, "content_text")
    summary = _text(item, "summary")
    entry = RawEntry(
        guid=_identity(item),
        link=_text(item, "url") or _text(item, "external_url"),
        title=Text("text", title) if title else None,
        content=Text("html", html) if html else Text("text", text) if text else None,
        summary=Text("text", summary) if summary else None,
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        language=_text(item, "language"),
        authors=_authors(item),
        categories=[tag for tag in _list(item, "tags") if isinstance(tag, str)],
        images=[image for key in ("image", "banner_image") if (image := _text(item, key))],
    )
    for file in _list(item, "attachments"):
        if isinstance(file, dict) and (address := _text(file, "url")):
            size = file.get("size_in_bytes")
            length = str(size) if isinstance(size, int | float) else None
            entry.enclosures.append((address, _text(file, "mime_type"), length, _text(file, "title")))
            duration = file.get("duration_in_seconds")
            if isinstance(duration, int | float):
                entry.extras.setdefault("seconds", str(duration))
    return entry


def _identity(item: dict[str, Any]) -> str | None:
    """Return the id; a number is one too (the format asks readers to coerce it)."""
    identity = item.get("id")
    if isinstance(identity, int | float) and not isinstance(identity, bool):
        return str(identity)
    return _text(item, "id")


def _authors(thing: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Return the authors of 1.1, else the author of 1.0."""
    people = [*_list(thing, "authors"), thing.get("author")]
    return [
        (name, _text(person, "url"))
        for person in people
        if isinstance(person, dict) and (name := _text(person, "name") or _text(person, "url"))
    ]


def _list(thing: dict[str, Any], key: str) -> list[Any]:
    value = thing.get(key)
    return value if isinstance(value, list) else []


def _text(thing: dict[str, Any], key: str) -> str | None:
    value = thing.get(key)
    if not isinstance(value, str):
        return None
    return NOT_TEXT.sub("", value).strip() or None
