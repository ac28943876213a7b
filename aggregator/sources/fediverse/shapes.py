"""ActivityStreams as it really comes: one thing or a list, an id or the thing itself, a text or one by language.

No JSON-LD processor and no context: names are read as servers write them (ActivityStreams 2.0, Vocabulary). What has
another type than it should have counts as not told.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final
from urllib.parse import urlsplit

from aggregator.sources.raw import NOT_TEXT

Thing = dict[str, Any]
MOST: Final = 1_000
"""Of one list so many are read."""
LONGEST_ID: Final = 2_000
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,3}")
NO_LANGUAGE: Final = ("und", "zxx", "mul")


def decode(data: bytes) -> Thing | None:
    """Read a JSON object; None for anything else, or one that is nested too deep."""
    try:
        thing = json.loads(data.decode("utf-8-sig", "replace"), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    return thing if isinstance(thing, dict) else None


def listed(value: Any) -> list[Any]:
    """Return a list of what may stand alone, in a list, or not at all."""
    if value is None:
        return []
    return value[:MOST] if isinstance(value, list) else [value]


def things(value: Any) -> list[Thing]:
    """Return those of one or several values that are objects."""
    return [each for each in listed(value) if isinstance(each, dict)]


def types_of(thing: Thing) -> tuple[str, ...]:
    """Return the types of a thing, without the prefix some servers write."""
    return tuple(each.rpartition(":")[2] for each in listed(thing.get("type", thing.get("@type"))) if _is_text(each))


def type_of(thing: Thing) -> str:
    """Return the first type of a thing; empty for none."""
    return next(iter(types_of(thing)), "")


def id_of(value: Any) -> str | None:
    """Return the id of what is one, or has one; None for what cannot be an address."""
    if isinstance(value, dict):
        value = value.get("id") or value.get("@id") or value.get("href")
    if not isinstance(value, str):
        return None
    value = value.strip()
    return value if 0 < len(value) <= LONGEST_ID and value.isprintable() and " " not in value else None


def ids_of(value: Any) -> tuple[str, ...]:
    """Return the ids of one or several things."""
    return tuple(found for each in listed(value) if (found := id_of(each)))


def web_id(value: Any) -> str | None:
    """Return an id that is an http or https address with a host."""
    found = id_of(value)
    return found if found and origin_of(found) else None


def origin_of(address: str | None) -> tuple[str, int] | None:
    """Return host (lower case) and port of an http or https address: what one party answers for."""
    try:
        parts = urlsplit(address or "")
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return parts.hostname.lower().rstrip("."), port or (443 if parts.scheme == "https" else 80)


def same_host(first: str | None, second: str | None) -> bool:
    """Say whether two addresses are of one party; what is no address is nobody's."""
    origin = origin_of(first)
    return origin is not None and origin == origin_of(second)


def without_fragment(address: str) -> str:
    """Return an address without what stands behind its `#`."""
    return address.partition("#")[0]


def text_of(thing: Thing, name: str) -> str | None:
    """Return a text, also one given by language; None where it is empty or no text."""
    value = thing.get(name)
    if isinstance(value, list):
        value = next((each for each in value if _is_text(each) and each.strip()), None)
    by_language = value if isinstance(value, dict) else thing.get(f"{name}Map")
    if not isinstance(value, str) or not value.strip():
        value = next(iter(texts_by_language(by_language).values()), None)
    return clean(value) if value is not None else None


def texts_by_language(value: Any) -> dict[str, str]:
    """Return what an xMap holds: texts by their languages."""
    if not isinstance(value, dict):
        return {}
    return {key: text for key, text in list(value.items())[:MOST] if _is_text(text) and text.strip()}


def language_of(thing: Thing, text: str | None) -> str | None:
    """Return the language of a thing's content: the one its text stands under in contentMap, else as declared."""
    by_language = texts_by_language(thing.get("contentMap"))
    named = [key for key, value in by_language.items() if clean(value) == text] or list(by_language)[:1]
    declared = thing.get("language", thing.get("inLanguage"))
    if isinstance(declared, dict):
        declared = declared.get("identifier")
    for found in (*named, declared):
        if isinstance(found, str) and _LANGUAGE.fullmatch(found) and found.lower() not in NO_LANGUAGE:
            return found
    return None


def clean(text: str) -> str | None:
    """Return a text without what no text has; None where nothing is left."""
    return NOT_TEXT.sub("", text).strip() or None


def flag(thing: Thing, name: str) -> bool | None:
    """Return a yes or no; None where it is not told."""
    value = thing.get(name)
    return value if isinstance(value, bool) else None


def _is_text(value: Any) -> bool:
    return isinstance(value, str)
