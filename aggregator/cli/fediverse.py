"""`broadsheet fediverse`: being told of news there, lists that are followed from there, and servers kept out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aggregator.cli.console import command, table
from aggregator.model.clocks import stamp
from aggregator.services import being_followed, federating

if TYPE_CHECKING:
    from aggregator.cli.console import Console
    from aggregator.services.being_followed import FollowedList


@click.group()
def fediverse() -> None:
    """Be told of news by those you read there, let lists be followed from there, keep servers out."""


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


@command(fediverse, "followed")
@click.argument("state", type=click.Choice(["on", "off"]))
def followed(console: Console, state: str) -> None:
    """Let lists that are everybody's be followed from there (on), or none (off): their followers are told so."""
    with console.desk() as (desk, actor):
        being_followed.set_on(desk, actor, on=state == "on")
    console.show({"followed": state == "on"}, [f"Being followed is {state}."])


@command(fediverse, "lists")
def lists(console: Console) -> None:
    """Show which lists can be followed, by what handle, from which servers they are, and what is still to be sent."""
    with console.desk() as (desk, actor):
        held = being_followed.being_followed(desk, actor)
    shapes = [
        {
            "list": one.slug,
            "title": one.title,
            "handle": one.handle,
            "public": one.public,
            "open": one.open,
            "followers": one.followers,
            "domains": [{"domain": domain, "followers": many} for domain, many in one.domains],
        }
        for one in held.lists
    ]
    lines = [f"Being followed is {'on' if held.on else 'off'}; {held.unsent} deliveries are still to be made."]
    lines += table([(one.handle, _stands(one, on=held.on), f"{one.followers} follow it") for one in held.lists])
    lines += [f"{one.handle}: {many} from {domain}" for one in held.lists for domain, many in one.domains]
    console.show({"on": held.on, "unsent": held.unsent, "lists": shapes}, lines)


@command(fediverse, "offer")
@click.argument("name", metavar="LIST")
def offer(console: Console, name: str) -> None:
    """Let LIST be followed where it is everybody's and being followed is on; so is every list nobody withdrew."""
    with console.desk() as (desk, actor):
        being_followed.set_open(desk, actor, name, on=True)
    console.show({"list": name, "open": True}, [f"{name} can be followed where it is everybody's."])


@command(fediverse, "withdraw")
@click.argument("name", metavar="LIST")
def withdraw(console: Console, name: str) -> None:
    """Let LIST be followed no longer: those who follow it are told that it is gone, and their servers forget it."""
    with console.desk() as (desk, actor):
        being_followed.set_open(desk, actor, name, on=False)
    console.show({"list": name, "open": False}, [f"{name} can be followed no more."])


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


def _stands(one: FollowedList, *, on: bool) -> str:
    if not one.public:
        return "for members"
    if not one.open:
        return "withdrawn"
    return "can be followed" if on else "once being followed is on"
