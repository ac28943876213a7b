"""What each element inside an RSS item or Atom entry says: one small function per meaning, and the table of names.

Engagement counts (slash:comments, thr:total, media:community …) are not in the table: they are dropped here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aggregator.model.entry import Kind
from aggregator.sources.extra_fields import EXTRA_FIELDS, licence_link, picture
from aggregator.sources.raw import Text
from aggregator.sources.xmltext import (
    XML,
    atom_text,
    base_of,
    html_field,
    joined,
    name_of,
    plain_field,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregator.sources.raw import RawEntry
    from aggregator.sources.xmltext import Element

    Reader = Callable[[RawEntry, Element], None]

_MAIL_NAME = re.compile(r"\s*[^\s@()<>]{1,200}@[^\s@()<>]{1,200}\s*\(([^()]{1,300})\)\s*")
_NAME_MAIL = re.compile(r"\s*([^<>@]{1,300}?)\s*<[^<>]{1,300}>\s*")
_WEB = ("http://", "https://")
_KINDS = {"comment": Kind.REPLY, "note": Kind.NOTE, "video": Kind.VIDEO, "audio": Kind.AUDIO, "event": Kind.EVENT}


def read_fields(entry: RawEntry, element: Element, readers: dict[str, Reader]) -> None:
    """Hand each child of an entry's element to the reader of its name; unknown names are passed over."""
    for child in element:
        reader = readers.get(name_of(child))
        if reader is not None:
            reader(entry, child)


def person_name(text: str) -> str:
    """Return the name in "mail (name)" and "name <mail>", else the text."""
    found = _MAIL_NAME.fullmatch(text) or _NAME_MAIL.fullmatch(text)
    return found.group(1) if found else text


def _title(entry: RawEntry, element: Element) -> None:
    entry.title = entry.title or plain_field(element)


def _link(entry: RawEntry, element: Element) -> None:
    if entry.link is None or entry.link == entry.guid:  # a guid that came before only stands in for a link
        entry.link = text_of(element) or element.get("href") or entry.link


def _guid(entry: RawEntry, element: Element) -> None:
    entry.guid = entry.guid or text_of(element)
    permanent = element.get("isPermaLink") or ""
    if entry.link is None and entry.guid and permanent.lower() != "false":
        entry.link = entry.guid if permanent or entry.guid.startswith(_WEB) else None


def _guid_of_atom(entry: RawEntry, element: Element) -> None:
    entry.guid = entry.guid or text_of(element)


def _original_link(entry: RawEntry, element: Element) -> None:
    entry.link = text_of(element) or entry.link


def _content(entry: RawEntry, element: Element) -> None:
    entry.content = entry.content or html_field(element)


def _description(entry: RawEntry, element: Element) -> None:
    entry.summary = entry.summary or html_field(element)


def _text_summary(entry: RawEntry, element: Element) -> None:
    text = text_of(element)
    if entry.summary is None and text:
        entry.summary = Text("text" if name_of(element).startswith("media:") else "html", text)


def _published(entry: RawEntry, element: Element) -> None:
    entry.published = entry.published or text_of(element)


def _updated(entry: RawEntry, element: Element) -> None:
    entry.updated = entry.updated or text_of(element)


def _author(entry: RawEntry, element: Element) -> None:
    text = text_of(element)
    if text:
        entry.authors.append((person_name(text), None))


def _creator_unless_named(entry: RawEntry, element: Element) -> None:
    if not entry.authors:
        _author(entry, element)


def person(element: Element) -> tuple[str, str | None] | None:
    """Read an Atom person; the mail address stands in where no name is given."""
    parts = {name_of(child).rpartition(":")[2]: text_of(child) for child in element}
    name = parts.get("name") or parts.get("email") or (None if len(element) else text_of(element))
    return (name, parts.get("uri") or parts.get("url")) if name else None


def _person(entry: RawEntry, element: Element) -> None:
    found = person(element)
    if found:
        entry.authors.append(found)


def _category(entry: RawEntry, element: Element) -> None:
    text = text_of(element) or element.get("text")
    if text:
        entry.categories.append(text)


def _categories(entry: RawEntry, element: Element) -> None:
    for child in element:
        _category(entry, child)


def _keywords(entry: RawEntry, element: Element) -> None:
    entry.categories += [word.strip() for word in (text_of(element) or "").split(",") if word.strip()]


def _atom_category(entry: RawEntry, element: Element) -> None:
    if (element.get("scheme") or "").endswith("#kind"):
        return  # Blogger's "this is a post"
    text = element.get("label") or element.get("term") or text_of(element)
    if text:
        entry.categories.append(text)


def _enclosure(entry: RawEntry, element: Element) -> None:
    address = element.get("url") or element.get("href")
    if address:
        entry.enclosures.append(
            (address, element.get("type"), element.get("length") or element.get("fileSize"), element.get("title"))
        )


