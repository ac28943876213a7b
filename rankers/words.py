"""Words: fold and tokens, exactly as ranking-semantics 3 says. Both databases index with these and no other.

They run over every text that arrives, so ASCII and Latin text take a short way: the result of a run of characters
outside ASCII does not depend on the ASCII around it (every mark that could join an ASCII letter is dropped), so runs
are folded alone and remembered. `tests/rankers/test_words.py` holds the short way to the definition.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import groupby

_DROPPED_MARKS = (
    "\u0300-\u0305\u0307-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
# U+0438 (и) keeps its breve: й is a letter of its own. All others lose theirs.
_MARKS = re.compile(f"(?<!\u0438)\u0306|[{_DROPPED_MARKS}]")
_LETTERS = str.maketrans(
    {
        "\u00f8": "o",  # ø
        "\u0142": "l",  # ł
        "\u0111": "d",  # đ
        "\u00f0": "d",  # ð
        "\u0127": "h",  # ħ
        "\u0167": "t",  # ŧ
        "\u0131": "i",  # dotless i
        "\u00e6": "ae",  # æ
        "\u0153": "oe",  # œ
        "\u00fe": "th",  # þ
        "\u0640": None,  # tatweel
        "\u00ad": None,  # soft hyphen
        "\u200c": None,  # zero width non-joiner
        "\u200d": None,  # zero width joiner
    }
)
_BEYOND_ASCII = re.compile("[^\x00-\x7f]+")
_ASCII_WORDS = re.compile("[a-z0-9]+")
_PLAIN_WORDS = re.compile(r"[^\W_]+")
# Scripts written without spaces: each letter is a token of its own, so words match as substrings.
_UNSPACED = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u303c\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"  # Han
    "\u3041-\u3098\u309d-\u30ff\u31f0-\u31ff\U0001aff0-\U0001b16f"  # kana
    "\u0e00-\u0e7f\u0e80-\u0eff\u1780-\u17ff\u19e0-\u19ff\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f"
    # Thai, Lao, Khmer, Myanmar
)
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_LONGEST_REMEMBERED_RUN = 12


def fold(text: str) -> str:
    """Return `text` without the differences of case, accents and width that readers do not mean.

    Idempotent, and equal for NFC and NFD spellings of one text.
    """
    if text.isascii():
        return text.lower()
    return _BEYOND_ASCII.sub(_fold_match, text.lower())


def tokens(text: str) -> list[str]:
    """Return the words of `text` in order: maximal runs of letters and numbers of `fold(text)`."""
    folded = text.lower() if text.isascii() else _BEYOND_ASCII.sub(_fold_for_words, text.lower())
    if folded.isascii():
        return _ASCII_WORDS.findall(folded)
    words = _words() if any(map(_needs_care, set(folded))) else _PLAIN_WORDS
    return words.findall(folded)


def _fold_for_words(match: re.Match[str]) -> str:
    run = match[0]
    return _fold_run_for_words(run) if len(run) <= _LONGEST_REMEMBERED_RUN else fold_by_definition(run)


@lru_cache(maxsize=16384)
def _fold_run_for_words(run: str) -> str:
    """Fold a run and make a space of its punctuation, so that most Latin text is ASCII when words are cut."""
    folded = fold_by_definition(run)
    return "".join(char if char.isalnum() or _needs_care(char) else " " for char in folded)


def _fold_match(match: re.Match[str]) -> str:
    run = match[0]
    return _fold_short_run(run) if len(run) <= _LONGEST_REMEMBERED_RUN else fold_by_definition(run)


def fold_by_definition(text: str) -> str:
    """Fold a text step by step as the definition reads; `fold` gives the same and is faster on Latin text."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    folded = unicodedata.normalize("NFKD", folded).casefold()
    folded = unicodedata.normalize("NFKD", folded)
    folded = _MARKS.sub("", folded).translate(_LETTERS)
    return unicodedata.normalize("NFC", folded)


_fold_short_run = lru_cache(maxsize=16384)(fold_by_definition)


@lru_cache(maxsize=16384)
def _needs_care(char: str) -> bool:
    """Tell whether a character is a mark or of a script without spaces, where a word is not a mere run of letters."""
    return unicodedata.category(char)[0] == "M" or _IS_UNSPACED.match(char) is not None


@cache
def _words() -> re.Pattern[str]:
    """Build the pattern of a word once, on the first text that needs it: it asks the category of 130,000 characters."""
    marks = [
        code for code in (*range(0x300, 0x20000), *range(0xE0100, 0xE01F0)) if unicodedata.category(chr(code))[0] == "M"
    ]
    mark = "".join(_ranges(marks))
    spaced = rf"[^\W_{_UNSPACED}]"
    return re.compile(rf"(?=[{_UNSPACED}])[^\W_][{mark}]*|{spaced}(?:{spaced}|[{mark}])*")


def _ranges(codes: list[int]) -> list[str]:
    """Write ascending code points as ranges of a character class."""
    spans = []
    for _, group in groupby(enumerate(codes), key=lambda pair: pair[1] - pair[0]):
        span = [code for _, code in group]
        spans.append(f"{re.escape(chr(span[0]))}-{re.escape(chr(span[-1]))}")
    return spans
