"""`broadsheet db`: the database itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli import faults
from aggregator.cli.console import command
from aggregator.services import upkeep
from aggregator.wiring import migrate_database, restore_database

if TYPE_CHECKING:
    from aggregator.cli.console import Console


@click.group()
def db() -> None:
    """Migrate, check, back up and restore the database."""


@command(db, "migrate")
def migrate(console: Console) -> None:
    """Bring the database to this release, after a copy."""
    backup = migrate_database(console.settings)
    lines = ["The database is up to date."]
    if backup:
        lines.append(f"As it was before: {backup}")
    console.show({"backup": str(backup) if backup else None}, lines)


@command(db, "check")
def check(console: Console) -> int:
    """Check the database."""
    with console.desk() as (desk, actor):
        problems = upkeep.find_problems(desk, actor)
    console.show({"ok": not problems, "problems": list(problems)}, problems or ["The database is whole."])
    return faults.DOES_NOT_HOLD if problems else faults.DONE


@command(db, "canary")
def canary(console: Console) -> int:
    """Show that marks and mutes have no part in any order: change them all on a copy, and rank before and after."""
    from aggregator.services.canary import try_marks  # noqa: PLC0415  # loads the engine

    with console.desk() as (desk, actor):
        found = try_marks(desk, actor)
    differing = [{"list": slug, "rule": rule} for slug, rule in found.differing]
    told = {
        "ok": not differing,
        "marks": found.marks,
        "mutes": found.mutes,
        "orders": found.orders,
        "differing": differing,
    }
    lines = [f"{each['list']} by {each['rule']} differs." for each in differing] or [
        (
            f"{found.marks} marks and {found.mutes} mutes changed at random on a copy;"
            f" {found.orders} orders are the same to the byte."
        )
    ]
    console.show(told, lines)
    return faults.DOES_NOT_HOLD if differing else faults.DONE


@command(db, "backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(console: Console, file: Path) -> None:
    """Write a copy of the database to FILE while everything runs."""
    with console.desk() as (desk, actor):
        upkeep.back_up(desk, actor, file)
    console.show({"file": str(file)}, [f"Copied to {file}."])


@command(db, "restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def restore(console: Console, file: Path) -> None:
    """Put a copy back into a data directory that has no database."""
    hashed = restore_database(console.settings, file)
    console.show({"file": str(file), "sha256": hashed}, [f"Restored from {file}.", f"SHA-256 {hashed}"])
