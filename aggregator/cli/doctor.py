"""`broadsheet doctor`: what is well and what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.cli import faults
from aggregator.cli.console import command, table
from aggregator.services import health

if TYPE_CHECKING:
    from aggregator.cli.console import Console


@command(name="doctor")
def doctor(console: Console) -> int:
    """Say what is well and what is not."""
    with console.desk() as (desk, actor):
        parts = health.doctor(desk, actor)
    rows = [("well" if part.ok else "LOOK", part.name, part.said) for part in parts]
    console.show([{"part": part.name, "ok": part.ok, "said": part.said} for part in parts], table(rows))
    return faults.DONE if all(part.ok for part in parts) else faults.DOES_NOT_HOLD
