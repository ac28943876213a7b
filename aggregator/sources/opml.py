"""OPML in: every feed with its folders, nothing lost, broken files mended and what was mended said.

Well-formed files are read by lxml, others by a scanner of outline tags (opmltags.py) that forgives what exporters
get wrong. Limits of safety 19 hold for both: no document type, 5 MiB, 20,000 outlines, 10,000 feeds, depth 20. An
outline that would include another file is not followed. What we do not know is kept (opmlkept.py). opmlout.py writes.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from typing import TYPE_CHECKING

from lxml import etree

from aggregator.errors import BadDocumentError
from aggregator.model.ids import NAMESPACE
from aggregator.model.subscription import OpmlDocument, OpmlFeed, OpmlFolder
from aggregator.sources.opmlkept import INSIDE, elements_within
from aggregator.sources.opmltags import scan_outlines
from aggregator.text.language import declared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aggregator.sources.xmltext import Element

LARGEST = 5 * 1024 * 1024  # bytes
MOST_OUTLINES = 20_000
MOST_FEEDS = 10_000
DEEPEST = 20
WHY = f"{{{NAMESPACE}}}why"
SOURCE = f"{{{NAMESPACE}}}source"
OWNER = f"{{{NAMESPACE}}}owner"
SLASH = "\u2215"
"""Stands for a slash in the name of a folder, since slashes part the names of a path."""

_PART = "the OPML file"
_LONGEST_NAME = 300  # characters of a title or folder name
_LONGEST_VALUE = 4_096  # of any other attribute
_KNOWN = frozenset(("text", "title", "type", "xmlurl", "htmlurl", "language", WHY))
_KNOWN_OF_FOLDERS = frozenset(("text", "title"))
_FEED_TYPES = frozenset(("", "rss", "atom", "feed", "rdf", "jsonfeed", "json"))
_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:\-]{2,40})[\"']")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_START = re.compile(r"<(?:opml|outline|body|head)\b", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

Event = tuple[str, dict[str, str]]
"""("open", attributes) of an outline, ("close", {}) of it, or ("title", {"text": …}) of the document.

Among the attributes INSIDE stands for the elements within.
"""


def read_opml(data: bytes) -> OpmlDocument:
    """Read an OPML file. Raises BadDocumentError for what is none, is over a limit, or has a document type."""
    if len(data) > LARGEST:
        raise BadDocumentError(_PART, f"it is larger than {LARGEST // 1024 // 1024} MiB; split it")
    recovered: list[str] = []
    text = _decoded(data, recovered)
    start = _START.search(text)
    head = text[: start.start()] if start else text
    if re.search(r"<!(?:DOCTYPE|ENTITY)", head, re.IGNORECASE):
        raise BadDocumentError(_PART, "it begins with a document type (<!DOCTYPE …>), which is not read; take it out")
    lower = text.lower()
    if lower.count("<outline") > MOST_OUTLINES:
        raise BadDocumentError(_PART, f"it has more than {MOST_OUTLINES:,} outlines; split it")
    if "<outline" not in lower and "<opml" not in lower:
        raise BadDocumentError(_PART, "there is not one outline in it, so it is no OPML")
    root = _well_formed(text, recovered)
    notes: Counter[str] = Counter()
    events = _events(root, notes) if root is not None else scan_outlines(text, recovered)
    return _document(events, recovered, notes)


def _decoded(data: bytes, recovered: list[str]) -> str:
    """Decode by byte order mark, else as declared, else as UTF-8; what does not decode is Windows-1252."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, "replace").lstrip("\ufeff")
    found = _DECLARED.match(data)
    name = found.group(1).decode("ascii") if found else "utf-8"
    for encoding in (name, "utf-8"):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    recovered.append(f"bytes that are not {name} were read as Windows-1252")
    return data.decode("cp1252", "replace")


