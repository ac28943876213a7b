"""The part of `broadsheet lists` that makes and changes lists."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.console import Instant, command, table
from aggregator.errors import BadInputError
from aggregator.model.clocks import stamp
from aggregator.model.readinglist import Scope, Search
from aggregator.model.timetable import WEEK
from aggregator.services import editions as kept
from aggregator.services import keys, listing
from aggregator.services.listing import ListWish
from aggregator.services.shapes import edition_shape, list_entry_shape

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from aggregator.cli.console import Console
    from aggregator.model.ids import FeedId
    from aggregator.model.member import Actor
    from aggregator.model.readinglist import ReadingList
    from aggregator.services.desk import Desk

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALL = "all"
LIVE = "live"


def _wishes(function: Callable[..., object]) -> Callable[..., object]:
    """Add the options that say what a list is to be."""
    for option in (
        click.option("--place", type=click.IntRange(min=1), metavar="N", help="Where it stands among the lists."),
        click.option("--time-zone", metavar="ZONE", help="By the clocks of this zone, such as Europe/Paris."),
        click.option("--weekdays", metavar="DAYS", help="Days of editions, such as mon,thu; otherwise every day."),
        click.option("--times", metavar="TIMES", help="Times of editions, such as 07:00,18:00; live for none."),
        click.option("--days", type=int, metavar="N", help="How many days it goes back."),
        click.option("--language", "languages", multiple=True, metavar="CODE", help="Only these languages, or all."),
        click.option("--folder", "folders", multiple=True, metavar="PATH", help="Only these folders, or all."),
        click.option("--feed", "feeds", multiple=True, metavar="URL", help="Only these sources, or all."),
        click.option("--words", metavar="WORDS", help="Only what a search for these words finds; all for everything."),
        click.option("--like", type=int, metavar="N", help="Also what is N per cent like the words; 0: words alone."),
        click.option("--rule", metavar="RULE", help="The rule that ranks it."),
    ):
        function = option(function)
    return function


@command(name="add")
@click.argument("title")
@click.option("--slug", metavar="NAME", default="", help="Its name in addresses; otherwise made of the title.")
@click.option("--personal", is_flag=True, help="A list of your own, which nobody else sees.")
@_wishes
def add(
    console: Console, title: str, slug: str, *, personal: bool, rule: str | None, place: int | None, **given: Any
) -> None:
    """Make a list called TITLE."""
    with console.desk() as (desk, actor):
        wish = _changed(desk, actor, ListWish(title=title, rule=rule or "many-voices"), given)
        made = listing.add_list(desk, actor, wish, slug=slug, personal=personal)
        _put(desk, actor, made, place)
    console.show(list_entry_shape(made), [f"Made {made.title}, at /lists/{made.slug}."])


@command(name="set")
@click.argument("name", metavar="LIST")
@click.option("--title", help="What it is called.")
@_wishes
def set_(console: Console, name: str, title: str | None, rule: str | None, place: int | None, **given: Any) -> None:
    """Change LIST: what is not named stays."""
    with console.desk() as (desk, actor):
        held, wish = listing.list_to_change(desk, actor, name)
        wish = replace(wish, title=title or wish.title, rule=rule or wish.rule)
        changed = listing.change_list(desk, actor, held.slug, _changed(desk, actor, wish, given))
        _put(desk, actor, changed, place)
    console.show(list_entry_shape(changed), [f"Changed {changed.title}."])


@command(name="remove")
@click.argument("name", metavar="LIST")
def remove(console: Console, name: str) -> None:
    """Remove LIST; `lists restore` takes that back for 30 days."""
    with console.desk() as (desk, actor):
        gone = listing.remove_list(desk, actor, name)
    console.show(list_entry_shape(gone), [f"Removed {gone.title}. Take it back: broadsheet lists restore {gone.slug}"])


@command(name="restore")
@click.argument("name", metavar="LIST")
def restore(console: Console, name: str) -> None:
    """Take the removal of LIST back."""
    with console.desk() as (desk, actor):
        back = listing.restore_list(desk, actor, name)
    console.show(list_entry_shape(back), [f"{back.title} is back."])


@command(name="editions")
@click.argument("name", metavar="LIST")
@click.option("--before", type=Instant(), metavar="T", help="Only those before T.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, metavar="N", help="At most so many.")
def editions(console: Console, name: str, before: datetime | None, limit: int) -> None:
    """Show the kept editions of LIST, the newest first; `lists show LIST --at T` shows one."""
    with console.desk() as (desk, actor):
        page = kept.editions(desk, actor, name, before=before, limit=limit)
    rows = [(str(stamp(each.at)), f"{each.shown} of {each.candidates} entries") for each in page.items]
    shape = {
        "list": page.list.slug,
        "next": stamp(page.next),
        "kept_days": kept.KEPT_DAYS,
        "editions": [edition_shape(each) for each in page.items],
    }
    console.show(shape, table(rows))


def _put(desk: Desk, actor: Actor, made: ReadingList, place: int | None) -> None:
    if place is not None:
        listing.put_list(desk, actor, made.slug, place)


def _changed(desk: Desk, actor: Actor, wish: ListWish, given: dict[str, Any]) -> ListWish:
    """Give the wish with what was named; `all` names everything again, `live` no times."""
    scope = wish.scope
    scope = Scope(
        feeds=_feeds(desk, actor, given["feeds"]) if given["feeds"] else scope.feeds,
        folders=_parts(given["folders"]) if given["folders"] else scope.folders,
        languages=_parts(given["languages"]) if given["languages"] else scope.languages,
        search=_search(scope.search, given["words"], given["like"]),
    )
    times, weekdays = given["times"], given["weekdays"]
    return replace(
        wish,
        scope=scope,
        days=given["days"] or wish.days,
        times=wish.times if times is None else () if times == LIVE else tuple(times.split(",")),
        weekdays=_weekdays(weekdays) if weekdays else wish.weekdays,
        time_zone=given["time_zone"] or wish.time_zone,
    )


def _search(held: Search | None, words: str | None, like: int | None) -> Search | None:
    """Give the search that is kept from now on: `all` ends it, what is not named stays."""
    if words == ALL or (held is None and words is None):
        return None
    search = replace(held, words=words or held.words) if held else Search(words or "")
    return search if like is None else replace(search, likeness=like or None)


def _parts(named: tuple[str, ...]) -> tuple[str, ...]:
    return () if named == (ALL,) else named


def _feeds(desk: Desk, actor: Actor, named: tuple[str, ...]) -> tuple[FeedId, ...]:
    return () if named == (ALL,) else tuple(keys.source_at(desk, actor, address).feed.id for address in named)


def _weekdays(text: str) -> tuple[int, ...]:
    if text == ALL:
        return WEEK
    names = [name.strip().lower() for name in text.split(",")]
    if not set(names) <= set(DAYS):
        raise BadInputError("weekdays", f"days such as {','.join(DAYS)} are expected")
    return tuple(sorted({DAYS.index(name) for name in names}))
