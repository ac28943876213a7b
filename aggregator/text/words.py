"""Words for both databases: rankers' fold and tokens, so that a search finds what a rule finds.

`index_text` is what the words index is fed: tokens separated by spaces, with a boundary between title and body that no
phrase reaches across. For ASCII, folding is lower case and a token
is a run of letters and digits, which bytes.translate does in a microsecond; runs of other characters go through
rankers one by one and are remembered. A run alone gives what it gives in its text (a property test holds this),
unless it begins with a mark that belongs to what stands before it: then the whole text takes the long way.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase

from aggregator.text.strip import strip
from rankers import fold, tokens

__all__ = [
    "BOUNDARY",
    "INDEX_VERSION",
    "LONGEST_TEXT",
    "count_words",
    "fold",
    "index_and_count",
    "index_html",
    "index_text",
    "tokens",
]

LONGEST_TEXT = 200_000  # characters of a body that are indexed and that rules look at
BOUNDARY = "\ue000"
"""A token of the index that nobody can look for: it is for private use, no letter, mark or number."""
INDEX_VERSION = f"2/{unicodedata.unidata_version}"
"""What an index holds: raise the first number whenever the same entry gives another text, by fold or tokens too. The
second is Python's: it knows other letters with another Unicode. The worker then makes the index anew."""

_SEPARATORS = bytes(code for code in range(0x80) if not chr(code).isalnum())
_LOWER = bytes.maketrans(_SEPARATORS + ascii_uppercase.encode(), b" " * len(_SEPARATORS) + ascii_lowercase.encode())
_SHAPE = bytes(0x20 if code in _SEPARATORS else 0x61 for code in range(256))
_BEYOND_ASCII = re.compile(rb"([\x80-\xff]+)")
_LONGEST_REMEMBERED = 24  # bytes; longer runs are sentences of Han, kana or Thai that do not come again


def index_text(title: str, text: str) -> str:
    """Return the tokens of title and text as one string, separated by spaces, the boundary between the two."""
    return _joined(title, _folded(text[:LONGEST_TEXT]))


def index_html(title: str, content_html: str, summary_html: str) -> str:
    """Return the index text of an entry as it is held: of its title and the longer one of its clean texts."""
    return index_text(title, max(strip(content_html), strip(summary_html), key=len))


def count_words(text: str) -> int:
    """Count the tokens of a text."""
    return _count(_folded(text))


def index_and_count(title: str, text: str) -> tuple[str, int]:
    """Return what `index_text` and, for the text alone, `count_words` return, for the price of one."""
    folded = _folded(text)
    body = folded if len(text) <= LONGEST_TEXT else _folded(text[:LONGEST_TEXT])
    return _joined(title, body), _count(folded)


def _joined(title: str, body: bytes) -> str:
    return f"{_folded(title).decode()} {BOUNDARY} {body.decode()}" if title else body.decode()


def _count(folded: bytes) -> int:
    return (b" " + folded).translate(_SHAPE).count(b" a")


def _folded(text: str) -> bytes:
    lower = text.encode("utf-8", "replace").translate(_LOWER)
    if len(lower) == len(text):
        return lower
    pieces = _BEYOND_ASCII.split(lower)
    for place in range(1, len(pieces), 2):
        run = pieces[place]
        words = _remembered(run) if len(run) <= _LONGEST_REMEMBERED else _in_place(run)
        if words is None:
            return " ".join(tokens(text)).encode()
        pieces[place] = words
    return b"".join(pieces)


def _in_place(run: bytes) -> bytes | None:
    """Return what stands in a run's place, spaces at its ends where a token ends there; None if it needs its text."""
    text = run.decode()
    folded = fold(text)
    if folded and unicodedata.category(folded[0]).startswith("M"):
        return None
    return " ".join(tokens(f"a{text}a")).encode()[1:-1]


_remembered = lru_cache(maxsize=32_768)(_in_place)
