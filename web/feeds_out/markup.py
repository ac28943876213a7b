"""XML written by hand: a few elements, escaped, without what XML 1.0 does not allow.

A library that builds trees would be loaded into every web process for this; `feedgenerator` raises on a control
character in a title and has no words for an entry's source (docs/decisions/0010).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'


def text(value: str) -> str:
    """Escape a text."""
    return _NOT_XML.sub("", value).translate(_TEXT)


def element(name: str, content: str | None = None, /, **attributes: str | int | None) -> str:
    """Write an element around a text; attributes that are None are left out, `_` in their names stands for `:`."""
    return nested(name, () if content is None else (text(content),), **attributes)


def nested(name: str, content: Iterable[str], /, **attributes: str | int | None) -> str:
    """Write an element around what is written already."""
    given = "".join(
        f' {key.replace("_", ":")}="{_NOT_XML.sub("", str(value)).translate(_ATTRIBUTE)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(content)
    return f"<{name}{given}>{inner}</{name}>" if inner else f"<{name}{given}/>"
