"""`broadsheet init`: make the instance where there is none, and print a one-time link."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.console import command
from aggregator.services import accounts, importing, subscribing

if TYPE_CHECKING:
    from aggregator.cli.console import Console
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk


@command(name="init")
@click.option(
    "--starter",
    metavar="FILE.opml",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Import these sources if there are none yet.",
)
def init(console: Console, starter: Path | None) -> None:
    """Make the instance where there is none, and print a one-time link."""
    with console.desk(create=True) as (desk, actor):
        imported = _import_starter(desk, actor, starter)
        address = accounts.link_address(desk, accounts.make_link(desk))
        set_up = accounts.instance(desk).set_up
    lines = [f"Instance in {console.settings.data}."]
    if imported is not None:
        lines.append(f"{imported} sources imported from {starter}.")
    lines.append("Open this link to sign in:" if set_up else "Open this link to set the instance up:")
    # The address stands alone on its line: a terminal can open it, a script can read it.
    # Nothing may serve it yet, and `up --port` serves another one: it prints its own, as long as one is needed.
    lines += [address, "It works once, within 24 hours, while `broadsheet up` or `broadsheet web` serves that address."]
    console.show({"data": str(console.settings.data), "link": address, "imported": imported, "set_up": set_up}, lines)


def _import_starter(desk: Desk, actor: Actor, starter: Path | None) -> int | None:
    """Import the starter where there are no sources; gives how many are new, None where nothing was imported."""
    if starter is None or subscribing.sources(desk, actor):
        return None
    job = importing.start_import(desk, actor, starter.name, starter.read_bytes())
    importing.run_waiting(desk)
    return importing.counts(desk, actor, job).new
