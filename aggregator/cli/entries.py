"""`broadsheet entries`: entries as stored, every field, and one's own marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aggregator.cli.console import command, table
from aggregator.errors import BadInputError, NotFoundError
from aggregator.model.clocks import stamp
from aggregator.model.ids import Uid
from aggregator.services import reading, stored
from aggregator.services.shapes import entry_shape

if TYPE_CHECKING:
    from aggregator.cli.console import Console
    from aggregator.services.stored import StoredEntry


@click.group()
def entries() -> None:
    """Show entries as stored, and mark them."""


@command(entries, "list")
@click.option("--feed", metavar="URL", help="Only those of the feed at this address.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most so many, the newest.")
def list_(console: Console, feed: str | None, limit: int | None) -> None:
    """Show the entries held, newest first."""
    with console.desk() as (desk, actor):
        held = tuple(stored.stored_entries(desk, actor, feed_address=feed, limit=limit))
    rows = [(found.entry.uid, stamp(found.entry.time) or "", found.entry.title) for found in held]
    console.show([_shape(found) for found in held], table(rows))


@command(entries, "show")
@click.argument("entry")
def show(console: Console, entry: str) -> None:
    """Show every field of ENTRY, which is named by its id."""
    with console.desk() as (desk, actor):
        shape = _shape(stored.stored_entry(desk, actor, Uid(entry)))
    console.show(shape, [f"{name}: {_written(value)}" for name, value in shape.items()])


@command(entries, "mark")
@click.argument("entry")
@click.option("--read/--unread", "read", default=None, help="Mark it as read or not.")
@click.option("--star/--unstar", "starred", default=None, help="Put it on the shelf of stars or take it off.")
def mark(console: Console, entry: str, *, read: bool | None, starred: bool | None) -> None:
    """Mark ENTRY, which is named by its id."""
    if read is None and starred is None:
        raise BadInputError("mark", "say which: --read, --unread, --star or --unstar")
    with console.desk() as (desk, actor):
        if stored.stored_entry(desk, actor, Uid(entry)) is None:
            raise NotFoundError("entry", entry)
        changed = reading.mark(desk, actor, [Uid(entry)], read=read, starred=starred).count
    console.show({"entry": entry, "changed": changed}, ["Marked." if changed else "It was marked so already."])


def _shape(found: StoredEntry) -> dict[str, object]:
    return entry_shape(found.entry, found.body, found.feed_address)


def _written(value: object) -> str:
    return "-" if value in (None, [], "") else str(value)
