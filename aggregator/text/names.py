"""Names of members: which can be had, and which look alike (after Unicode's UTS 39, in small)."""

from __future__ import annotations

import unicodedata

LONGEST = 100
RESERVED = (
    "admin", "administrator", "anonymous", "broadsheet", "editor", "editors", "everybody", "everyone", "group", "host",
    "instance", "me", "member", "members", "moderator", "moderators", "news", "nobody", "null", "official", "operator",
    "owner", "postmaster", "reader", "readers", "root", "security", "staff", "steward", "stewards", "support", "system",
    "team", "undefined", "unknown", "webmaster", "you",
)  # fmt: skip
TOGETHER = (
    # UTS 39 "highly restrictive": scripts that one name may hold together.
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
)
LOOKS_LIKE = str.maketrans(
    # Letters of other scripts, and digits, as the Latin letter they are taken for; i, l and 1 are one.
    "авсԁеѕіјкӏмнорԛгтухѵһԝαβεηικμνορτυχω01ıłi|",  # noqa: RUF001  # that they look alike is the point
    "abcdesljklmhopqrtyxvhwabenlkuvoptuxwolllll",
)
PAIRS = (("rn", "m"), ("vv", "w"))


def clean_name(text: str) -> str:
    """Return a name as it is kept: NFKC, one space between its words."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def name_key(name: str) -> str:
    """Return what two names have in common that a person takes for each other: case, accents, look-alikes."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    # Accents of Latin, Greek and Cyrillic letters; in other scripts marks are letters.
    bare = "".join(letter for letter in folded if not "\u0300" <= letter <= "\u036f")
    key = "".join(letter for letter in bare.translate(LOOKS_LIKE) if letter.isalnum() or not letter.isascii())
    for pair, single in PAIRS:
        key = key.replace(pair, single)
    return unicodedata.normalize("NFC", "".join(key.split()))


def trouble_with(name: str) -> str | None:
    """Say what is wrong with a cleaned name; None where it can be had, as far as the name alone tells."""
    troubles = (
        (not name, "it is empty"),
        (len(name) > LONGEST, f"at most {LONGEST} characters fit"),
        (not name.isprintable(), "it holds characters nobody can see"),
        (not any(letter.isalnum() for letter in name), "it has no letter and no digit"),
        (not _of_one_hand(name), "its letters come from alphabets that are not written together; use one"),
        (name_key(name) in _RESERVED_KEYS, "the instance itself speaks under this name; take another"),
    )
    return next((sentence for wrong, sentence in troubles if wrong), None)


def _of_one_hand(name: str) -> bool:
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in name if letter.isalpha()}
    scripts = {"KATAKANA" if script in {"KATAKANA-HIRAGANA", "HALFWIDTH"} else script for script in scripts}
    return len(scripts) <= 1 or any(scripts <= allowed for allowed in TOGETHER)


_RESERVED_KEYS = frozenset(name_key(word) for word in RESERVED)
