"""OPML out, stable: the same subscriptions give the same bytes, and so does what was read from them.

Folders stand in their owner's order, feeds within a folder by title, those in no folder last.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aggregator.sources.opml import SLASH, SPACE, WHY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aggregator.model.subscription import OpmlFeed

_NAMESPACE = re.compile(r"\{([^{}]*)\}(.+)")
_XML_NAME = re.compile(r"[A-Za-z_][\w.\-]*", re.ASCII)
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
INDENT = "  "


def write_opml(title: str, folders: Sequence[str], feeds: Iterable[OpmlFeed], *, head: Sequence[str] = ()) -> bytes:
    """Write subscriptions as OPML 2.0. `folders` are paths in their owner's order; parents may be left out.

    `head` are lines of XML that stand behind the title.
    """
    feeds = sorted(feeds, key=lambda feed: (_title(feed).casefold(), feed.address))
    filed: dict[str, list[OpmlFeed]] = {"": []}
    for path in [*folders, *(path for feed in feeds for path in feed.folders)]:
        names = path.split("/")
        for depth in range(1, len(names) + 1):
            filed.setdefault("/".join(names[:depth]), [])
    for feed in feeds:
        for path in feed.folders or ("",):
            filed[path].append(feed)
    prefixes = _prefixes(feeds, ours=bool(head))
    declared = "".join(f' xmlns:{prefix}="{escape(space)}"' for space, prefix in prefixes.items())
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<opml version="2.0"{declared}>',
        f"{INDENT}<head>",
        f"{INDENT * 2}<title>{escape(title)}</title>",
        *head,
        f"{INDENT}</head>",
        f"{INDENT}<body>",
    ]
    for path in filed:
        if path and "/" not in path:
            _write_folder(lines, path, filed, prefixes)
    lines += [_outline(feed, prefixes, 2) for feed in filed[""]]
    lines += [f"{INDENT}</body>", "</opml>", ""]
    return "\n".join(lines).encode()


def _write_folder(
    lines: list[str], path: str, filed: Mapping[str, Sequence[OpmlFeed]], prefixes: Mapping[str, str]
) -> None:
    depth = path.count("/")
    indent = INDENT * (depth + 2)
    name = escape(path.rpartition("/")[2].replace(SLASH, "/"))
    below = [other for other in filed if other.startswith(path + "/") and other.count("/") == depth + 1]
    if not below and not filed[path]:
        lines.append(f'{indent}<outline text="{name}" title="{name}"/>')
        return
    lines.append(f'{indent}<outline text="{name}" title="{name}">')
    for other in below:
        _write_folder(lines, other, filed, prefixes)
    lines += [_outline(feed, prefixes, depth + 3) for feed in filed[path]]
    lines.append(f"{indent}</outline>")


def _outline(feed: OpmlFeed, prefixes: Mapping[str, str], depth: int) -> str:
    extra = dict(feed.extra)
    title = _title(feed)
    attributes = {
        "type": extra.pop("type", "rss"),
        "text": title,
        "title": extra.pop("title", title),
        "xmlUrl": feed.address,
        "htmlUrl": feed.site,
        "language": feed.language or extra.pop("language", None),
        WHY: feed.why,
        **dict(sorted(extra.items())),
    }
    written = "".join(
        f' {name}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None and (name := _name(key, prefixes))
    )
    return f"{INDENT * depth}<outline{written}/>"


def _title(feed: OpmlFeed) -> str:
    return feed.title or dict(feed.extra).get("title") or feed.address


def _prefixes(feeds: Iterable[OpmlFeed], *, ours: bool) -> dict[str, str]:
    """Return a prefix for each namespace that an attribute needs."""
    spaces = {found.group(1) for feed in feeds for key, _ in feed.extra if (found := _NAMESPACE.fullmatch(key))}
    prefixes = {space: f"x{number}" for number, space in enumerate(sorted(spaces - {SPACE, ""}), start=1)}
    if ours or SPACE in spaces or any(feed.why for feed in feeds):
        prefixes[SPACE] = "broadsheet"
    return prefixes


def _name(key: str, prefixes: Mapping[str, str]) -> str | None:
    """Return an attribute's name as written, None where XML does not allow it."""
    found = _NAMESPACE.fullmatch(key)
    space, local = found.groups() if found else ("", key)
    if not _XML_NAME.fullmatch(local):
        return None
    return f"{prefixes[space]}:{local}" if space else local


def escape(value: str) -> str:
    """Write a value as the text of an attribute or element, on one line."""
    return " ".join(_NOT_XML.sub("", value).split()).translate(_ESCAPES)
