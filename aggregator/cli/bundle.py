"""`broadsheet bundle`: hand out the selection as a signed file, take one in, follow and check others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli import bundle_following as following
from aggregator.cli import faults
from aggregator.cli.bundle_shapes import change_shape, followed_shape, sentence, state
from aggregator.cli.console import command, table
from aggregator.errors import BadDocumentError
from aggregator.model.bundle import ChangeKind
from aggregator.model.clocks import stamp

if TYPE_CHECKING:
    from aggregator.cli.console import Console

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
LARGEST = 5 * 1024 * 1024


@click.group()
def bundle() -> None:
    """Hand out the sources and rules as one signed file, take in and follow those of others."""


for _its in (following.follow, following.changes, following.fork, following.copy_list, following.stop):
    bundle.add_command(_its)


@command(bundle, "export")
@click.argument("name")
@click.option("--reason", help="Why there is a new version: everybody who follows it reads it.")
@click.option("--licence", help="Under which terms others may use the selection.")
@click.option("--show", "number", type=int, metavar="N", help="Write version N as it was handed out; make no new one.")
def export(console: Console, name: str, reason: str | None, licence: str | None, number: int | None) -> None:
    """Write the next version of the bundle NAME to standard output; the newest again where nothing changed."""
    from aggregator.services import bundles  # noqa: PLC0415  # loads the database's libraries

    with console.desk() as (desk, actor):
        if number is None:
            version = bundles.publish_bundle(desk, actor, name, reason, licence=licence)
            number = version.number
            console.progress(f"{name}, version {number}: {version.identity}")
        click.echo(bundles.bundle_file(desk, actor, name, number), nl=False)


@command(bundle, "list")
def list_(console: Console) -> None:
    """Show our bundles with their versions, and the bundles that are followed."""
    from aggregator.services import bundle_following, bundles  # noqa: PLC0415  # as above

    with console.desk() as (desk, actor):
        own, followed = bundles.own_bundles(desk, actor), bundle_following.followed_bundles(desk, actor)
    rows = [
        (each.name, f"version {version.number}", stamp(version.published) or "", version.reason or "")
        for each in own
        for version in each.versions
    ]
    shape = {
        "own": [
            {
                "name": each.name,
                "public": each.public,
                "versions": [
                    {
                        "number": version.number,
                        "id": version.identity,
                        "published": stamp(version.published),
                        "author": version.author,
                        "reason": version.reason,
                    }
                    for version in each.versions
                ],
            }
            for each in own
        ],
        "followed": [followed_shape(each) for each in followed],
    }
    console.show(shape, [*table(rows), *(f"follows {each.address}: {state(each)}" for each in followed)])


@command(bundle, "share")
@click.argument("name")
@click.option("--everybody/--members", "public", required=True, help="Who may follow it.")
def share(console: Console, name: str, *, public: bool) -> None:
    """Let everybody follow our bundle NAME, or members alone."""
    from aggregator.services import bundles  # noqa: PLC0415  # loads the database's libraries

    with console.desk() as (desk, actor):
        bundles.set_public(desk, actor, name, public=public)
        address = f"{desk.address}/bundles/{name}.opml"
    who = "Everybody" if public else "Members"
    console.show({"name": name, "public": public, "address": address}, [f"{who} may follow it at {address}."])


@command(bundle, "verify")
@click.argument("file", type=FILE)
@click.option("--after", type=FILE, help="The version before it: see that FILE follows from that.")
def verify(console: Console, file: Path, after: Path | None) -> int:
    """Check from FILE alone that its publisher signed exactly this; 1 with the first thing that does not hold."""
    from aggregator.services.bundle_proof import (  # noqa: PLC0415  # loads cryptography
        Pinned,
        chain_problem,
        check_bundle,
        fingerprint,
    )

    found = check_bundle(_read(file))
    problem = found.problem
    if after and not problem:
        before = check_bundle(_read(after))
        head = before.document.head if before.document else None
        if head is None or before.problem:
            problem = f"the version before it does not hold: {before.problem}"
        else:
            problem = chain_problem(found, Pinned(head.publisher, head.name, head.number, before.identity))
    head = found.document.head if found.document else None
    shape = {
        "ok": not problem,
        "bundle": found.identity,
        "name": head.name if head else None,
        "number": head.number if head else None,
        "publisher": head.publisher if head else None,
        "problem": problem,
    }
    if problem or head is None:
        console.show(shape, [f"It does not hold: {problem}."])
        return faults.DOES_NOT_HOLD
    who = fingerprint(head.publisher)
    lines = [f"It holds: {head.name}, version {head.number}, {found.identity}.", f"Its key: {who}."]
    console.show(shape, [*lines, "It proves that the holder of this key signed exactly this; not who that is."])
    return faults.DONE


@command(bundle, "import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Say what would change and change nothing.")
@click.option("--full", is_flag=True, help="Also remove, rename and refile as the bundle has it; else only add.")
def import_(console: Console, file: Path, *, dry_run: bool, full: bool) -> int:
    """Take in the sources of the bundle or OPML in FILE. Rules are shown, and copied with `bundle fork`."""
    from aggregator.services import bundles, importing  # noqa: PLC0415  # as above

    data = _read(file)
    with console.desk() as (desk, actor):
        found = bundles.preview(desk, actor, data)
        if found.problem:
            console.show({"ok": False, "problem": found.problem}, [f"It does not hold: {found.problem}."])
            return faults.DOES_NOT_HOLD
        changes = found.changes if full else tuple(c for c in found.changes if c.kind is ChangeKind.ADDED)
        if not dry_run:
            bundles.take_in(desk, actor, file.name, data, full=full)
            importing.run_waiting(desk)
    recovered = found.document.opml.recovered
    shape = {"ok": True, "changes": [change_shape(each) for each in changes], "recovered": list(recovered)}
    end = "Nothing was changed." if dry_run else "Done."
    console.show(shape, [*recovered, *(sentence(each) for each in changes), end])
    return faults.DONE


def _read(file: Path) -> bytes:
    if file.stat().st_size > LARGEST:
        raise BadDocumentError(str(file), f"at most {LARGEST} bytes are expected")
    return file.read_bytes()
