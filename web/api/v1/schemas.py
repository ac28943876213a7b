"""The shapes of answers as JSON Schema. Only ever added to: a test holds them against what is really answered."""

from __future__ import annotations

from typing import Any, Final

Schema = dict[str, Any]
TEXT: Final[Schema] = {"type": "string"}
MAYBE_TEXT: Final[Schema] = {"type": ["string", "null"]}
NUMBER: Final[Schema] = {"type": "integer"}
MAYBE_NUMBER: Final[Schema] = {"type": ["integer", "null"]}
YES_OR_NO: Final[Schema] = {"type": "boolean"}
UID: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
MAYBE_UID: Final[Schema] = {"type": ["string", "null"], "pattern": "^[0-9a-f]{32}$"}
TIME: Final[Schema] = {"type": "string", "format": "date-time"}
MAYBE_TIME: Final[Schema] = {"type": ["string", "null"], "format": "date-time"}
MICRO: Final[Schema] = {"type": "integer", "description": "micro-points"}


def shape(**properties: Schema) -> Schema:
    """Describe an object that has all of these, and may have more one day."""
    return {"type": "object", "properties": properties, "required": sorted(properties)}


def many(of: Schema) -> Schema:
    """Describe an array."""
    return {"type": "array", "items": of}


def or_null(of: Schema) -> Schema:
    """Describe what may be missing."""
    return {"anyOf": [of, {"type": "null"}]}


RULE: Final = shape(id=TEXT, title=TEXT, hash=TEXT)
RULE_ENTRY: Final = shape(id=TEXT, title=TEXT, hash=TEXT, number=NUMBER, plain=TEXT, published=TIME)
RULE_VERSION: Final = shape(
    id=TEXT, title=TEXT, hash=TEXT, number=NUMBER, plain=TEXT, published=TIME,
    author=MAYBE_TEXT, reason=MAYBE_TEXT, version=TEXT,
)  # fmt: skip
RULE_TEXT: Final = shape(**RULE_VERSION["properties"], toml=TEXT)
LIST_ENTRY: Final = shape(
    id=TEXT, title=TEXT, max_age_days=NUMBER, time_zone=TEXT,
    scope=shape(feeds=many(NUMBER), folders=many(TEXT), languages=many(TEXT)),
)  # fmt: skip
LISTED: Final = shape(
    id=UID, title=TEXT, link=MAYBE_TEXT, feed=MAYBE_TEXT, source=TEXT, published=MAYBE_TIME, position=NUMBER,
    total=MICRO, terms=many(shape(id=TEXT, points=MICRO)),
)  # fmt: skip
LINE_COUNT: Final = shape(line=TEXT, count=NUMBER)
LIST: Final = shape(
    list=TEXT, rule=RULE, at=TIME, entries=many(LISTED), left_out=shape(count=NUMBER, by=many(LINE_COUNT)),
    folded=NUMBER, further_down=NUMBER,
)  # fmt: skip
LIST_PAGE: Final = {**LIST, "properties": {**LIST["properties"], "changed": YES_OR_NO}}  # told where `before` is given
WITHHELD: Final = shape(
    id=UID, title=TEXT, link=MAYBE_TEXT, source=TEXT, published=MAYBE_TIME, lines=many(shape(line=TEXT, why=TEXT))
)
FOLDED: Final = shape(
    id=UID, title=TEXT, link=MAYBE_TEXT, source=TEXT, published=MAYBE_TIME, lead=UID, lead_position=NUMBER
)
WHY: Final = shape(
    entry=UID, list=TEXT, rule=RULE, at=TIME, position=MAYBE_NUMBER, newest_first_position=MAYBE_NUMBER,
    terms=many(
        shape(id=TEXT, signal=MAYBE_TEXT, value=MAYBE_NUMBER, curve_out=NUMBER, points=MICRO, why=TEXT)
    ),
    total=MAYBE_NUMBER,
    moves=many({"type": "object", "properties": {"step": TEXT, "from": NUMBER, "to": NUMBER, "because": many(UID)}}),
    what_if=or_null(many(shape(without=TEXT, position=MAYBE_NUMBER))),
    absence=or_null(shape(place=TEXT, lines=many(shape(line=TEXT, why=TEXT)), lead=MAYBE_UID)),
)  # fmt: skip
ENTRY: Final = shape(
    id=UID, feed=MAYBE_TEXT, guid=MAYBE_TEXT, title=TEXT, link=MAYBE_TEXT,
    authors=many(shape(name=TEXT, uri=MAYBE_TEXT)), published=MAYBE_TIME, updated=MAYBE_TIME, time=TIME,
    first_seen=TIME, language=MAYBE_TEXT, kind=TEXT, categories=many(TEXT),
    enclosures=many(shape(url=TEXT, type=MAYBE_TEXT, length=MAYBE_NUMBER, title=MAYBE_TEXT)), image=MAYBE_TEXT,
    comments=MAYBE_TEXT, words=MAYBE_NUMBER, paid=YES_OR_NO, excerpt=TEXT, content_html=TEXT, summary_html=TEXT,
)  # fmt: skip
DIFF: Final = shape(same_order=YES_OR_NO, changes=many(shape(kind=TEXT, line=MAYBE_TEXT, text=TEXT)))
STATEMENT: Final = shape(
    rule=RULE, language=TEXT,
    sections=many(
        shape(
            key=TEXT, heading=TEXT,
            sentences=many(shape(line=MAYBE_TEXT, text=TEXT, why=TEXT, points=MAYBE_NUMBER, share=MAYBE_NUMBER)),
        )
    ),
)  # fmt: skip
FOUND: Final = shape(id=UID, title=TEXT, link=MAYBE_TEXT, score={"type": "number"}, snippet=TEXT)
SOURCE: Final = shape(
    id=NUMBER, url=TEXT, title=TEXT, folder=MAYBE_TEXT, site=MAYBE_TEXT, last_ok=MAYBE_TIME, next=MAYBE_TIME,
    error=MAYBE_TEXT, fault=MAYBE_TEXT, entries=NUMBER,
)  # fmt: skip
DOCUMENT: Final[Schema] = {"type": "object"}
MARKED: Final = shape(changed=NUMBER, undo=MAYBE_TEXT)
PROBLEM: Final = shape(type=TEXT, title=TEXT, status=NUMBER, detail=TEXT)
