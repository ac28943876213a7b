"""Lists made and changed: the group's by whoever may, a member's own by that member.

A member's own list is seen by nobody else; its name in addresses begins with `my-`, so that it hides no
list of the group.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from aggregator.candidates.table import is_in
from aggregator.errors import BadInputError, ConflictError, NotFoundError
from aggregator.model.readinglist import Scope
from aggregator.model.timetable import HOUR, WEEK, Timetable
from aggregator.services.asking import NEWEST_FIRST, OWN, find_named
from aggregator.services.kept_search import check_count, checked
from aggregator.services.rights import Right, may, require, require_member
from aggregator.store import folders, lists, rules, subscriptions, values
from rankers import fold, tokens

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.ids import OwnerId, RuleId
    from aggregator.model.member import Actor
    from aggregator.model.readinglist import ReadingList
    from aggregator.services.desk import Desk

T = TypeVar("T")
FRONT_PAGE = "front-page"
FOLDER_DAYS = 30
"""Days the list of a folder goes back."""
LONGEST_TITLE = 100
LONGEST_SLUG = 40
TAKEN = frozenset({"new"})
"""What stands in addresses where the name of a list stands."""
MOST_LISTS = 50
MOST_TIMES = 24
MOST_DAYS = 180
"""Entries are held no longer."""
MOST_NAMED = 1000
"""Feeds, folders or languages that one scope names."""
_SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGE = re.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")
_TIME = re.compile("([01]?[0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class ListWish:
    """What somebody wants a list to be: `rule` by its slug, `days` it goes back.

    `times` are times of day such as 07:00, by the clocks of `time_zone`, on `weekdays` (Monday 0); none: a live list.
    """

    title: str
    rule: str
    scope: Scope = field(default_factory=Scope)
    days: int = 7
    times: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = WEEK
    time_zone: str = "UTC"


def add_list(desk: Desk, actor: Actor, wish: ListWish, *, slug: str = "", personal: bool = False) -> ReadingList:
    """Make a list, the last in the order; without a slug it gets one made of its title.

    Raises BadInputError, NotFoundError("rule"), ConflictError where there is one of that slug.
    """
    owner = _owner(actor, personal=personal)
    now = desk.clock.now()
    with desk.database.write() as conn:
        name = _slug(slug or _slug_from(wish.title), personal=personal)
        if len(lists.get_lists(conn, owner)) >= MOST_LISTS:
            raise BadInputError("list", f"there are {MOST_LISTS} lists already")
        scope = _scope(conn, actor, wish.scope)
        if scope.search is not None:
            check_count(conn, owner)
            values.touch(conn)  # the worker looks for words to read where it moved
        lists.add_list(
            conn,
            owner,
            slug=name,
            title=_title(wish.title),
            rule_id=_rule(conn, actor, wish.rule),
            max_age=_age(wish.days),
            time_zone=_zone(wish.time_zone),
            scope=scope,
            feeds_of=actor.group if personal else None,
            timetable=_timetable(wish, now),
        )
        return lists.get_list(conn, owner, name)


def list_of_folder(desk: Desk, actor: Actor, path: str) -> ReadingList:
    """Give the list that draws from a folder and nothing else, made where there is none yet: the group's if one may.

    Raises NotFoundError("folder"), BadInputError where there are too many lists.
    """
    require(actor, Right.OWN_LISTS)
    scope, personal = Scope(folders=(path,)), not may(actor, Right.CHANGE_LISTS)
    with desk.database.read() as conn:
        folder = next((each for each in folders.get_folders(conn, actor.group) if each.path == path), None)
        held = lists.get_lists(conn, actor.group) + (lists.get_lists(conn, actor.member.id) if actor.member else ())
    if folder is None:
        raise NotFoundError("folder", path)
    found = next((each for each in held if each.scope == scope), None)
    if found is not None:
        return found
    wish = ListWish(path[-LONGEST_TITLE:], NEWEST_FIRST, scope, days=FOLDER_DAYS)
    return add_list(desk, actor, wish, slug=f"folder-{folder.id}", personal=personal)


def change_list(desk: Desk, actor: Actor, slug: str, wish: ListWish) -> ReadingList:
    """Make a list what is wished. Its name in addresses stays. Raises NotFoundError, BadInputError."""
    now = desk.clock.now()
    with desk.database.write() as conn:
        held = _changeable(conn, actor, slug)
        timetable = _timetable(wish, now)
        scope = _scope(conn, actor, wish.scope)
        if scope.search is not None:
            check_count(conn, held.owner, but=held.slug)
        was = held.timetable
        if timetable and was and (timetable.times, timetable.days) == (was.times, was.days):
            timetable = was
        lists.set_list(
            conn,
            held.id,
            title=_title(wish.title),
            rule_id=_rule(conn, actor, wish.rule),
            max_age=_age(wish.days),
            time_zone=_zone(wish.time_zone),
            scope=scope,
            timetable=timetable,
        )
        values.touch(conn)  # rankings are known by the data version, and this list has other candidates now
        return lists.get_list(conn, held.owner, held.slug)


def put_list(desk: Desk, actor: Actor, slug: str, place: int) -> None:
    """Put a list at a place, from 1, among those of its owner. Raises NotFoundError."""
    with desk.database.write() as conn:
        held = _changeable(conn, actor, slug)
        others = [each.id for each in lists.get_lists(conn, held.owner) if each.id != held.id]
        others.insert(max(0, place - 1), held.id)
        lists.set_order(conn, others)


def remove_list(desk: Desk, actor: Actor, slug: str) -> ReadingList:
    """Remove a list; `restore_list` takes that back for 30 days. Raises NotFoundError, ConflictError."""
    with desk.database.write() as conn:
        held = _changeable(conn, actor, slug)
        if held.slug == FRONT_PAGE:
            raise ConflictError("list", "the front page stays; its title, rule and scope can be changed")
        lists.remove_list(conn, held.id, desk.clock.now())
        return held


def restore_list(desk: Desk, actor: Actor, slug: str) -> ReadingList:
    """Take a removal back. Raises NotFoundError where there is none to take back."""
    owner = _owner(actor, personal=slug.startswith(OWN))
    with desk.database.write() as conn:
        return lists.restore_list(conn, owner, slug)


def list_to_change(desk: Desk, actor: Actor, slug: str) -> tuple[ReadingList, ListWish]:
    """Give a list and what it is, as a wish to begin a change from. Raises NotFoundError."""
    with desk.database.read() as conn:
        held = _changeable(conn, actor, slug)
        current = rules.get_current_versions(conn, actor.group)
    rule = next((version.slug for version in current if version.rule_id == held.rule_id), "")
    return held, wish_of(held, rule)


def wish_of(held: ReadingList, rule: str) -> ListWish:
    """Say what a list is as a wish that would make it; `rule` is the slug of its rule."""
    times, weekdays = ((), WEEK) if held.timetable is None else (held.timetable.times, held.timetable.days)
    return ListWish(
        title=held.title,
        rule=rule,
        scope=held.scope,
        days=held.max_age.days,
        times=tuple(f"{each // HOUR:02}:{each % HOUR:02}" for each in times),
        weekdays=weekdays,
        time_zone=held.time_zone,
    )


def _owner(actor: Actor, *, personal: bool) -> OwnerId:
    if personal:
        return require_member(actor, Right.OWN_LISTS).id
    require(actor, Right.CHANGE_LISTS)
    return actor.group


def _changeable(conn: Connection, actor: Actor, slug: str) -> ReadingList:
    require(actor, Right.READ)
    _owner(actor, personal=slug.startswith(OWN))
    return find_named(conn, actor, slug)


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not title or len(title) > LONGEST_TITLE or not title.isprintable():
        raise BadInputError("title", f"one to {LONGEST_TITLE} characters are expected")
    return title


def _slug_from(title: str) -> str:
    plain = "-".join(word for word in tokens(fold(title)) if _SLUG.fullmatch(word))
    return plain[: LONGEST_SLUG - len(OWN)].strip("-")


def _slug(text: str, *, personal: bool) -> str:
    slug = text if not personal or text.startswith(OWN) else OWN + text
    if not _SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG or not slug.removeprefix(OWN):
        raise BadInputError("slug", f"small letters, digits and hyphens are expected, at most {LONGEST_SLUG}")
    if slug in TAKEN:
        raise BadInputError("slug", f"{slug} is an address of its own")
    if not personal and slug.startswith(OWN):
        raise BadInputError("slug", f"names that begin with {OWN} are those of members' own lists")
    return slug


def _rule(conn: Connection, actor: Actor, slug: str) -> RuleId:
    found = rules.find_rule(conn, actor.group, slug)
    if found is None:
        raise NotFoundError("rule", slug)
    return found.id


def _age(days: int) -> timedelta:
    if not 1 <= days <= MOST_DAYS:
        raise BadInputError("days", f"1 to {MOST_DAYS} days are expected")
    return timedelta(days=days)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as exc:
        raise BadInputError("time_zone", "a time zone such as Europe/Paris is expected") from exc
    return name


def _timetable(wish: ListWish, now: datetime) -> Timetable | None:
    if not wish.times:
        return None
    found = [_TIME.fullmatch(text.strip()) for text in wish.times]
    times = sorted({int(each[1]) * HOUR + int(each[2]) for each in found if each})
    if None in found or len(times) > MOST_TIMES:
        raise BadInputError("times", f"at most {MOST_TIMES} times such as 07:00 are expected")
    days = tuple(sorted(set(wish.weekdays)))
    if not days or not set(days) <= set(WEEK):
        raise BadInputError("weekdays", "at least one day of the week is expected")
    return Timetable(tuple(times), days, now.replace(microsecond=0))


def _scope(conn: Connection, actor: Actor, scope: Scope) -> Scope:
    if max(map(len, (scope.feeds, scope.folders, scope.languages))) > MOST_NAMED:
        raise BadInputError("scope", f"at most {MOST_NAMED} of each can be named")
    held = {each.feed_id for each in subscriptions.get_subscriptions(conn, actor.group)} if scope.feeds else set()
    if not held.issuperset(scope.feeds):
        raise BadInputError("feeds", "only sources of the group can be named")
    paths = {folder.path for folder in folders.get_folders(conn, actor.group)} if scope.folders else set()
    unknown = [path for path in scope.folders if not any(is_in(each, (path,)) for each in paths)]
    if unknown:
        raise BadInputError("folders", f"there is no folder {unknown[0]!r}")
    if not all(_LANGUAGE.fullmatch(language) for language in scope.languages):
        raise BadInputError("languages", "codes such as en or pt-BR are expected")
    return Scope(_once(scope.feeds), _once(scope.folders), _once(scope.languages), checked(scope.search))


def _once(values: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))
