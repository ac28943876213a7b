"""What a page would play, load late or load unseen, as plain links and images, before the sanitizer drops it.

Patterns look inside one tag only, and not further than 4,000 characters, so that they stay linear.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_TAG_REST = r"\b[^<>]{0,4000}>"
_PLAYER_TAGS = frozenset(
    f"<{spelled}" for name in ("iframe", "video", "audio", "embed") for spelled in (name, name.upper(), name.title())
)
_IMAGE_TAGS = frozenset(("<img", "<IMG", "<Img"))
_PLAYERS = re.compile(rf"<(?:iframe|video|audio|embed|source){_TAG_REST}", re.IGNORECASE)
_IMAGES = re.compile(rf"<img{_TAG_REST}", re.IGNORECASE)
_SOURCE = re.compile(r"""[\s"']src\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))""", re.IGNORECASE)
_LATE_SOURCE = re.compile(
    r"""[\s"']data-(?:lazy-src|original|orig-file|src)\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))""",
    re.IGNORECASE,
)
_UNSEEN = re.compile(
    r"""[\s"']style\s*=\s*["'][^"'<>]{0,500}?(?:display\s*:\s*none|visibility\s*:\s*hidden"""
    r"""|\b(?:width|height)\s*:\s*[01](?:px)?\s*[;"'!])""",
    re.IGNORECASE,
)


def plain_embeds(html: str, tags: Collection[str]) -> str:
    """Turn players into links, late images into images, and take images out that are styled away.

    `tags` are the beginnings of the tags in `html`, such as "<img".
    """
    if not _PLAYER_TAGS.isdisjoint(tags):
        html = _PLAYERS.sub(_link, html)
    if not _IMAGE_TAGS.isdisjoint(tags) and ("data-" in html or "style" in html or "STYLE" in html):
        html = _IMAGES.sub(_image, html)
    return html


def _link(player: re.Match[str]) -> str:
    source = _first(_SOURCE, player.group())
    if source is None or not source.lower().startswith(("http://", "https://", "//")):
        return ""
    shown = source.removeprefix("//")
    return f'<p><a href="{_attribute(source)}">{_attribute(shown)}</a></p>'


def _image(image: re.Match[str]) -> str:
    tag = image.group()
    if _UNSEEN.search(tag):
        return ""
    late = _first(_LATE_SOURCE, tag)
    given = _first(_SOURCE, tag)
    if late is None or (given is not None and not given.lower().startswith("data:")):
        return tag
    return f'<img src="{_attribute(late)}"{tag[4:]}'  # of two attributes of one name the first counts


def _first(pattern: re.Pattern[str], tag: str) -> str | None:
    found = pattern.search(tag)
    return unescape(next(group for group in found.groups() if group is not None)) if found else None


def _attribute(value: str) -> str:
    return value.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
