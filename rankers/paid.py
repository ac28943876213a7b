"""The published list of words by which publishers mark what was paid for.

An entry is paid for where one of its categories or labels, folded, is on this list. A line of a rule that asks for
one of these words may not add points (ranking-semantics 5).
"""

from __future__ import annotations

from rankers.words import tokens

PAID_WORDS: tuple[str, ...] = (
    "advert",
    "advertisement",
    "advertising",
    "advertorial",
    "affiliate",
    "anuncio",
    "anzeige",
    "brand content",
    "branded content",
    "contenido patrocinado",
    "contenu sponsorise",
    "iklan",
    "native advertising",
    "paid content",
    "paid partnership",
    "paid post",
    "partner content",
    "patrocinado",
    "promoted",
    "publicidad",
    "publicite",
    "publireportage",
    "reklama",
    "sponsored",
    "sponsored content",
    "sponsored post",
    "sponsorise",
    "werbung",
    "إعلان",
    "محتوى مدفوع",
    "реклама",
    "광고",
    "협찬",
    "広告",
    "广告",
)
_PAID = frozenset(" ".join(tokens(word)) for word in PAID_WORDS)


def is_paid_word(words: str) -> bool:
    """Tell whether a category, label or pattern is on the list; a final * of a pattern is looked past."""
    joined = " ".join(tokens(words))
    if words.endswith("*"):
        return any(word.startswith(joined) for word in _PAID)
    return joined in _PAID
