"""The canary: every mark and mute changed at random on a copy, every order ranked again. Nothing may move."""

from __future__ import annotations

import hashlib
import random
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.candidates.columns import Columns
from aggregator.services.kept import Kept
from aggregator.services.ranking import ranked
from aggregator.services.rights import Right, require
from aggregator.store import lists, maintenance, members, mutes, rules, states
from aggregator.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.ids import OwnerId
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk


@dataclass(frozen=True, slots=True)
class Canary:
    """How many marks and mutes were changed, how many orders compared, and the (list, rule) whose order differed."""

    marks: int
    mutes: int
    orders: int
    differing: tuple[tuple[str, str], ...]


class _UndoneError(Exception):
    """Takes the random marks back."""


def try_marks(desk: Desk, actor: Actor) -> Canary:
    """Rank every list by every rule before and after all marks and mutes are changed at random; compare to the byte.

    Lists are those of the group and of each member.

    On SQLite this works on a copy of the database; on PostgreSQL within a transaction that is taken back, and that
    nobody else sees. Raises BusyError.
    """
    require(actor, Right.RUN_INSTANCE)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="broadsheet-canary-")))
        database = desk.database
        if database.path is not None:
            maintenance.back_up(database, folder / "copy.db")
            database = Database.open(folder / "copy.db", clock=desk.clock)
            stack.callback(database.close)
        at = desk.clock.now().replace(second=0, microsecond=0)
        with _taken_back(database) as conn:
            before = _orders(_aside(desk, database, folder / "before"), conn, at)
            marks, muted = _shuffle(conn, at)
            after = _orders(_aside(desk, database, folder / "after"), conn, at)
    return Canary(marks, muted, len(before), tuple(key[1:] for key in before if before[key] != after[key]))


@contextmanager
def _taken_back(database: Database) -> Iterator[Connection]:
    """Give a connection whose changes are all taken back at its end."""
    with suppress(_UndoneError), database.write() as conn:
        yield conn
        raise _UndoneError


def _aside(desk: Desk, database: Database, columns: Path) -> Desk:
    """Return a desk of its own, so that nothing kept from before can stand in for what is ranked anew."""
    return replace(desk, database=database, columns=Columns.open(columns), rankings=Kept(), facts=Kept())


def _shuffle(conn: Connection, at: datetime) -> tuple[int, int]:
    """Change the marks and mutes of all members, of one made for it where there is none; gives how many of each."""
    chance = random.Random()  # noqa: S311  # no secret: any marks will do
    there = [member.id for member in members.get_members(conn)] or [
        members.add_member(conn, name="canary", language=None)
    ]
    marks = sum(states.put_random_states(conn, member, chance) for member in there)
    return marks, sum(mutes.put_random_mutes(conn, member, chance, at) for member in there)


def _orders(desk: Desk, conn: Connection, at: datetime) -> dict[tuple[OwnerId, str, str], str]:
    """Return a hash of each whole order with its facts, by owner, list and rule."""
    group = members.instance_group(conn)
    versions = rules.get_current_versions(conn, group)
    found = {}
    for owner in (group, *(member.id for member in members.get_members(conn))):
        for each, version in product(lists.get_lists(conn, owner), versions):
            ranking = ranked(desk, each, version, at, conn=conn)
            told = hashlib.sha256(ranking.receipt(b"canary").data)
            for row in ranking.rows(0, len(ranking)):
                told.update(ranking.uid(row).encode())
            found[owner, each.slug, version.slug] = told.hexdigest()
    return found
