"""Texts of known type as one plain line (titles, names, words) or as safe HTML (bodies)."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from aggregator.sources.clean import HtmlCleaner, text_html
from aggregator.text.strip import one_line, strip

if TYPE_CHECKING:
    from aggregator.sources.raw import Text

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# In a plain field of RSS, what has an end tag of running text is meant as markup; "the <video> element" is not.
_ESCAPED_MARKUP = re.compile(
    r"</(?:a|abbr|b|big|bdi|cite|code|del|div|em|font|h[1-6]|i|ins|kbd|mark|p|q|s|small|span|strike|strong|sub|sup"
    r"|tt|u)\s*>|<(?:br|img|wbr)\b[^<>]*>",
    re.IGNORECASE,
)
_MARKUP_PER_CHARACTER = 20  # a field of n characters may have this many times n of markup around it

cleaner = HtmlCleaner()
"""The sanitizer of this process; documents are read one after the other."""


def line(text: str, longest: int) -> str:
    """Return a text as one line of at most `longest` characters, without control characters."""
    text = text[: longest * _MARKUP_PER_CHARACTER]
    if not text.isprintable():
        text = _CONTROLS.sub("", text)
    text = one_line(text)
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def plain_line(text: Text | None, longest: int) -> str:
    """Return a title or name as one plain line: literal text stays, markup loses its tags."""
    if text is None:
        return ""
    value = text.value[: longest * _MARKUP_PER_CHARACTER]
    if text.type != "text" and ("<" in value or "&" in value):
        if "<" in value and (text.type == "html" or _ESCAPED_MARKUP.search(value)):
            value = strip(cleaner.clean(value, None))
        else:
            value = unescape(value)
    return line(value, longest)


def safe_html(text: Text | None, base: str | None) -> str:
    """Return a body as HTML that may be shown, its addresses absolute by `base`."""
    if text is None:
        return ""
    return text_html(text.value) if text.type == "text" else cleaner.clean(text.value, base)
