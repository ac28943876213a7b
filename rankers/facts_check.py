"""Checking the facts of a receipt against an archive: what verify.py takes as true, compared with a table made anew."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rankers.document import read_canonical
from rankers.receipt import facts_of
from rankers.verify import Difference, models_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rankers.candidates import CandidateTable
    from rankers.document import RuleDocument
    from rankers.models import ModelName


@dataclass(frozen=True, slots=True)
class CheckedList:
    """What a receipt says of the list it is of. `now`: its tick in seconds. `version`: "" for a draft.

    `scope`: what it drew from; None in a receipt that does not say.
    """

    list: str
    now: int
    version: str
    document: RuleDocument
    scope: dict[str, Any] | None


def read_list(data: bytes) -> CheckedList:
    """Read which list and tick a receipt is of. For one that verify_receipt found to hold."""
    content: dict[str, Any] = json.loads(data)
    document = read_canonical(content["rule"])
    return CheckedList(str(content["list"]), int(content["now"]), content["version"], document, content.get("scope"))


def verify_facts(data: bytes, table: CandidateTable) -> Difference | None:
    """Compare a receipt's facts with those of `table`, made from an archive for the same list and tick.

    Gives the first difference by entry: one that is on one side only, then the first fact that differs.
    """
    content: dict[str, Any] = json.loads(data)
    recorded: dict[str, Any] = content["facts"]
    models = models_of(content)
    if models and set(models) != set(table.models):  # what another model says of the same texts is another fact
        return Difference("models", None, _named(models), _named(table.models))
    by_uid = np.lexsort((table.uid[:, 1], table.uid[:, 0]))
    found = facts_of(read_list(data).document, table.take(by_uid))
    was, now = recorded["uid"], found["uid"]
    if was != now:
        missing, more = sorted(set(was) - set(now)), sorted(set(now) - set(was))
        uid = missing[0] if missing else more[0]
        sides = ("a candidate", "not one") if missing else ("not one", "a candidate")
        return Difference("facts", uid, *sides)
    for name in sorted(recorded.keys() | found.keys()):
        one, other = recorded.get(name), found.get(name)
        if one != other:
            return _first(name, one, other, was)
    return None


def _first(name: str, one: Any, other: Any, uids: list[str]) -> Difference:
    """Find the column, then the entry, where two parts of the facts part."""
    if isinstance(one, dict) and isinstance(other, dict):
        key = next(key for key in sorted(one.keys() | other.keys()) if one.get(key) != other.get(key))
        return _first(f"{name}.{key}", one.get(key), other.get(key), uids)
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other) == len(uids):
        row = next(row for row in range(len(uids)) if one[row] != other[row])
        return Difference(f"facts.{name}", uids[row], str(one[row])[:200], str(other[row])[:200])
    if isinstance(one, str) and isinstance(other, str) and len(one) == len(other) == (len(uids) + 7) // 8 * 2:
        bits, others = (np.unpackbits(np.frombuffer(bytes.fromhex(text), dtype=np.uint8)) for text in (one, other))
        row = int(np.flatnonzero(bits != others)[0])
        return Difference(f"facts.{name}", uids[row], _yes_no(bits[row]), _yes_no(others[row]))
    return Difference(f"facts.{name}", None, str(one)[:200], str(other)[:200])


def _named(models: Iterable[ModelName]) -> str:
    return ", ".join(f"{model.name} {model.sha256[:16]}" for model in sorted(models)) or "none"


def _yes_no(bit: Any) -> str:
    return "yes" if bit else "no"
