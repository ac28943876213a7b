"""`broadsheet members`: who is here, as what, and how they come in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.console import command, table
from aggregator.errors import BadInputError
from aggregator.model.clocks import stamp
from aggregator.model.member import Role
from aggregator.services import inviting, membership, own_account

if TYPE_CHECKING:
    from aggregator.cli.console import Console
    from aggregator.model.signing_in import MemberLine

ROLES = click.Choice([role.value for role in Role])


@click.group()
def members() -> None:
    """Add, invite, change, suspend and remove members."""


@command(members, "add")
@click.argument("name")
@click.option("--role", type=ROLES, default=Role.READER.value, show_default=True, help="What the member is.")
def add(console: Console, name: str, role: str) -> None:
    """Make a member, and print the one-time link by which NAME sets a password."""
    with console.desk() as (desk, actor):
        member = membership.add(desk, actor, name, role=role)
        link = membership.password_link(desk, actor, member)
    console.show({"name": name, "role": role, "link": link}, ["Hand this link on:", link, *_ONCE])


@command(members, "list")
def list_(console: Console) -> None:
    """Show the members and what each is."""
    with console.desk() as (desk, actor):
        found = membership.member_lines(desk, actor)
    rows = [(line.member.name, line.role or "-", _state(line)) for line in found]
    console.show([_shape(line) for line in found], table(rows))


@command(members, "role")
@click.argument("name")
@click.argument("role", type=ROLES)
def role(console: Console, name: str, role: str) -> None:
    """Change what NAME is: reader, editor or steward. NAME signs in anew."""
    with console.desk() as (desk, actor):
        membership.set_role(desk, actor, membership.find_by_name(desk, actor, name), role)
    console.show({"name": name, "role": role}, [f"{name} is {role} now."])


@command(members, "invite")
@click.option("--role", type=ROLES, default=Role.READER.value, show_default=True, help="What who joins will be.")
@click.option("--days", type=int, default=7, show_default=True, help="How long the link is good.")
@click.option("--uses", type=int, default=1, show_default=True, help="How many may join by it.")
def invite(console: Console, role: str, days: int, uses: int) -> None:
    """Print a link by which people join."""
    with console.desk() as (desk, actor):
        link = inviting.invitation_address(desk, inviting.invite(desk, actor, role=role, days=days, uses=uses))
    value = {"link": link, "role": role, "days": days, "uses": uses}
    console.show(value, ["Hand this link on:", link, f"It is good for {days} days, to join as {role}; uses: {uses}."])


@command(members, "suspend")
@click.argument("name")
def suspend(console: Console, name: str) -> None:
    """Shut NAME out until `members resume`."""
    with console.desk() as (desk, actor):
        membership.suspend(desk, actor, membership.find_by_name(desk, actor, name))
    console.show({"name": name, "suspended": True}, [f"{name} is shut out and signed out everywhere."])


@command(members, "resume")
@click.argument("name")
def resume(console: Console, name: str) -> None:
    """Let a suspended or removed NAME in again."""
    with console.desk() as (desk, actor):
        member = membership.find_by_name(desk, actor, name)
        membership.resume(desk, actor, member)
        membership.restore(desk, actor, member)
    console.show({"name": name, "suspended": False}, [f"{name} may sign in again."])


@command(members, "remove")
@click.argument("name")
def remove(console: Console, name: str) -> None:
    """Remove NAME: shut out now, forgotten with marks, lists and rules of their own after 7 days."""
    with console.desk() as (desk, actor):
        membership.remove(desk, actor, membership.find_by_name(desk, actor, name))
    lines = [f"{name} is removed, and forgotten after {membership.UNDO_DAYS} days; `members resume` takes it back."]
    console.show({"name": name, "removed": True, "days": membership.UNDO_DAYS}, lines)


@command(members, "password-link")
@click.argument("name")
def password_link(console: Console, name: str) -> None:
    """Print a one-time link by which NAME sets a new password."""
    with console.desk() as (desk, actor):
        link = membership.password_link(desk, actor, membership.find_by_name(desk, actor, name))
    console.show({"name": name, "link": link}, ["Hand this link on:", link, *_ONCE])


@command(members, "export")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export(console: Console, name: str, file: Path) -> None:
    """Write all that is kept of NAME to FILE as JSON."""
    with console.desk() as (desk, actor):
        told = own_account.everything_of(desk, actor, membership.find_by_name(desk, actor, name))
    try:
        file.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as exc:
        raise BadInputError(str(file), f"it cannot be written: {exc.strerror}") from exc
    console.show({"name": name, "file": str(file)}, [f"Written to {file}."])


_ONCE = ("It works once, within 24 hours.",)


def _state(line: MemberLine) -> str:
    if line.profile and line.profile.removed:
        return f"removed {stamp(line.profile.removed)}"
    return f"suspended {stamp(line.profile.suspended)}" if line.profile and line.profile.suspended else ""


def _shape(line: MemberLine) -> dict[str, Any]:
    profile = line.profile
    return {
        "name": line.member.name,
        "role": line.role,
        "language": line.member.language,
        "joined": stamp(profile.joined) if profile else None,
        "suspended": stamp(profile.suspended) if profile else None,
        "removed": stamp(profile.removed) if profile else None,
    }
