"""The words of the statement and of reasons, one TOML file a language, and the small grammar they are written in."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources


@cache
def messages(language: str) -> dict[str, str]:
    """Return a language's messages by dotted name. Raises LookupError where there are none."""
    place = resources.files(__name__) / f"{language}.toml"
    if not language.isalpha() or not place.is_file():
        raise LookupError(f"no messages in {language!r}")
    return dict(_flat(tomllib.loads(place.read_text("utf-8")), ""))


def _flat(table: dict[str, object], prefix: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            pairs += _flat(value, f"{prefix}{key}.")
        else:
            pairs.append((prefix + key, str(value)))
    return pairs
