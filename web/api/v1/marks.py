"""Marks: read, starred, later. Of the member whose token asks, and never part of any order."""

from __future__ import annotations

import re
from typing import Any, Final

from aggregator.errors import BadInputError
from aggregator.model.ids import Uid
from aggregator.services import reading
from web.api.v1 import schemas
from web.api.v1.inputs import UID
from web.api.v1.operations import Body, operation
from web.door import actor, desk

MOST: Final = 500
LONGEST_UNDO: Final = 100
NAMES: Final = ("read", "starred", "later")


def _read_marks(sent: dict[str, Any]) -> dict[str, Any]:
    uids = sent.get("entries")
    if not isinstance(uids, list) or not 1 <= len(uids) <= MOST:
        raise BadInputError("entries", f"1 to {MOST} ids of entries are expected")
    if not all(isinstance(uid, str) and re.fullmatch(UID["pattern"], uid) for uid in uids):
        raise BadInputError("entries", "ids of entries are expected")
    chosen: dict[str, Any] = {name: sent[name] for name in NAMES if name in sent}
    if not chosen or not all(isinstance(value, bool) for value in chosen.values()):
        raise BadInputError("marks", f"at least one of {', '.join(NAMES)} with true or false is expected")
    _no_more(sent, {"entries", *NAMES})
    return {"entries": uids, **chosen}


def _read_undo(sent: dict[str, Any]) -> dict[str, Any]:
    _no_more(sent, {"undo"})
    undo = sent.get("undo")
    if not isinstance(undo, str) or not re.fullmatch(rf"[\w-]{{1,{LONGEST_UNDO}}}", undo, re.ASCII):
        raise BadInputError("undo", "what a marking gave is expected")
    return {"undo": undo}


def _no_more(sent: dict[str, Any], known: set[str]) -> None:
    unknown = sorted(set(sent) - known)
    if unknown:
        raise BadInputError(unknown[0][:50], "there is no such part")


MARKS: Final = Body(
    {
        "type": "object",
        "properties": {
            "entries": {"type": "array", "items": UID, "minItems": 1, "maxItems": MOST},
            **{name: {"type": "boolean"} for name in NAMES},
        },
        "required": ["entries"],
        "anyOf": [{"required": [name]} for name in NAMES],
        "additionalProperties": False,
    },
    _read_marks,
)
UNDO: Final = Body(
    {
        "type": "object",
        "properties": {"undo": {"type": "string", "pattern": rf"^[A-Za-z0-9_-]{{1,{LONGEST_UNDO}}}$"}},
        "required": ["undo"],
        "additionalProperties": False,
    },
    _read_undo,
)


@operation("/marks", method="POST", body=MARKS, answer=schemas.MARKED)
def mark(entries: list[str], **chosen: bool) -> Any:
    """Mark entries; those that are not held are passed over."""
    done = reading.mark(desk(), actor(), [Uid(each) for each in entries], **chosen)
    return {"changed": done.count, "undo": done.id if done.count else None}


@operation("/marks/undo", method="POST", body=UNDO, answer=schemas.MARKED)
def undo(undo: str) -> Any:
    """Take the last marking back."""
    return {"changed": reading.undo(desk(), actor(), undo).count, "undo": None}
