"""`broadsheet bundle`: hand out the selection as a signed file, take one in, follow and check others."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli import faults
from aggregator.cli.console import command, table
from aggregator.errors import BadDocumentError, BusyError, NotFoundError
from aggregator.model.bundle import ChangeKind
from aggregator.model.clocks import stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aggregator.cli.console import Console
    from aggregator.model.bundle import BundleChange, FollowedBundle, FollowedId
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
LARGEST = 5 * 1024 * 1024
LONGEST_LOOK = 60.0
LOOK_EVERY = 0.2
_SAYS = {
    ChangeKind.ADDED: "new source: {title} <{key}>, in {after}",
    ChangeKind.REMOVED: "gone: {title} <{key}>",
    ChangeKind.RENAMED: "renamed: {before} is {after} now",
    ChangeKind.REFILED: "refiled: {title}, from {before} to {after}",
    ChangeKind.REASON: "another reason for {title}: {after}",
    ChangeKind.RULE_NEW: "new rule: {key} ({title}), version {after}",
    ChangeKind.RULE_CHANGED: "rule changed: {key} ({title}), version {before} to {after}",
    ChangeKind.RULE_GONE: "rule gone: {key} ({title})",
}


@click.group()
def bundle() -> None:
    """Hand out the sources and rules as one signed file, take in and follow those of others."""


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
        "followed": [_followed_shape(each) for each in followed],
    }
    console.show(shape, [*table(rows), *(f"follows {each.address}: {_state(each)}" for each in followed)])


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
    shape = {"ok": True, "changes": [_change_shape(each) for each in changes], "recovered": list(recovered)}
    end = "Nothing was changed." if dry_run else "Done."
    console.show(shape, [*recovered, *(_sentence(each) for each in changes), end])
    return faults.DONE


@command(bundle, "follow")
@click.argument("url")
def follow(console: Console, url: str) -> int:
    """Follow the bundle or plain OPML at URL: its changes wait to be accepted or refused."""
    from aggregator.services import bundle_following as following  # noqa: PLC0415  # as above

    with console.desk() as (desk, actor):
        followed_id = following.follow(desk, actor, url)
        _look(desk, actor, followed_id)
        page = following.followed_page(desk, actor, followed_id)
    lines = [_state(page.followed), *(f"{each.word!r}: {_sentence(each)}" for each in page.changes)]
    console.show(_followed_shape(page.followed) | {"changes": [_change_shape(c) for c in page.changes]}, lines)
    return faults.DOES_NOT_HOLD if page.followed.problem else faults.DONE


@command(bundle, "changes")
@click.argument("url")
@click.option("--look", is_flag=True, help="Look at it now first.")
@click.option("--accept", is_flag=True, help="Accept the changes that wait: all, or those named by --only.")
@click.option("--refuse", is_flag=True, help="Refuse the changes that wait.")
@click.option("--only", multiple=True, metavar="CHANGE", help="Accept this one, and refuse all not named.")
def changes(console: Console, url: str, *, look: bool, accept: bool, refuse: bool, only: tuple[str, ...]) -> int:
    """Show what waits of the followed bundle at URL, and decide about it."""
    from aggregator.services import bundle_following as following  # noqa: PLC0415  # as above
    from aggregator.services import importing  # noqa: PLC0415  # as above

    if accept and refuse:
        raise click.UsageError("either --accept or --refuse")
    with console.desk() as (desk, actor):
        followed_id = _followed(desk, actor, url)
        if look:
            following.look_again(desk, actor, followed_id)
            _look(desk, actor, followed_id)
        page = following.followed_page(desk, actor, followed_id)
        if (accept or refuse) and page.followed.identity:
            chosen = () if refuse else only or None
            following.decide(desk, actor, followed_id, page.followed.identity, chosen)
            importing.run_waiting(desk)
    lines = [_state(page.followed), *(f"{each.word!r}: {_sentence(each)}" for each in page.changes)]
    console.show(_followed_shape(page.followed) | {"changes": [_change_shape(c) for c in page.changes]}, lines)
    return faults.DOES_NOT_HOLD if page.followed.problem else faults.DONE


@command(bundle, "fork")
@click.argument("url")
@click.argument("rule", metavar="RULE")
@click.argument("new", metavar="ID")
@click.option("--reason", required=True, help="Why: kept with the version for everybody to read.")
def fork(console: Console, url: str, rule: str, new: str, reason: str) -> None:
    """Publish a copy of RULE of the followed bundle at URL under another id; it keeps where it came from."""
    from aggregator.services import bundle_following as following  # noqa: PLC0415  # as above

    with console.desk() as (desk, actor):
        version = following.fork_rule(desk, actor, _followed(desk, actor, url), rule, new=new, reason=reason)
    console.show({"id": version.slug, "hash": version.hash}, [f"{version.title}, as {version.slug}: {version.hash}."])


@command(bundle, "stop")
@click.argument("url")
def stop(console: Console, url: str) -> None:
    """Follow the bundle at URL no longer; the sources that came by it stay."""
    from aggregator.services import bundle_following as following  # noqa: PLC0415  # as above

    with console.desk() as (desk, actor):
        following.stop_following(desk, actor, _followed(desk, actor, url))
    console.show({"url": url}, [f"{url} is not followed any more."])


def _followed(desk: Desk, actor: Actor, url: str) -> FollowedId:
    from aggregator.services import bundle_following as following  # noqa: PLC0415  # as above

    for each in following.followed_bundles(desk, actor):
        if each.address == url:
            return each.id
    raise NotFoundError("bundle", url)


def _look(desk: Desk, actor: Actor, followed_id: FollowedId) -> None:
    """Wait until the running worker has looked, or look here where none runs."""
    from aggregator.services import bundle_following as following  # noqa: PLC0415  # as above

    try:
        desk.ask.ping()
    except BusyError:
        from aggregator.worker.once import look_at_bundles  # noqa: PLC0415  # the outward client

        look_at_bundles(desk)
        return
    end = time.monotonic() + LONGEST_LOOK
    while time.monotonic() < end:
        held = following.followed_page(desk, actor, followed_id).followed
        if held.due > desk.clock.now():
            return
        time.sleep(LOOK_EVERY)
    raise BusyError("the worker", retry_after=60)


def _read(file: Path) -> bytes:
    if file.stat().st_size > LARGEST:
        raise BadDocumentError(str(file), f"at most {LARGEST} bytes are expected")
    return file.read_bytes()


def _sentence(change: BundleChange) -> str:
    none = "no folder" if change.kind in {ChangeKind.ADDED, ChangeKind.REFILED} else "none"
    return _SAYS[change.kind].format(
        title=change.title, key=change.key, before=change.before or none, after=change.after or none
    )


def _change_shape(change: BundleChange) -> dict[str, str]:
    return {
        "change": change.word,
        "kind": change.kind.value,
        "key": change.key,
        "title": change.title,
        "before": change.before,
        "after": change.after,
    }


def _followed_shape(followed: FollowedBundle) -> dict[str, object]:
    return {
        "url": followed.address,
        "title": followed.title,
        "publisher": followed.publisher,
        "number": followed.number,
        "id": followed.identity,
        "last_ok": stamp(followed.ok),
        "waiting": followed.pending,
        "problem": followed.problem,
    }


def _state(followed: FollowedBundle) -> str:
    if followed.problem:
        return f"Refused: {followed.problem}."
    return "; ".join(_facts(followed)) + "."


def _facts(followed: FollowedBundle) -> Iterator[str]:
    from aggregator.services.bundle_proof import fingerprint  # noqa: PLC0415  # loads cryptography

    yield followed.title or "not looked at yet"
    if followed.publisher:
        yield f"version {followed.number}, its key is {fingerprint(followed.publisher)}"
    elif followed.ok:
        yield "nobody signed it"
    yield "changes wait" if followed.pending else "nothing waits"
