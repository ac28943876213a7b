"""Plain text from clean HTML, by regular expression: sound only on the sanitizer's own output (sources/clean.py).

There every `<` and `>` that is not part of a tag is escaped, in attributes too.
"""

from __future__ import annotations

import re
from html import unescape

_BREAKS = re.compile(
    r"</?(?:p|div|br|hr|li|ul|ol|dl|dt|dd|h[1-6]|blockquote|pre|figure|figcaption|table|caption|tr|td|th"
    r"|article|section|aside|header|footer|main|details|summary)\b[^>]*>"
)
_TAGS = re.compile(r"<[^>]*>")
_SPACES = re.compile(r"\s+")


def strip(html: str) -> str:
    """Take the tags off clean HTML; ends of blocks become line ends."""
    if "<" in html:
        html = _TAGS.sub("", _BREAKS.sub("\n", html))
    return unescape(html) if "&" in html else html


def one_line(text: str) -> str:
    """Fold all runs of white space to single spaces."""
    return " ".join(text.split())


def excerpt(text: str, length: int = 300) -> str:
    """Cut plain text to `length` characters at a word's end, the ellipsis included."""
    looked_at = length * 2
    line = one_line(text[:looked_at])
    if len(line) <= length < looked_at < len(text):  # much white space: look further
        looked_at = length * 20
        line = one_line(text[:looked_at])
    if len(line) <= length and (len(text) <= looked_at or len(line) < length):
        return line
    cut = line[: length - 1]
    space = cut.rfind(" ", length * 2 // 3)
    return (cut[:space] if space > 0 else cut).rstrip(" ,;:-\u2013\u2014") + "…"
