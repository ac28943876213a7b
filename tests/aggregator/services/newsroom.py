"""A desk on a real database, with sources, entries and people; its clock stands still until a test moves it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass

from aggregator.candidates.columns import Columns
from aggregator.model.member import Actor, Role
from aggregator.model.subscription import NewSubscription
from aggregator.services.accounts import prepare
from aggregator.services.desk import Desk
from aggregator.settings import Settings
from aggregator.store import members, subscriptions
from tests.aggregator.candidates.stored import NOW, StillClock, add_feed, odd_entries, open_database, store

__all__ = ["NOW", "Newsroom", "open_newsroom"]


@dataclass
class Newsroom:
    desk: Desk
    clock: StillClock
    nobody: Actor
    reader: Actor
    editor: Actor
    feeds: dict

    def add_source(self, number, folders=(), **given):
        feed_id = add_feed(self.desk.database, number, **given)
        new = NewSubscription(feed_id=feed_id, title=None, why=None, folders=tuple(folders))
        with self.desk.database.write() as conn:
            subscriptions.add_subscription(conn, self.reader.group, new, now=NOW)
        self.feeds[number] = feed_id
        return feed_id

    def store(self, number, made, first_seen=NOW):
        return store(self.desk.database, self.feeds[number], made, first_seen)

    def fill(self, feeds=6, each=30):
        folders = [("News",), ("News/Local",), (), ("Work", "News")]
        for number in range(1, feeds + 1):
            self.add_source(number, folders[number % 4], source=f"source{number % 5}.example")
            self.store(number, odd_entries(number, each * number // 2, start=1000 * number))


@contextmanager
def open_newsroom(folder, database=None):
    """Open one in `folder`, on a new SQLite database there where no other is given."""
    clock = StillClock()
    database = database or open_database(folder, clock)
    desk = Desk(
        settings=Settings(data=folder),
        database=database,
        clock=clock,
        columns=Columns.open(folder / "columns"),
        ask=None,
        secret=b"s" * 32,
        signing_key=b"k" * 32,
    )
    try:
        prepare(desk)
        with database.write() as conn:
            group = members.instance_group(conn)
            people = {}
            for role in (Role.READER, Role.EDITOR):
                member_id = members.add_member(conn, name=f"A {role}", language=None)
                members.set_role(conn, group, member_id, role)
                people[role] = Actor(members.get_member(conn, member_id), group, role)
        nobody = Actor(None, group, None)
        yield Newsroom(desk, clock, nobody, people[Role.READER], people[Role.EDITOR], {})
    finally:
        database.close()