def _well_formed(text: str, recovered: list[str]) -> Element | None:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(_DECLARATION.sub("", text).encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as exc:
        recovered.append(f"the file is not well-formed XML, first at line {exc.lineno or 1}; it was read tag by tag")
        return None
    name = str(root.tag).rpartition("}")[2].lower()
    if name != "opml":
        recovered.append(f"the file begins with <{name[:40]}> instead of <opml>")
    return root


def _events(root: Element, notes: Counter[str]) -> Iterator[Event]:
    depth = 0
    for step, element in etree.iterwalk(root, events=("start", "end")):
        name = str(element.tag).rpartition("}")[2].lower()
        if name == "outline":
            depth += 1 if step == "start" else -1
            yield ("open", _attributes(element, notes)) if step == "start" else ("close", {})
        elif name == "title" and step == "end" and not depth:
            yield "title", {"text": element.text or ""}


def _attributes(outline: Element, notes: Counter[str]) -> dict[str, str]:
    attributes = {str(key): str(value) for key, value in outline.attrib.items()}
    inside = elements_within(outline, notes)
    return attributes | {INSIDE: inside} if inside else attributes


def _document(events: Iterable[Event], recovered: list[str], notes: Counter[str]) -> OpmlDocument:
    """Follow the outlines down and up; a folder is an outline without a feed's address."""
    title: str | None = None
    feeds: dict[str, OpmlFeed] = {}
    folders: dict[str, OpmlFolder] = {}
    path: list[str | None] = []  # None: the outline is a feed and adds nothing to the path
    for event, attributes in events:
        if event == "title":
            title = title or _clean(attributes["text"], _LONGEST_NAME) or None
        elif event == "close":
            if path:
                path.pop()
        else:
            if len(path) >= DEEPEST:
                raise BadDocumentError(_PART, f"its outlines are nested more than {DEEPEST} deep")
            here = "/".join(name for name in path if name is not None)
            path.append(_outline(attributes, here, feeds, folders, notes))
            if len(feeds) > MOST_FEEDS:
                raise BadDocumentError(_PART, f"it has more than {MOST_FEEDS:,} feeds; split it")
    recovered += [f"{note} ({times} times)" if times > 1 else note for note, times in notes.items()]
    return OpmlDocument(title, tuple(feeds.values()), tuple(folders.values()), tuple(recovered))


def _outline(
    attributes: dict[str, str],
    here: str,
    feeds: dict[str, OpmlFeed],
    folders: dict[str, OpmlFolder],
    notes: Counter[str],
) -> str | None:
    """Take one outline in; return the name it adds to the path of those below it."""
    named = {key.lower() if not key.startswith("{") else key: value for key, value in attributes.items()}
    kind = named.get("type", "").strip().lower()
    if max(len(named.get(key, "")) for key in ("text", "title")) > _LONGEST_NAME:
        notes[f"names longer than {_LONGEST_NAME} characters were cut"] += 1
    address = _clean(named.get("xmlurl", ""), _LONGEST_VALUE)
    if not address and kind in _FEED_TYPES - {""}:
        address = _clean(named.get("url", ""), _LONGEST_VALUE)
    if address:
        feed = _feed(address, attributes, named, here)
        feeds[address] = _merged(feeds[address], feed) if address in feeds else feed
        return None
    if kind in {"include", "link"}:
        notes["an outline that points to another file or page was not followed"] += 1
        return None
    name = _clean(named.get("text") or named.get("title") or "", _LONGEST_NAME)
    if not name:
        notes["an outline without a name was passed over; what is in it was read"] += 1
        return None
    if "/" in name:
        notes[f"slashes in names of folders were written as {SLASH}"] += 1
        name = name.replace("/", SLASH)
    whole = f"{here}/{name}" if here else name
    again = dict(folders[whole].extra) if whole in folders else {}
    extra = _extra(attributes, _KNOWN_OF_FOLDERS) | _other_title(named, name) | again
    folders[whole] = OpmlFolder(whole, tuple(sorted(extra.items())))
    return name


def _extra(attributes: dict[str, str], known: frozenset[str]) -> dict[str, str]:
    """Give what an outline says that we do not know, by name."""
    return {
        key: value if key == INSIDE else _clean(value, _LONGEST_VALUE)
        for key, value in attributes.items()
        if key.lower() not in known and key not in known
    }


def _other_title(named: dict[str, str], text: str) -> dict[str, str]:
    title = _clean(named.get("title", ""), _LONGEST_NAME)
    return {"title": title} if title and title.replace("/", SLASH) != text else {}


def _feed(address: str, attributes: dict[str, str], named: dict[str, str], here: str) -> OpmlFeed:
    text, title = (_clean(named.get(key, ""), _LONGEST_NAME) for key in ("text", "title"))
    if text == address:  # what exporters write for a feed without a title
        text, title = "", "" if title == address else title
    language = declared(named.get("language"))
    extra = _extra(attributes, _KNOWN)
    if text and title and title != text:
        extra["title"] = title
    kind = named.get("type", "").strip()
    if kind.lower() not in {"", "rss"}:
        extra["type"] = kind
    if named.get("language") and language is None:
        extra["language"] = _clean(named["language"], _LONGEST_VALUE)
    return OpmlFeed(
        address=address,
        title=text or title or None,
        site=_clean(named.get("htmlurl", ""), _LONGEST_VALUE) or None,
        language=language,
        why=_clean(named.get(WHY, ""), _LONGEST_VALUE) or None,
        folders=(here,) if here else (),
        extra=tuple(sorted(extra.items())),
    )


def _merged(first: OpmlFeed, again: OpmlFeed) -> OpmlFeed:
    """Join two outlines of one feed: its folders together, the first word on all else."""
    return OpmlFeed(
        address=first.address,
        title=first.title or again.title,
        site=first.site or again.site,
        language=first.language or again.language,
        why=first.why or again.why,
        folders=tuple(dict.fromkeys(first.folders + again.folders)),
        extra=tuple(sorted({**dict(again.extra), **dict(first.extra)}.items())),
    )


def _clean(value: str, longest: int) -> str:
    return " ".join(_CONTROLS.sub("", value).split())[:longest].strip()
