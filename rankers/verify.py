"""Checking a receipt from the receipt alone.

It proves that the order follows from the facts and the rule; not that the facts are true, that no candidate was
missing, or which code ran. Whoever shows the result says so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rankers.candidates import CandidateTable, Vectors
from rankers.document import read_canonical
from rankers.models import read_models
from rankers.problems import RuleError
from rankers.ranking import Ranking
from rankers.receipt import SCHEMA, hash_of, outcome, salted_hash, table_of
from rankers.score import score

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rankers.document import RuleDocument
    from rankers.models import ModelName

MOST_ENTRIES = 100_000
_SECTIONS = ("withheld", "folded", "shown", "steps", "reached", "after_end")


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a receipt first does not hold: the section, the entry's uid where it is about one, both values as text."""

    section: str
    entry: str | None
    recorded: str
    found: str


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a receipt holds. notes: what was taken as given, in plain words. models: those its facts came from."""

    difference: Difference | None
    rule_hash: str
    receipt_hash: str
    entries: int
    notes: tuple[str, ...]
    models: tuple[ModelName, ...] = ()

    @property
    def holds(self) -> bool:
        """Tell whether all that the receipt says follows from its facts."""
        return self.difference is None


class _FalseError(Exception):
    def __init__(self, section: str, recorded: object, found: object, entry: str | None = None) -> None:
        self.difference = Difference(section, entry, _short(recorded), _short(found))
        super().__init__(section)


def verify_receipt(data: bytes, annex: bytes = b"") -> Verification:
    """Work a receipt out again and return the first difference. Never raises, whatever the bytes are."""
    content: dict[str, Any] = {}
    notes: list[str] = []
    models: tuple[ModelName, ...] = ()
    difference = None
    try:
        content = _read(data)
        models = models_of(content)
        _check(content, _read(annex) if annex else {}, notes)
    except _FalseError as false:
        difference = false.difference
    except RuleError as fault:
        difference = Difference("rule", None, "a rule", _short(fault.problems[0]))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError) as fault:
        difference = Difference("receipt", None, "a receipt", f"{type(fault).__name__}: {fault}"[:200])
    facts = content.get("facts")
    uids = facts.get("uid") if isinstance(facts, dict) else None
    return Verification(
        difference,
        str(content.get("rule_hash", ""))[:64],
        str(content.get("hash", ""))[:64],
        len(uids) if isinstance(uids, list) else 0,
        tuple(notes),
        models,
    )


def models_of(content: Mapping[str, Any]) -> tuple[ModelName, ...]:
    """Return the models that a receipt names; one from before they were named has none."""
    return read_models(content.get("models", ()))


def _read(data: bytes) -> dict[str, Any]:
    content = json.loads(data, parse_float=_no_float, parse_constant=_no_float)
    if not isinstance(content, dict):
        raise TypeError("expected an object")
    return content


def _no_float(text: str) -> float:
    raise ValueError(f"expected whole numbers, found {text[:40]}")


def _check(content: dict[str, Any], annex: dict[str, Any], notes: list[str]) -> None:
    _same("schema", content["schema"], SCHEMA)
    _same("hash", content["hash"], hash_of(content))
    document = read_canonical(content["rule"])
    _same("rule", content["rule_hash"], document.hash_with(models_of(content)))
    ranking = _ranking(document, content, annex, notes)
    _compare(content["outcome"], outcome(ranking, _Itself()), ranking.table)


def reopen_receipt(data: bytes, annex: bytes, document: RuleDocument) -> Ranking:
    """Rank again what a receipt of our own holds, by the rule it names: the rows stand by uid.

    Raises ValueError where it was made by another rule.
    """
    content = _read(data)
    if content["rule_hash"] != document.hash_with(models_of(content)):
        raise ValueError("the receipt was made by another rule")
    return _ranking(document, content, _read(annex) if annex else {}, [])


def _ranking(document: RuleDocument, content: Mapping[str, Any], annex: Mapping[str, Any], notes: list[str]) -> Ranking:
    """Rank from the facts of a receipt."""
    facts = content["facts"]
    uids = facts["uid"]
    if len(uids) > MOST_ENTRIES:
        raise ValueError(f"expected at most {MOST_ENTRIES} entries")
    if sorted(set(uids)) != uids or any(len(uid) != 32 for uid in uids):  # noqa: PLR2004  # hex of 16 bytes
        raise ValueError("expected each uid once, in order")
    vectors = _vectors(content["vectors"], annex, uids, notes)
    table = table_of(facts, content["now"], content["day"], vectors, models_of(content))
    given = _given(document, content["outcome"]) if vectors is None and content["vectors"] else {}
    return Ranking(document, score(document, table), given=given)


def _given(document: RuleDocument, recorded: Mapping[str, Any]) -> dict[str, tuple[tuple[int, int], ...]]:
    """Return the takes of the step whose vectors are gone."""
    return {
        step["step"]: tuple((int(place), int(jump)) for place, jump in step["takes"])
        for step, line in zip(recorded["steps"], document.arrange, strict=True)
        if "meaning" in line.facts()
    }


def _vectors(hashes: list[list[Any]], annex: Mapping[str, Any], uids: list[str], notes: list[str]) -> Vectors | None:
    """Return the annex's vectors after checking each; None, with a note, where one is missing or withdrawn."""
    held: dict[int, bytes] = {}
    for entry, recorded in hashes:
        own = annex.get(uids[entry])
        if own is None or own.get("withdrawn"):
            notes.append("vectors are missing or were withdrawn: the moves of spread are taken as recorded")
            return None
        vector = bytes.fromhex(own["vector"])
        found = salted_hash(bytes.fromhex(own["salt"]), vector)
        if found != recorded:
            raise _FalseError("vectors", recorded, found, uids[entry])
        held[entry] = vector
    if not held:
        return None
    width = max(map(len, held.values()))
    values = np.zeros((len(uids), width), dtype=np.int8)
    present = np.zeros(len(uids), dtype=np.bool_)
    for entry, vector in held.items():
        values[entry] = np.frombuffer(vector, dtype=np.int8)
        present[entry] = True
    return Vectors(values, present)


class _Itself(dict[int, int]):
    """A receipt's table stands by uid already: each row is its own place."""

    def __missing__(self, row: int) -> int:
        return row


def _compare(recorded: Mapping[str, Any], found: Mapping[str, Any], table: CandidateTable) -> None:
    for section in _SECTIONS:
        one, other = recorded[section], found[section]
        if one == other:
            continue
        if not isinstance(one, list) or section == "steps":
            raise _FalseError(section, one, other)
        for place in range(max(len(one), len(other))):
            was = one[place] if place < len(one) else None
            now = other[place] if place < len(other) else None
            if was != now:
                raise _FalseError(section, was, now, _entry(was if now is None else now, table))
    unknown = recorded.keys() - set(_SECTIONS)
    if unknown:
        raise _FalseError("outcome", sorted(unknown), list(_SECTIONS))


def _entry(item: Any, table: CandidateTable) -> str | None:
    row = item["entry"] if isinstance(item, dict) else item[0]
    return table.uid_hex(row) if isinstance(row, int) and 0 <= row < len(table) else None


def _same(section: str, recorded: object, found: object) -> None:
    if recorded != found:
        raise _FalseError(section, recorded, found)


def _short(value: object) -> str:
    return str(value)[:200]
