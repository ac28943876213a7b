"""Mutes: words, sources and people that a member does not want to see, for a time or until taken off.

They are views of a page after ranking: no order changes, places keep their numbers, and what is muted is counted.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from aggregator.errors import BadInputError, NotFoundError
from aggregator.model.mute import MuteKind
from aggregator.services.rights import Right, require_member
from aggregator.store import mutes as stored
from rankers import fold, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregator.model.ids import MuteId
    from aggregator.model.member import Actor
    from aggregator.model.mute import Mute
    from aggregator.services.desk import Desk
    from aggregator.services.pages import ListPage, SeenEntry

LONGEST = 200
MOST = 200
LONGEST_DAYS = 3650


def mutes(desk: Desk, actor: Actor) -> tuple[Mute, ...]:
    """Give what the member mutes now."""
    member = require_member(actor, Right.MARK)
    with desk.database.read() as conn:
        return stored.get_mutes(conn, member.id, desk.clock.now())


def mute(desk: Desk, actor: Actor, kind: str, text: str, *, days: int | None = None) -> None:
    """Mute a word or phrase, a source or a person, for so many days or until it is taken off.

    Raises BadInputError.
    """
    member = require_member(actor, Right.MARK)
    said = " ".join(text.split())
    if not said or len(said) > LONGEST or not said.isprintable():
        raise BadInputError("text", f"one to {LONGEST} characters are expected")
    if kind not in set(MuteKind):
        raise BadInputError("kind", f"one of {', '.join(MuteKind)} is expected")
    if kind == MuteKind.WORDS and not tokens(said):
        raise BadInputError("text", "a word is expected")
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise BadInputError("days", f"1 to {LONGEST_DAYS} days are expected")
    now = desk.clock.now()
    until = None if days is None else now + timedelta(days=days)
    with desk.database.write() as conn:
        stored.delete_expired(conn, member.id, now)
        if len(stored.get_mutes(conn, member.id, now)) >= MOST:
            raise BadInputError("text", f"at most {MOST} can be muted at once")
        stored.put_mute(conn, member.id, MuteKind(kind), said, until=until, now=now)


def unmute(desk: Desk, actor: Actor, mute_id: MuteId) -> Mute:
    """Take a mute off; gives what it was, for taking that back. Raises NotFoundError."""
    member = require_member(actor, Right.MARK)
    with desk.database.write() as conn:
        held = next((each for each in stored.get_mutes(conn, member.id, desk.clock.now()) if each.id == mute_id), None)
        if held is None:
            raise NotFoundError("mute", mute_id)
        stored.delete_mute(conn, member.id, mute_id)
    return held


def without_muted(desk: Desk, actor: Actor, page: ListPage, *, show: bool = False) -> ListPage:
    """Leave what the member mutes out of a page and count it; `show`: count it and leave it in."""
    if actor.member is None:
        return page
    with desk.database.read() as conn:
        held = stored.get_mutes(conn, actor.member.id, desk.clock.now())
    if not held:
        return page
    kept = tuple(item for item in page.items if not is_muted(item, held))
    muted = len(page.items) - len(kept)
    return replace(page, items=page.items if show else kept, muted=muted, show_muted=show)


def is_muted(seen: SeenEntry, held: Sequence[Mute]) -> bool:
    """Tell whether one of these mutes means an entry."""
    return any(_means(each, seen) for each in held)


def _means(each: Mute, seen: SeenEntry) -> bool:
    entry = seen.entry
    if each.kind is MuteKind.SOURCE:
        return seen.source == each.text
    if each.kind is MuteKind.PERSON:
        return any(fold(author.name) == fold(each.text) for author in entry.authors)
    wanted = tokens(each.text)
    return any(_stand_in(wanted, tokens(text)) for text in (entry.title, entry.excerpt, *entry.categories))


def _stand_in(wanted: list[str], said: list[str]) -> bool:
    size = len(wanted)
    return any(said[start : start + size] == wanted for start in range(len(said) - size + 1))
