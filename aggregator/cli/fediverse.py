"""`broadsheet fediverse`: being told of news by those we read there, what was refused, and servers kept out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aggregator.cli.console import command, table
from aggregator.model.clocks import stamp
from aggregator.services import federating

if TYPE_CHECKING:
    from aggregator.cli.console import Console


@click.group()
def fediverse() -> None:
    """Be told of news by those you read there; keep servers out."""


@command(fediverse, "show")
def show(console: Console) -> None:
    """Show whether we are told of news, by whom, what was refused and why, and who is kept out."""
    with console.desk() as (desk, actor):
        held = federating.federation(desk, actor)
    value = {
        "push": held.push,
        "reachable": held.reachable,
        "followed": [{"actor": one.actor, "name": one.name, "state": one.state.value} for one in held.followed],
        "waiting": held.waiting,
        "refused": [
            {"at": stamp(each.at), "host": each.host, "kind": each.kind, "reason": each.reason}
            for each in held.refusals
        ],
        "blocked": [{"domain": each.domain, "why": each.why} for each in held.blocks],
    }
    lines = [f"Being told of news is {'on' if held.push else 'off'}; {held.waiting} deliveries wait."]
    lines += table([(one.state.value, one.name, one.actor) for one in held.followed])
    lines += [f"Kept out: {each.domain}{f' ({each.why})' if each.why else ''}" for each in held.blocks]
    lines += [f"Refused {stamp(each.at)} {each.host or '-'} {each.kind}: {each.reason}" for each in held.refusals]
    console.show(value, lines)


@command(fediverse, "push")
@click.argument("state", type=click.Choice(["on", "off"]))
def push(console: Console, state: str) -> None:
    """Ask those we read to tell us of news (on), or take that back (off)."""
    with console.desk() as (desk, actor):
        federating.set_push(desk, actor, on=state == "on")
    console.show({"push": state == "on"}, [f"Being told of news is {state}."])


@command(fediverse, "block")
@click.argument("domain")
@click.option("--why", help="For the other stewards.")
def block(console: Console, domain: str, why: str | None) -> None:
    """Keep DOMAIN and all beneath it out, and remove what is held of it."""
    with console.desk() as (desk, actor):
        name = federating.block(desk, actor, domain, why)
    console.show({"domain": name, "blocked": True}, [f"{name} is kept out."])


@command(fediverse, "unblock")
@click.argument("domain")
def unblock(console: Console, domain: str) -> None:
    """Let DOMAIN in again."""
    with console.desk() as (desk, actor):
        federating.unblock(desk, actor, domain)
    console.show({"domain": domain, "blocked": False}, [f"{domain} is let in again."])
