"""What a search is narrowed to, as a form asks for it: a list, a folder, a source, a language, a kind, days.

And what a list that keeps this search would draw from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.candidates.table import in_scope
from aggregator.errors import BadInputError
from aggregator.model.entry import Kind
from aggregator.model.readinglist import Scope, Search
from aggregator.services.asking import NEWEST_FIRST, find_named
from aggregator.services.kept_search import checked
from aggregator.services.listing import MOST_DAYS, ListWish
from aggregator.services.rights import Right, require
from aggregator.services.searching import NO_WORD
from aggregator.services.sensing import Narrowed
from aggregator.store import folders, lists, subscriptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from aggregator.model.candidate import FeedFacts
    from aggregator.model.ids import FeedId
    from aggregator.model.member import Actor
    from aggregator.model.readinglist import ReadingList
    from aggregator.model.subscription import Folder, SourceTitle
    from aggregator.services.desk import Desk

DAY = timedelta(days=1)
KEPT_DAYS = 30
"""Days a kept search goes back, unless it begins with a day further back."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to narrow a search to, for whoever asks."""

    lists: tuple[ReadingList, ...]
    folders: tuple[Folder, ...]
    sources: tuple[SourceTitle, ...]
    kinds: tuple[Kind, ...] = tuple(Kind)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the form asks for, as it was written; empty means all. `since` and `until` are days such as 2026-02-18."""

    list: str = ""
    folder: str = ""
    source: str = ""
    language: str = ""
    kind: str = ""
    since: str = ""
    until: str = ""


def choices(desk: Desk, actor: Actor) -> Choices:
    """Give what a search can be narrowed to."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        own = lists.get_lists(conn, actor.member.id) if actor.member else ()
        sources = dict.fromkeys(subscriptions.get_sources(conn, actor.group))
        return Choices(
            lists=tuple(each for each in lists.get_lists(conn, actor.group) + own if each.scope.search is None),
            folders=folders.get_folders(conn, actor.group),
            sources=tuple(sorted(sources, key=lambda each: each.title.casefold())),
        )


def narrowed(desk: Desk, actor: Actor, wish: Wish) -> Narrowed | None:
    """Read what the form asks for; None where it asks for nothing. Raises BadInputError, NotFoundError("list")."""
    require(actor, Right.READ)
    if wish == Wish():
        return None
    if wish.kind and wish.kind not in set(Kind):
        raise BadInputError("kind", "one of " + ", ".join(Kind))
    after = _day("since", wish.since)
    languages: tuple[str, ...] = (wish.language,) if wish.language else ()
    with desk.database.read() as conn:
        named = _list(conn, actor, wish)
        scopes = _scopes(named, wish)
        held = subscriptions.get_feed_facts(conn, actor.group) if scopes else ()
    if named is not None:
        after = max(each for each in (after, desk.clock.now() - named.max_age) if each)
        languages = languages or named.scope.languages
    until = _day("until", wish.until)
    return Narrowed(
        languages=languages,
        source=wish.source or None,
        after=after,
        before=until + DAY if until else None,
        kind=Kind(wish.kind) if wish.kind else None,
        feeds=frozenset(_inside(held, scopes)) if scopes else None,
    )


def to_keep(desk: Desk, actor: Actor, words: str, wish: Wish, *, likeness: int | None) -> ListWish:
    """Give the wish for a list that keeps a search: its words, its meaning from `likeness` per cent, what narrows it.

    A source, and a folder of a list, count with the feeds they have now. Raises BadInputError, NotFoundError("list").
    """
    require(actor, Right.READ)
    since, until = _day("since", wish.since), _day("until", wish.until)
    with desk.database.read() as conn:
        named = _list(conn, actor, wish)
        scopes = [scope for scope in _scopes(named, wish) if scope.feeds or scope.folders]
        held = subscriptions.get_feed_facts(conn, actor.group)
    if len(scopes) > 1 or wish.source:
        of_source = [feed for feed in held if wish.source in {"", feed.source}]
        scopes = [Scope(feeds=_inside(of_source, scopes))]
        if not scopes[0].feeds:
            raise BadInputError("source", "none of your sources is in all that was chosen")
    languages = (wish.language,) if wish.language else named.scope.languages if named else ()
    search = checked(
        Search(
            words,
            likeness,
            Kind(wish.kind) if wish.kind in set(Kind) else None,
            since.date() if since else None,
            until.date() if until else None,
        )
    )
    if search is None:
        raise BadInputError("words", NO_WORD)
    days = named.max_age.days if named else KEPT_DAYS
    if since is not None:
        days = min(max(days, (desk.clock.now() - since).days + 1), MOST_DAYS)
    scope = replace(scopes[0] if scopes else Scope(), languages=languages, search=search)
    return ListWish(title=words, rule=NEWEST_FIRST, scope=scope, days=days)


def _list(conn: Connection, actor: Actor, wish: Wish) -> ReadingList | None:
    """Return the list that is chosen. Raises NotFoundError, BadInputError for one that keeps a search itself."""
    named = find_named(conn, actor, wish.list) if wish.list else None
    if named is not None and named.scope.search is not None:
        raise BadInputError("list", "it keeps a search itself: search for the words of both")
    return named


def _scopes(named: ReadingList | None, wish: Wish) -> list[Scope]:
    folder = [Scope(folders=(wish.folder,))] if wish.folder else []
    return ([named.scope] if named else []) + folder


def _inside(held: Sequence[FeedFacts], scopes: Sequence[Scope]) -> tuple[FeedId, ...]:
    """Return the feeds that lie in all scopes."""
    return tuple(feed.id for feed in held if all(in_scope(scope, feed.id, feed.folders) for scope in scopes))


def _day(name: str, text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as exc:
        raise BadInputError(name, "a day such as 2026-02-18 is expected") from exc