def _media(entry: RawEntry, element: Element) -> None:
    """Read media:content: a picture, or a file like an enclosure; what is inside of it counts too."""
    medium = (element.get("medium") or element.get("type") or "").lower()
    address = element.get("url")
    if address and (medium.startswith("image") or element.get("isDefault") == "image"):
        entry.images.append(address)
        picture(entry, address, element)  # its description is that, and no summary of the entry
        read_fields(entry, element, _BESIDE_PICTURE)
        return
    if address and address not in (enclosure[0] for enclosure in entry.enclosures):
        _enclosure(entry, element)
    read_fields(entry, element, _MEDIA)


def _media_group(entry: RawEntry, element: Element) -> None:
    read_fields(entry, element, _MEDIA)


def _media_title(entry: RawEntry, element: Element) -> None:
    if entry.title is None:
        entry.title = plain_field(element)


def _image(entry: RawEntry, element: Element) -> None:
    address = element.get("url") or element.get("href")
    if address:
        entry.images.append(address)


def _comments(entry: RawEntry, element: Element) -> None:
    entry.comments = entry.comments or text_of(element)


def _language(entry: RawEntry, element: Element) -> None:
    entry.language = entry.language or text_of(element)


def _reply(entry: RawEntry, _element: Element) -> None:
    entry.kind = Kind.REPLY


def _event(entry: RawEntry, _element: Element) -> None:
    entry.kind = Kind.EVENT


def _object_type(entry: RawEntry, element: Element) -> None:
    kind = _KINDS.get((text_of(element) or "").rpartition("/")[2])
    entry.kind = entry.kind or kind


def _atom_title(entry: RawEntry, element: Element) -> None:
    entry.title = entry.title or atom_text(element)


def _atom_summary(entry: RawEntry, element: Element) -> None:
    entry.summary = entry.summary or atom_text(element)


def _atom_content(entry: RawEntry, element: Element) -> None:
    source = element.get("src")
    if source:
        entry.enclosures.append((source, element.get("type"), None, None))
        return
    entry.content = entry.content or atom_text(element)
    entry.base = base_of(element, entry.base)
    entry.language = entry.language or element.get(XML + "lang")


def _atom_link(entry: RawEntry, element: Element) -> None:
    address = element.get("href")
    if address is None:
        return
    if element.get(XML + "base"):
        address = joined(base_of(element, entry.base), address)
    relation = relation_of(element)
    if relation == "alternate" and (entry.link is None or _is_page(element)):
        entry.link = entry.link if entry.link and _is_page_before(element) else address
    elif relation == "enclosure":
        entry.enclosures.append((address, element.get("type"), element.get("length"), element.get("title")))
    elif relation == "replies" and _is_page(element):
        entry.comments = entry.comments or address
    elif relation == "license":
        licence_link(entry, address)


def relation_of(element: Element) -> str:
    """Return the relation of an Atom link; IANA's long names count as their short ones."""
    return (element.get("rel") or "alternate").rpartition("/")[2].lower()


def _is_page(element: Element) -> bool:
    return "html" in (element.get("type") or "html").lower()


def _is_page_before(element: Element) -> bool:
    before = element.itersiblings(str(element.tag), preceding=True)
    return any(relation_of(link) == "alternate" and _is_page(link) for link in before)


_MEDIA: dict[str, Reader] = {
    "media:content": _media,
    "media:group": _media_group,
    "media:thumbnail": _image,
    "media:title": _media_title,
    "media:description": _text_summary,
    "media:category": _category,
}
_BESIDE_PICTURE = {name: reader for name, reader in _MEDIA.items() if name != "media:description"}
_COMMON: dict[str, Reader] = (
    _MEDIA
    | EXTRA_FIELDS
    | {
        "activity:object-type": _object_type,
        "content:encoded": _content,
        "dc:language": _language,
        "dc:subject": _category,
        "dcterms:created": _published,
        "dcterms:issued": _published,
        "dcterms:modified": _updated,
        "ev:startdate": _event,
        "feedburner:origlink": _original_link,
        "itunes:author": _creator_unless_named,
        "itunes:image": _image,
        "itunes:keywords": _keywords,
        "itunes:summary": _text_summary,
        "thr:in-reply-to": _reply,
    }
)
RSS_ITEM: dict[str, Reader] = _COMMON | {
    "atom:author": _person,
    "atom:content": _atom_content,
    "atom:link": _atom_link,
    "atom:published": _published,
    "atom:summary": _atom_summary,
    "atom:updated": _updated,
    "author": _author,
    "body": _content,
    "categories": _categories,
    "category": _category,
    "comments": _comments,
    "dc:creator": _author,
    "dc:date": _published,
    "dc:title": _title,
    "description": _description,
    "enclosure": _enclosure,
    "guid": _guid,
    "image": _image,
    "link": _link,
    "pubdate": _published,
    "title": _title,
    "xhtml:body": _content,
}
ATOM_ENTRY: dict[str, Reader] = (
    _COMMON
    | {
        prefix + name: reader
        for prefix in ("atom:", "atom03:")
        for name, reader in {
            "author": _person,
            "category": _atom_category,
            "content": _atom_content,
            "created": _published,
            "id": _guid_of_atom,
            "issued": _published,
            "link": _atom_link,
            "modified": _updated,
            "published": _published,
            "summary": _atom_summary,
            "title": _atom_title,
            "updated": _updated,
        }.items()
    }
    | {"dc:creator": _creator_unless_named, "dc:date": _published}
)
