"""What hangs on a post: files with their descriptions, pictures, and the page it has for people."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any, Final

from aggregator.sources.fediverse.shapes import Thing, clean, listed, text_of, things, types_of, web_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aggregator.sources.raw import RawEntry

_FILES: Final = frozenset({"Document", "Image", "Video", "Audio"})
_TYPES: Final = {"Image": "image/*", "Video": "video/*", "Audio": "audio/*"}
_PLAYED: Final = ("video/", "audio/")
_IMAGE_FILE: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)$", re.IGNORECASE)
_TALLEST: Final = 720
_MOST_PICTURES: Final = 20


def web_page(post: Thing) -> str | None:
    """Return where people read a post: its `url`, of several the web page."""
    links = things(post.get("url"))
    pages = [link for link in links if _media(link).startswith("text/html")]
    for found in (*pages, *(each for each in listed(post.get("url")) if isinstance(each, str))):
        if address := web_id(found):
            return address
    return None


def add_files(post: Thing, entry: RawEntry) -> None:
    """Add what a post carries: its attachments, and the films and recordings it is made of."""
    for file in (*things(post.get("attachment")), *things(post.get("image")), *_films(post)):
        address = _address(file)
        if address is None or not (_FILES.intersection(types_of(file)) or _media(file).startswith(_PLAYED)):
            continue
        if any(address == held for held, *_ in entry.enclosures):
            continue
        media = _media(file) or next((_TYPES[kind] for kind in types_of(file) if kind in _TYPES), None)
        size = file.get("size")
        entry.enclosures.append((address, media, str(size) if isinstance(size, int) else None, _description(file)))
    entry.images += _pictures(post)


def linked_page(post: Thing) -> str | None:
    """Return the page a link post is about (Lemmy and its kind: a Link among the attachments)."""
    for file in things(post.get("attachment")):
        found = web_id(file.get("href"))
        if found and "Link" in types_of(file) and not _IMAGE_FILE.search(found):
            return found
    return None


def described_pictures(post: Thing) -> list[tuple[str, str]]:
    """Return the pictures of a post that are described: address, description."""
    return [
        (address, told)
        for file in things(post.get("attachment"))[:_MOST_PICTURES]
        if _is_picture(file) and (address := _address(file)) and (told := _description(file))
    ]


def html_of_pictures(post: Thing) -> str:
    """Return the pictures attached to a post as HTML with their descriptions; cleaned later like all markup."""
    shown = []
    for file in things(post.get("attachment"))[:_MOST_PICTURES]:
        address = _address(file)
        if address and _is_picture(file):
            told = escape(_description(file) or "")
            shown.append(f'<p><img src="{escape(address)}" alt="{told}"></p>')
    content = text_of(post, "content") or ""
    return "".join(each for each in shown if each.split('"')[1] not in content)


def _is_picture(file: Thing) -> bool:
    return "Image" in types_of(file) or _media(file).startswith("image/")


def _films(post: Thing) -> Iterator[Thing]:
    """Give the one film or recording a post is made of, the best that is not larger than most screens."""
    links = list(_links(post.get("url")))
    films = [link for link in links if _media(link).startswith("video/") and web_id(link.get("href"))]
    fitting = [film for film in films if _height(film) <= _TALLEST] or films
    if fitting:
        yield max(fitting, key=_height)
    yield from (link for link in links if _media(link).startswith("audio/"))


def _links(value: Any) -> Iterator[Thing]:
    """Give links, and those within them: PeerTube keeps the files of a stream among its tags."""
    for link in things(value):
        yield link
        yield from things(link.get("tag"))


def _height(film: Thing) -> int:
    height = film.get("height")
    return height if isinstance(height, int) else 0


def _pictures(post: Thing) -> list[str]:
    found = [*things(post.get("image")), *things(post.get("preview")), *things(post.get("icon"))]
    found.sort(key=lambda picture: -(picture["width"] if isinstance(picture.get("width"), int) else 0))
    return [address for picture in found if (address := _address(picture))]


def _address(file: Thing) -> str | None:
    url = file.get("url")
    return web_id(url if isinstance(url, str) else next(iter(things(url)), None)) or web_id(file.get("href"))


def _media(file: Thing) -> str:
    inner = next(iter(things(file.get("url"))), {})
    value = file.get("mediaType") or file.get("mimeType") or inner.get("mediaType")
    return value.lower() if isinstance(value, str) else ""


def _description(file: Thing) -> str | None:
    told = text_of(file, "name") or text_of(file, "summary")
    return clean(told) if told else None
