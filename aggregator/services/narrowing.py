"""What a search is narrowed to, as a form asks for it: a list, a folder, a source, a language, a kind, days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.candidates.table import in_scope
from aggregator.errors import BadInputError
from aggregator.model.entry import Kind
from aggregator.model.readinglist import Scope
from aggregator.services.asking import find_named
from aggregator.services.rights import Right, require
from aggregator.services.sensing import Narrowed
from aggregator.store import folders, lists, subscriptions

if TYPE_CHECKING:
    from aggregator.model.member import Actor
    from aggregator.model.readinglist import ReadingList
    from aggregator.model.subscription import Folder, SourceTitle
    from aggregator.services.desk import Desk

DAY = timedelta(days=1)


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
            lists=lists.get_lists(conn, actor.group) + own,
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
    scopes, now = [], desk.clock.now()
    after = _day("since", wish.since)
    languages: tuple[str, ...] = (wish.language,) if wish.language else ()
    with desk.database.read() as conn:
        if wish.list:
            named = find_named(conn, actor, wish.list)
            scopes.append(named.scope)
            after = max(each for each in (after, now - named.max_age) if each)
            languages = languages or named.scope.languages
        if wish.folder:
            scopes.append(Scope(folders=(wish.folder,)))
        held = subscriptions.get_feed_facts(conn, actor.group) if scopes else ()
    inside = {feed.id for feed in held if all(in_scope(scope, feed.id, feed.folders) for scope in scopes)}
    until = _day("until", wish.until)
    return Narrowed(
        languages=languages,
        source=wish.source or None,
        after=after,
        before=until + DAY if until else None,
        kind=Kind(wish.kind) if wish.kind else None,
        feeds=frozenset(inside) if scopes else None,
    )


def _day(name: str, text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as exc:
        raise BadInputError(name, "a day such as 2026-02-18 is expected") from exc
