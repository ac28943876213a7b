"""The words of the statement and of reasons, one TOML file a language, and the small grammar they are written in."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

LANGUAGES = ("en", "fr", "es", "ar", "ms", "ko")
"""The languages a rule is said in. All but English are drafts until a native reader has read them."""


@cache
def messages(language: str) -> dict[str, str]:
    """Return a language's messages by dotted name. Raises LookupError where there are none."""
    if language not in LANGUAGES:
        raise LookupError(f"no messages in {language!r}; there are: {', '.join(LANGUAGES)}")
    place = resources.files(__name__) / f"{language}.toml"
    return dict(_flat(tomllib.loads(place.read_text("utf-8")), ""))


def _flat(table: dict[str, object], prefix: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            pairs += _flat(value, f"{prefix}{key}.")
        else:
            pairs.append((prefix + key, str(value)))
    return pairs
