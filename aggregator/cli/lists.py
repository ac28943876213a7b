"""`broadsheet lists`: the reading lists in their published order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from aggregator.cli import list_changes
from aggregator.cli.console import Instant, command, table
from aggregator.model.clocks import stamp
from aggregator.services import reading, subscribing
from aggregator.services.shapes import list_entry_shape, list_shape, withheld_shape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from aggregator.cli.console import Console
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk
    from aggregator.services.pages import ListedEntry, ListPage, WithheldEntry


@click.group()
def lists() -> None:
    """Show the reading lists and their entries, make and change them."""


for _change in (list_changes.add, list_changes.set_, list_changes.remove, list_changes.restore, list_changes.editions):
    lists.add_command(_change)


@command(lists, "list")
def list_(console: Console) -> None:
    """Show the reading lists."""
    with console.desk() as (desk, actor):
        found = reading.lists(desk, actor)
    shapes = [list_entry_shape(each) for each in found]
    console.show(shapes, table([(each.slug, each.title) for each in found]))


@command(lists, "show")
@click.argument("name", metavar="LIST")
@click.option("--rule", metavar="RULE", help="Under this rule; otherwise under the list's own.")
@click.option("--at", type=Instant(), metavar="T", help="As it stood at T.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="So many, further down where need be.")
@click.option("--left-out", is_flag=True, help="Show what the rule left out instead, with the lines that did it.")
def show(
    console: Console, name: str, rule: str | None, at: datetime | None, limit: int | None, *, left_out: bool
) -> None:
    """Show the entries of LIST in its order."""
    with console.desk() as (desk, actor):
        if left_out:
            withheld = _left_out(desk, actor, name, rule=rule, at=at, limit=limit)
            console.show([withheld_shape(item) for item in withheld], _withheld_lines(withheld))
            return
        page = reading.list_page(desk, actor, name, rule=rule, at=at, limit=limit)
        items = _down_to(desk, actor, page, limit)
        addresses = {source.feed.id: source.feed.address for source in subscribing.sources(desk, actor)}
    console.show(list_shape(page, items, addresses), _lines(page, items))


def _down_to(desk: Desk, actor: Actor, first: ListPage, limit: int | None) -> tuple[ListedEntry, ...]:
    """Go on from the first page: through all that is shown, then further down as far as `limit` asks."""
    slug = first.list.slug
    more = partial(reading.list_page, rule=first.rule.slug, at=first.at, data_version=first.data_version)
    further = partial(reading.further_down, rule=first.rule.slug, at=first.at, data_version=first.data_version)
    items, start = list(first.items), first.next_start
    while start is not None and (limit is None or len(items) < limit):
        page = more(desk, actor, slug, start=start)
        items += page.items
        start = page.next_start
    start = first.counts.shown
    while start is not None and limit is not None and len(items) < limit:
        page = further(desk, actor, slug, start=start)
        items += page.items
        start = page.next_start
    return tuple(items[:limit])


def _left_out(
    desk: Desk, actor: Actor, name: str, *, rule: str | None, at: datetime | None, limit: int | None
) -> tuple[WithheldEntry, ...]:
    page = reading.left_out(desk, actor, name, rule=rule, at=at)
    items = list(page.items)
    while page.next_start is not None and (limit is None or len(items) < limit):
        page = reading.left_out(
            desk, actor, name, rule=page.rule.slug, at=page.at, data_version=page.data_version, start=page.next_start
        )
        items += page.items
    return tuple(items[:limit])


def _lines(page: ListPage, items: tuple[ListedEntry, ...]) -> Iterator[str]:
    of = "edition of " if page.edition else ""
    rule = page.rule
    yield f"{page.list.title}, {of}{stamp(page.at)}, by {rule.title}, version {rule.number}: {rule.plain}"
    for item in items:
        yield f"{item.position:>4}  {item.entry.uid}  {item.entry.title}  ({item.feed_title})"
    counts = page.counts
    yield (
        f"{counts.shown} of {counts.total} entries; {counts.withheld} left out by the rule, "
        f"{counts.folded} told within stories, {counts.further_down} further down."
    )


def _withheld_lines(withheld: tuple[WithheldEntry, ...]) -> Iterator[str]:
    for item in withheld:
        yield f"{item.entry.uid}  {item.entry.title}  ({item.feed_title})"
        for line in item.lines:
            yield f"      {line.line}: {line.why}"
