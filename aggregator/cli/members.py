"""`broadsheet members`: who is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aggregator.cli.console import command, table
from aggregator.services import accounts

if TYPE_CHECKING:
    from aggregator.cli.console import Console


@click.group()
def members() -> None:
    """Show who is here."""


@command(members, "list")
def list_(console: Console) -> None:
    """Show the members and what each is."""
    with console.desk() as (desk, actor):
        found = accounts.member_roles(desk, actor)
    value = [{"name": member.name, "role": role, "language": member.language} for member, role in found]
    console.show(value, table([(member.name, role or "-") for member, role in found]))
