"""Words for both databases: rankers' fold and tokens, so that a search finds what a rule finds.

`index_text` is what the words index is fed: tokens separated by spaces. For ASCII text, and for the ASCII words
of any text, folding is lower case and a token is a run of letters and digits, which bytes.translate does in a
microsecond; only words with other letters go through rankers. Cutting at ASCII separators first changes nothing:
nothing that folding composes or drops reaches across one (held by a property test).
"""

from __future__ import annotations

import re
from functools import lru_cache
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits

from rankers import fold, tokens

__all__ = ["LONGEST_TEXT", "count_words", "fold", "index_text", "tokens"]

LONGEST_TEXT = 200_000  # characters of a body that are indexed and that rules look at

_SEPARATORS = bytes(code for code in range(0x80) if not chr(code).isalnum())
_LOWER = bytes.maketrans(_SEPARATORS + ascii_uppercase.encode(), b" " * len(_SEPARATORS) + ascii_lowercase.encode())
_SHAPE = bytes.maketrans(
    _SEPARATORS + (ascii_letters + digits).encode(), b" " * len(_SEPARATORS) + b"a" * len(ascii_letters + digits)
)
_OTHER_WORD = re.compile(rb"[a-z0-9]*[\x80-\xff][a-z0-9\x80-\xff]*")
_LONGEST_CACHED = 48  # bytes; longer runs are Han, kana or Thai sentences that do not come again


def index_text(title: str, text: str) -> str:
    """Return the tokens of title and text as one string, separated by spaces."""
    return _folded(f"{title}\n{text[:LONGEST_TEXT]}").decode()


def count_words(text: str) -> int:
    """Count the tokens of a text."""
    if text.isascii():
        shape = b" " + text.encode().translate(_SHAPE)
        return shape.count(b" a")
    return len(_folded(text).split())


def _folded(text: str) -> bytes:
    lower = text.encode("utf-8", "replace").translate(_LOWER)
    return lower if text.isascii() else _OTHER_WORD.sub(_rewritten, lower)


def _rewritten(found: re.Match[bytes]) -> bytes:
    word = found.group()
    return _cached(word) if len(word) <= _LONGEST_CACHED else _tokens_of(word)


def _tokens_of(word: bytes) -> bytes:
    return b" " + " ".join(tokens(word.decode())).encode() + b" "


_cached = lru_cache(maxsize=20_000)(_tokens_of)
