"""Receipts: what an edition was made from, so that anyone can work its order out again without the database.

A receipt holds the canonical rule, the facts that it reads of every candidate (never text), and the outcome. Rows stand
by uid. What follows from other fields (ages, reading minutes, the lottery) is not stored: a fact kept twice lets one
copy be changed unseen. Vectors lie in an annex outside the hash; the hashed part holds a salted hash of each, so that a
deleted entry's vector can be withdrawn while the receipt still stands. verify.py checks a receipt.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import rfc8785

from rankers.arrange import Spread
from rankers.arrange.groups import group_codes
from rankers.candidates import CandidateTable, Labels, Numbers, Vectors, uid_halves
from rankers.models import models_form
from rankers.patterns import ENGINE
from rankers.ranking import PAGE, Ranking
from rankers.score import term_column

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from rankers.arrange.order import Rows
    from rankers.document import RuleDocument
    from rankers.models import ModelName

SCHEMA = "receipt/1"
_GROUPED_BY = ("story", "owner", "source", "folder", "language")


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as RFC 8785 bytes, and the annex of vectors, which may lose entries later; empty where none is read."""

    data: bytes
    annex: bytes


def make_receipt(
    ranking: Ranking, *, list_key: str, version: str, secret: bytes, scope: Mapping[str, Any] | None = None
) -> Receipt:
    """Write the receipt of a ranking: of its shown places, or of the first 50 where the rule has no end.

    version: the rule version's id, "" for a draft. secret: what salts are made from; keep it, and tell nobody.
    scope: what the list drew from, as plain values; what is no candidate was outside it.
    """
    table, document = ranking.table, ranking.document
    by_uid = np.lexsort((table.uid[:, 1], table.uid[:, 0]))
    places = {row: place for place, row in enumerate(by_uid.tolist())}
    ordered = table.take(by_uid)
    annex, hashes = _vectors(ranking, places, secret)
    models = table.models if document.reads_models else ()
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "rule": json.loads(document.canonical),
        "rule_hash": document.hash_with(models),
        "models": models_form(models),
        "version": version,
        "list": list_key,
        "now": table.now,
        "day": table.day,
        "engine": ENGINE,
        "facts": facts_of(document, ordered),
        "vectors": hashes,
        "outcome": outcome(ranking, places),
    }
    if scope is not None:
        content["scope"] = dict(scope)
    content["hash"] = hash_of(content)
    return Receipt(rfc8785.dumps(content), rfc8785.dumps(annex) if annex else b"")


def hash_of(content: Mapping[str, Any]) -> str:
    """Return the hash of a receipt's content but for the hash itself."""
    rest = {key: value for key, value in content.items() if key != "hash"}
    return hashlib.sha256(b"broadsheet receipt/1\n" + rfc8785.dumps(rest)).hexdigest()


def facts_of(document: RuleDocument, table: CandidateTable) -> dict[str, Any]:
    """Return the columns of a table that a rule reads, in the table's order, as JSON can hold them."""
    read = document.columns
    numbers = {**table.numbers, **table.flags}
    columns: dict[str, Any] = {
        "uid": [table.uid_hex(row) for row in range(len(table))],
        "time": table.time.tolist(),
        "numbers": {name: _numbers(column) for name, column in numbers.items() if name in read},
        "keys": {name: _keys(table, name) for name in _grouped_by(document) if _has_key(table, name)},
        "bits": {key: _packed(bits) for key, bits in _bits(document, table)},
    }
    if "age_known" in read:
        columns["age_known"] = _packed(table.age_known)
    return columns


