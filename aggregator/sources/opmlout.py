"""OPML out, stable: the same subscriptions give the same bytes, and so does what was read from them.

Folders stand in their owner's order, feeds within a folder by title, those in no folder last.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aggregator.model.ids import NAMESPACE
from aggregator.sources.opml import SLASH, WHY
from aggregator.sources.opmlkept import INSIDE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aggregator.model.subscription import OpmlFeed, OpmlFolder

_NAMESPACE = re.compile(r"\{([^{}]*)\}(.+)")
_XML_NAME = re.compile(r"[A-Za-z_][\w.\-]*", re.ASCII)
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
INDENT = "  "


def write_opml(
    title: str, folders: Sequence[OpmlFolder], feeds: Iterable[OpmlFeed], *, head: Sequence[str] = ()
) -> bytes:
    """Write subscriptions as OPML 2.0. `folders` are in their owner's order; parents may be left out.

    `head` are lines of XML that stand behind the title.
    """
    feeds = sorted(feeds, key=lambda feed: (_title(feed).casefold(), feed.address))
    filed: dict[str, list[OpmlFeed]] = {"": []}
    for path in [*(folder.path for folder in folders), *(path for feed in feeds for path in feed.folders)]:
        names = path.split("/")
        for depth in range(1, len(names) + 1):
            filed.setdefault("/".join(names[:depth]), [])
    for feed in feeds:
        for path in feed.folders or ("",):
            filed[path].append(feed)
    prefixes = _prefixes([*feeds, *folders], ours=bool(head) or any(feed.why for feed in feeds))
    extras = {folder.path: dict(folder.extra) for folder in folders}
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
            _write_folder(lines, path, filed, extras, prefixes)
    lines += [_outline(feed, prefixes, 2) for feed in filed[""]]
    lines += [f"{INDENT}</body>", "</opml>", ""]
    return "\n".join(lines).encode()


def _write_folder(
    lines: list[str],
    path: str,
    filed: Mapping[str, Sequence[OpmlFeed]],
    extras: Mapping[str, Mapping[str, str]],
    prefixes: Mapping[str, str],
) -> None:
    depth = path.count("/")
    indent = INDENT * (depth + 2)
    name = path.rpartition("/")[2].replace(SLASH, "/")
    extra = extras.get(path, {})
    begun = f"{indent}<outline{_attributes({'text': name, 'title': name, **extra}, prefixes)}"
    below = [other for other in filed if other.startswith(path + "/") and other.count("/") == depth + 1]
    if not below and not filed[path] and INSIDE not in extra:
        lines.append(f"{begun}/>")
        return
    lines.append(f"{begun}>")
    if INSIDE in extra:
        lines.append(f"{indent}{INDENT}{extra[INSIDE]}")
    for other in below:
        _write_folder(lines, other, filed, extras, prefixes)
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
    indent = INDENT * depth
    begun = f"{indent}<outline{_attributes(attributes, prefixes)}"
    if INSIDE in extra:
        return f"{begun}>\n{indent}{INDENT}{extra[INSIDE]}\n{indent}</outline>"
    return f"{begun}/>"


def _attributes(attributes: Mapping[str, str | None], prefixes: Mapping[str, str]) -> str:
    return "".join(
        f' {name}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None and (name := _name(key, prefixes))
    )


def _title(feed: OpmlFeed) -> str:
    return feed.title or dict(feed.extra).get("title") or feed.address


def _prefixes(outlines: Iterable[OpmlFeed | OpmlFolder], *, ours: bool) -> dict[str, str]:
    """Return a prefix for each namespace that an attribute needs."""
    spaces = {found.group(1) for each in outlines for key, _ in each.extra if (found := _NAMESPACE.fullmatch(key))}
    prefixes = {space: f"x{number}" for number, space in enumerate(sorted(spaces - {NAMESPACE, ""}), start=1)}
    if ours or NAMESPACE in spaces:
        prefixes[NAMESPACE] = "broadsheet"
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
