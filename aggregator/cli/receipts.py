"""`broadsheet receipt` and `broadsheet verify`: what an order was made from, and checking it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli import faults
from aggregator.cli.console import Instant, command
from aggregator.errors import BadDocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from aggregator.cli.console import Console
    from rankers import Difference, Verification

LARGEST = 64 * 1024 * 1024
"""A receipt of 100,000 candidates has about 10 MB."""
PROVES = (
    "It proves that this order follows from these facts by this rule; "
    "not that the facts are true, that no entry was missing, or which code ran."
)


@command(name="receipt")
@click.argument("name", metavar="LIST")
@click.option("--rule", metavar="RULE", help="Under this rule; otherwise under the list's own.")
@click.option("--at", type=Instant(), metavar="T", help="As it stood at T.")
def receipt(console: Console, name: str, rule: str | None, at: datetime | None) -> None:
    """Write what the order of a list was made from, for anyone to work out again."""
    from aggregator.services import receipts  # noqa: PLC0415  # loads the database's libraries

    with console.desk() as (desk, actor):
        made = receipts.make(desk, actor, name, rule=rule, at=at)
    click.echo(made.data.decode())


@command(name="verify")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--annex", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The receipt's vectors.")
@click.option(
    "--facts",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DATA",
    help="Compare the facts too, with those of the instance in this data directory.",
)
def verify(console: Console, file: Path, annex: Path | None, facts: Path | None) -> int:
    """Work a receipt out again, from itself alone; 1 with the first difference if it does not hold.

    FILE may also be the signed envelope of a rule's version.
    """
    data = _read(file)
    if _is_envelope(data):
        return _envelope(console, data)
    from rankers import verify_receipt  # noqa: PLC0415  # loads NumPy

    found = verify_receipt(data, _read(annex) if annex else b"")
    difference = found.difference
    if difference is None and facts is not None:
        difference = _facts(replace(console, settings=replace(console.settings, data=facts)), data)
    console.show(_shape(found, difference, facts_checked=facts is not None), _lines(found, difference, facts))
    return faults.DOES_NOT_HOLD if difference else faults.DONE


def _facts(console: Console, data: bytes) -> Difference | None:
    from aggregator.services import receipts  # noqa: PLC0415  # as above

    with console.desk() as (desk, actor):
        return receipts.check_facts(desk, actor, data)


def _envelope(console: Console, data: bytes) -> int:
    from aggregator.services.versions import check_envelope  # noqa: PLC0415  # loads cryptography

    found = check_envelope(data)
    sentence = (
        f"It does not hold: {found.problem}."
        if found.problem
        else f"The version {found.identity} holds: its rule, its words and its signature belong together."
    )
    console.show({"ok": not found.problem, "version": found.identity, "problem": found.problem}, [sentence])
    return faults.DOES_NOT_HOLD if found.problem else faults.DONE


def _shape(found: Verification, difference: Difference | None, *, facts_checked: bool) -> dict[str, object]:
    from rankers import models_form  # noqa: PLC0415  # as above

    return {
        "ok": difference is None,
        "rule": found.rule_hash,
        "receipt": found.receipt_hash,
        "entries": found.entries,
        "models": models_form(found.models),
        "facts_checked": facts_checked,
        "notes": list(found.notes),
        "difference": None
        if difference is None
        else {
            "section": difference.section,
            "entry": difference.entry,
            "recorded": difference.recorded,
            "found": difference.found,
        },
    }


def _lines(found: Verification, difference: Difference | None, facts: Path | None) -> Iterator[str]:
    if difference is not None:
        entry = f", entry {difference.entry}" if difference.entry else ""
        yield f"It does not hold. The first difference is in {difference.section}{entry}:"
        yield f"  written: {difference.recorded}"
        yield f"  found:   {difference.found}"
        return
    yield f"It holds: {found.entries} entries by the rule {found.rule_hash[:16]}."
    if facts is not None:
        yield f"Its facts are those stored in {facts}."
    for model in found.models:
        yield f"What it says of meaning came from the model {model.name} ({model.sha256[:16]})."
    yield from found.notes
    yield PROVES


def _is_envelope(data: bytes) -> bool:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and "version" in content and "sig" in content


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST:
            raise BadDocumentError(str(file), f"at most {LARGEST} bytes are expected")
        return file.read_bytes()
    except OSError as exc:
        raise BadDocumentError(str(file), f"cannot be read: {exc.strerror}") from exc