def table_of(
    facts: Mapping[str, Any], now: int, day: str, vectors: Vectors | None, models: tuple[ModelName, ...] = ()
) -> CandidateTable:
    """Return the table that a receipt's facts describe. Raises KeyError, TypeError or ValueError where they do not."""
    size = len(facts["uid"])
    everything = "f" * 2 * ((size + 7) // 8)
    time = np.array(facts["time"], dtype=np.int64)
    if len(time) != size:
        raise ValueError("not every entry has a time")
    numbers = {name: _read_numbers(column, size) for name, column in facts["numbers"].items()}
    return CandidateTable(
        now=now,
        day=day,
        uid=uid_halves(facts["uid"]),
        time=time,
        age_known=_unpacked(facts.get("age_known", everything), size),
        numbers=numbers,
        flags=numbers,
        labels={name: _read_keys(column, size) for name, column in facts["keys"].items()},
        leaves={key: _unpacked(bits, size) for key, bits in facts["bits"].items()},
        vectors=vectors,
        models=models,
    )


def outcome(ranking: Ranking, places: Mapping[int, int]) -> dict[str, Any]:
    """Return what a ranking made of its facts; entries are named by their place among the uids."""
    shown = ranking.order(0, ranking.length if ranking.document.length else PAGE)
    table = ranking.table.take(shown)
    terms = [term_column(term, table).points.tolist() for term in ranking.document.scores]
    lines = {line.id: number for number, line in enumerate(ranking.document.filters)}
    return {
        "shown": [
            {"entry": places[row], "terms": [points[at] for points in terms], "total": int(ranking.totals[row])}
            for at, row in enumerate(shown.tolist())
        ],
        "steps": [
            {"step": record.name, "takes": [list(take) for take in record.takes], "kept": record.kept}
            for record in ranking.records
        ],
        "reached": _reached(ranking, len(shown)),
        "withheld": sorted([places[row], [lines[line] for line in ids]] for row, ids in ranking.withheld.items()),
        "folded": sorted([places[row], places[lead]] for row, lead in ranking.folded.items()),
        "after_end": ranking.counts.after_end,
    }


def salted_hash(salt: bytes, vector: bytes) -> str:
    """Return the hash by which a receipt knows a vector without holding it."""
    return hashlib.sha256(salt + vector).hexdigest()


def _reached(ranking: Ranking, shown: int) -> int:
    """Return how many places of the base order the recorded takes reach."""
    reached = shown
    for record in reversed(ranking.records):
        reached = max([reached, *(place + jump + 1 for place, jump in record.takes)])
    return reached


def _grouped_by(document: RuleDocument) -> Iterator[str]:
    """Yield the keys that steps and the lottery go by."""
    stepped = {fact for step in document.arrange for fact in step.facts()}
    for name in _GROUPED_BY:
        if name in stepped or (name == "source" and "lottery" in document.reads):
            yield name


def _has_key(table: CandidateTable, name: str) -> bool:
    return name in table.labels or name in table.sets


def _keys(table: CandidateTable, name: str) -> dict[str, Any]:
    """Return codes, and the names of sources, since lots are drawn by them; other names stay at home."""
    codes = group_codes(table, name)
    used, own = np.unique(codes[codes >= 0], return_inverse=True)
    written = np.full(len(codes), -1)
    written[codes >= 0] = own
    names = [table.labels[name].vocabulary[code] for code in used.tolist()] if name == "source" else len(used)
    return {"codes": written.tolist(), "names": names}


def _read_keys(column: Mapping[str, Any], size: int) -> Labels:
    codes = np.array(column["codes"], dtype=np.int32)
    given = column["names"]
    names = tuple(map(str, range(given))) if isinstance(given, int) else tuple(map(str, given))
    if len(codes) != size or (size and not -1 <= codes.min() <= codes.max() < max(len(names), 1)):
        raise ValueError("a key's codes do not fit its names")
    return Labels(codes, names)


def _numbers(column: Numbers) -> dict[str, Any]:
    values = np.where(column.present, column.values, 0)
    return {"values": values.tolist(), "present": _packed(column.present)}


def _read_numbers(column: Mapping[str, Any], size: int) -> Numbers:
    values = np.array(column["values"], dtype=np.int64)
    if len(values) != size:
        raise ValueError("not every entry has a number")
    return Numbers(values, _unpacked(column["present"], size))


def _bits(document: RuleDocument, table: CandidateTable) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield a column of bits for each text pattern and each test on labels."""
    for leaf in document.leaves:
        if leaf.key in table.leaves:
            yield leaf.key, table.leaves[leaf.key]
    for condition in document.conditions:
        for test in condition.label_tests():
            yield test.key, test.match(table)


def _packed(bits: NDArray[np.bool_]) -> str:
    return np.packbits(bits).tobytes().hex()


def _unpacked(text: str, size: int) -> NDArray[np.bool_]:
    packed = np.frombuffer(bytes.fromhex(text), dtype=np.uint8)
    if len(packed) != (size + 7) // 8:
        raise ValueError("a column of bits has not one for each entry")
    return np.unpackbits(packed, count=size).astype(np.bool_)


def _vectors(ranking: Ranking, places: Mapping[int, int], secret: bytes) -> tuple[dict[str, Any], list[list[Any]]]:
    """Return the annex (by uid: salt and vector) and [entry, salted hash] of the vectors that spread looked at."""
    table = ranking.table
    annex: dict[str, Any] = {}
    hashes: list[list[Any]] = []
    for row in _looked_at(ranking).tolist():
        if table.vectors is None or not table.vectors.present[row]:
            continue
        uid = table.uid_hex(row)
        salt = hashlib.sha256(secret + bytes.fromhex(uid)).digest()[:16]
        vector = table.vectors.values[row].tobytes()
        annex[uid] = {"salt": salt.hex(), "vector": vector.hex()}
        hashes.append([places[row], salted_hash(salt, vector)])
    return annex, sorted(hashes)


def _looked_at(ranking: Ranking) -> Rows:
    for line, step in ranking.steps:
        if isinstance(line, Spread) and line.by == "meaning":
            return step.incoming.first(line.depth)
    return np.empty(0, dtype=np.intp)
