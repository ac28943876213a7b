"""The part of `broadsheet bundle` about the bundles of others: follow them, decide about changes, copy from them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from aggregator.cli import faults
from aggregator.cli.bundle_shapes import change_shape, followed_shape, sentence, state
from aggregator.cli.console import command
from aggregator.errors import BusyError, NotFoundError

if TYPE_CHECKING:
    from aggregator.cli.console import Console
    from aggregator.model.bundle import FollowedId
    from aggregator.model.member import Actor
    from aggregator.services.bundle_following import FollowedPage
    from aggregator.services.desk import Desk

LONGEST_LOOK = 60.0
LOOK_EVERY = 0.2


@command(name="follow")
@click.argument("url")
def follow(console: Console, url: str) -> int:
    """Follow the bundle or plain OPML at URL: its changes wait to be accepted or refused."""
    from aggregator.services import bundle_following as following  # noqa: PLC0415  # loads the database's libraries

    with console.desk() as (desk, actor):
        followed_id = following.follow(desk, actor, url)
        _look(desk, actor, followed_id)
        page = following.followed_page(desk, actor, followed_id)
    return _show(console, page)


@command(name="changes")
@click.argument("url")
@click.option("--look", is_flag=True, help="Look at it now first.")
@click.option("--accept", is_flag=True, help="Accept the changes that wait: all, or those named by --only.")
@click.option("--refuse", is_flag=True, help="Refuse the changes that wait.")
@click.option("--only", multiple=True, metavar="CHANGE", help="Accept this one, and refuse all not named.")
def changes(console: Console, url: str, *, look: bool, accept: bool, refuse: bool, only: tuple[str, ...]) -> int:
    """Show what waits of the followed bundle at URL, and decide about it."""
    from aggregator.services import bundle_following as following  # noqa: PLC0415  # loads the database's libraries
    from aggregator.services import importing  # noqa: PLC0415  # loads the database's libraries

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
    return _show(console, page)


@command(name="fork")
@click.argument("url")
@click.argument("rule", metavar="RULE")
@click.argument("new", metavar="ID")
@click.option("--reason", required=True, help="Why: kept with the version for everybody to read.")
def fork(console: Console, url: str, rule: str, new: str, reason: str) -> None:
    """Publish a copy of RULE of the followed bundle at URL under another id; it keeps where it came from."""
    from aggregator.services import bundle_copying  # noqa: PLC0415  # loads the database's libraries

    with console.desk() as (desk, actor):
        version = bundle_copying.fork_rule(desk, actor, _followed(desk, actor, url), rule, new=new, reason=reason)
    console.show({"id": version.slug, "hash": version.hash}, [f"{version.title}, as {version.slug}: {version.hash}."])


@command(name="copy-list")
@click.argument("url")
@click.argument("name", metavar="LIST")
@click.argument("new", metavar="ID")
@click.option("--reason", required=True, help="Why: kept with its rule, where that is copied along.")
def copy_list(console: Console, url: str, name: str, new: str, reason: str) -> None:
    """Make a list like LIST of the followed bundle at URL, called ID in addresses, with the rule that ranks it."""
    from aggregator.services import bundle_copying  # noqa: PLC0415  # loads the database's libraries

    with console.desk() as (desk, actor):
        followed_id = _followed(desk, actor, url)
        copied = bundle_copying.copy_list(desk, actor, followed_id, name, new=new, reason=reason)
    lines = [f"{copied.list.title}, as {copied.list.slug}.", *(f"Not here: {each}" for each in copied.missing)]
    console.show({"id": copied.list.slug, "title": copied.list.title, "missing": list(copied.missing)}, lines)


@command(name="stop")
@click.argument("url")
def stop(console: Console, url: str) -> None:
    """Follow the bundle at URL no longer; the sources that came by it stay."""
    from aggregator.services import bundle_following as following  # noqa: PLC0415  # loads the database's libraries

    with console.desk() as (desk, actor):
        following.stop_following(desk, actor, _followed(desk, actor, url))
    console.show({"url": url}, [f"{url} is not followed any more."])


def _show(console: Console, page: FollowedPage) -> int:
    """Show how it stands with a followed bundle, and what waits."""
    lines = [state(page.followed), *(f"{each.word!r}: {sentence(each)}" for each in page.changes)]
    console.show(followed_shape(page.followed) | {"changes": [change_shape(c) for c in page.changes]}, lines)
    return faults.DOES_NOT_HOLD if page.followed.problem else faults.DONE


def _followed(desk: Desk, actor: Actor, url: str) -> FollowedId:
    from aggregator.services import bundle_following as following  # noqa: PLC0415  # loads the database's libraries

    for each in following.followed_bundles(desk, actor):
        if each.address == url:
            return each.id
    raise NotFoundError("bundle", url)


def _look(desk: Desk, actor: Actor, followed_id: FollowedId) -> None:
    """Wait until the running worker has looked, or look here where none runs."""
    from aggregator.services import bundle_following as following  # noqa: PLC0415  # loads the database's libraries

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
