"""`broadsheet rules`: check a rule, publish it, list what is published."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli import faults
from aggregator.cli.console import command, stamp, table
from aggregator.cli.shapes import rule_shape
from aggregator.errors import BadDocumentError
from aggregator.services import editing

if TYPE_CHECKING:
    from aggregator.cli.console import Console

TOML = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def rules() -> None:
    """Check, list and publish ranking rules."""


@command(rules, "check")
@click.argument("file", type=TOML)
def check(console: Console, file: Path) -> int:
    """Say whether FILE is a rule, and what is wrong with it line by line."""
    found = editing.check_rule(_read(file), file=str(file))
    problems = [{"file": p.file, "line": p.line, "column": p.column, "message": p.message} for p in found.problems]
    if found.document is None:
        console.show({"ok": False, "problems": problems}, [str(problem) for problem in found.problems])
        return faults.DOES_NOT_HOLD
    told = {"ok": True, "id": found.document.id, "hash": found.document.hash, "problems": problems}
    console.show(told, [f"{found.document.title}: a rule. Its hash is {found.document.hash}."])
    return faults.DONE


@command(rules, "list")
def list_(console: Console) -> None:
    """Show the rules of this instance."""
    with console.desk() as (desk, actor):
        found = editing.rules(desk, actor)
    shapes = [
        rule_shape(rule) | {"number": rule.number, "plain": rule.plain, "published": stamp(rule.published)}
        for rule in found
    ]
    console.show(shapes, table([(rule.slug, f"version {rule.number}", rule.hash[:12], rule.title) for rule in found]))


@command(rules, "publish")
@click.argument("file", type=TOML)
@click.option("--reason", required=True, help="Why: kept with the version for everybody to read.")
def publish(console: Console, file: Path, reason: str) -> int:
    """Publish FILE as the next version of the rule it names."""
    text = _read(file)
    problems = editing.check_rule(text, file=str(file)).problems
    if problems:
        for problem in problems:
            console.progress(str(problem))
        return faults.DOES_NOT_HOLD
    with console.desk() as (desk, actor):
        version = editing.publish(desk, actor, text, reason)
    console.show(
        rule_shape(version) | {"number": version.number},
        [f"{version.title}, version {version.number}: {version.hash}."],
    )
    return faults.DONE


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise BadDocumentError(str(file), f"cannot be read as text: {exc}") from exc
