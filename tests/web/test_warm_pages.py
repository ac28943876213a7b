"""Pages keep pieces, rows and rankings in memory: whatever changes, they are what a fresh process would make."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.model.entry import EntryState
from aggregator.model.feed import FeedData
from aggregator.services import listing, marking, membership, muting, own_account, publishing, subscribing
from aggregator.services.listing import ListWish
from aggregator.store import entries, feeds, values
from aggregator.store.entry_lines import get_lines
from aggregator.wiring import open_desk
from rankers import published_rules
from tests.web.newsroom import NOW, SOURCES, STORY, Standing
from web import create_app
from web.door import TOKEN

RETITLED = FeedData(title="The Highland Ledger")
LATER = Standing(NOW + timedelta(minutes=5))
PAGES = [
    "/lists/front-page",
    "/lists/front-page?rule=newest-first",
    "/lists/front-page?hide=read",
    "/lists/front-page?muted=show",
    "/lists/front-page/further-down",
]
# What differs from one answer to the next whatever is in memory: numbers used once, the time, the data version.
PASSING = re.compile(
    r'nonce="[^"]*"|name="csrf_token" value="[^"]*"|<time datetime="[^"]*">|(?<=[?;]v=)\d+|name="v" value="\d+"'
)


def asks(desk, token):
    client = create_app(desk.settings, desk=desk).test_client()
    with client.session_transaction() as session:
        session[TOKEN] = token
    return lambda: {path: PASSING.sub("", client.get(path).text) for path in PAGES}


@contextmanager
def fresh(desk):
    with open_desk(desk.settings) as opened:
        yield replace(opened, clock=LATER)


@pytest.fixture
def newsroom(newsroom):
    newsroom.desk = replace(newsroom.desk, clock=LATER)
    return newsroom


def held_entries(desk):
    with desk.database.read() as conn:
        return {each.title: each for each in entries.iter_entries(conn, limit=100)}


def corrected(newsroom):
    first = SOURCES[0]
    items = (replace(first.items[0], title="Ferry crews kept the boats running"), *first.items[1:])
    desk, newsroom.desk = newsroom.desk, replace(newsroom.desk, clock=Standing(NOW + timedelta(days=2)))
    newsroom.fetch((replace(first, items=items), *SOURCES[1:]))
    newsroom.desk = desk


def write(newsroom, change, *given, **told):
    with newsroom.desk.database.write() as conn:
        change(conn, *given, **told)


def marked(newsroom, **marks):
    uids = [each.uid for each in list(held_entries(newsroom.desk).values())[3:6]]
    marking.mark(newsroom.desk, newsroom.actor(), uids, **marks)


def feed_of(newsroom, place):
    return subscribing.sources(newsroom.desk, newsroom.actor())[place].feed.id


def published(newsroom):
    text = published_rules()["many-voices"].replace("points = 60", "points = 50")
    publishing.publish(newsroom.desk, newsroom.actor(), text, "Less of what is new.")


def deleted(newsroom):
    gone = held_entries(newsroom.desk)["Fog holds up the morning crossing"]
    write(newsroom, entries.delete_entries, [gone.id])


CHANGES = {
    "marked": lambda room: marked(room, read=True, later=True),
    "a mark taken back": lambda room: marked(room, later=False, starred=True),
    "muted": lambda room: muting.mute(room.desk, room.actor(), "words", "drainage"),
    "a title of one's own": lambda room: subscribing.rename(room.desk, room.actor(), feed_of(room, 1), "Canal"),
    "another title of a feed": lambda room: write(room, feeds.set_meta, feed_of(room, 4), RETITLED),
    "a story": lambda room: room.tell(*STORY),
    "a corrected entry": corrected,
    "a teller's own title": lambda room: subscribing.rename(room.desk, room.actor(), feed_of(room, 0), "Tide"),
    "an entry gone": deleted,
    "a rule's next version": published,
    "another list": lambda room: listing.add_list(room.desk, room.actor(), ListWish("Harbour", "many-voices")),
    "its order": lambda room: listing.put_list(room.desk, room.actor(), "harbour", 1),
    "another name": lambda room: own_account.change(
        room.desk, room.actor(), name="Inés", language="en", theme="dark"
    ),
    "another instance": lambda room: write(room, values.set_value, "instance-name", "The Tide"),
}  # fmt: skip


def test_a_page_is_the_same_from_memory_and_without_after_each_change(newsroom):
    token = newsroom.set_up()
    newsroom.fill()
    warm = asks(newsroom.desk, token)
    before = warm()
    for name, change in CHANGES.items():
        change(newsroom)
        after = warm()
        with fresh(newsroom.desk) as cold:
            assert asks(cold, token)() == after, name
        assert after != before, f"{name}: the change stands on a page"
        before = after


def test_who_may_not_read_any_more_is_shown_nothing_from_memory(newsroom):
    newsroom.set_up()
    newsroom.fill()
    token = newsroom.join("Noor", "reader")
    warm = asks(newsroom.desk, token)
    assert "drainage board" in warm()[PAGES[0]]
    noor = membership.find_by_name(newsroom.desk, newsroom.actor(), "Noor")
    membership.suspend(newsroom.desk, newsroom.actor(), noor)
    assert all("drainage board" not in page for page in warm().values())


def test_marks_of_one_member_are_not_shown_to_another(newsroom):
    first = newsroom.set_up()
    newsroom.fill()
    other = asks(newsroom.desk, newsroom.join("Noor", "reader"))
    before = other()
    own = asks(newsroom.desk, first)
    own()
    marked(newsroom, read=True, starred=True)
    assert 'class="item is-read"' in own()[PAGES[0]]
    assert other() == before


def test_what_a_writer_takes_back_is_not_remembered(newsroom):
    newsroom.fill()
    desk = newsroom.desk
    uid = held_entries(desk)["Fog holds up the morning crossing"]
    member, group = None, newsroom.actor().group

    with desk.database.write() as conn:
        conn.exec_driver_sql("UPDATE entry SET title = 'Never', version = 1000000 WHERE id = ?", (uid.id,))
        assert get_lines(conn, [uid.id], owner=group, member=member)[uid.id].entry.title == "Never"
        conn.rollback()
    with desk.database.write() as conn:
        conn.exec_driver_sql("UPDATE entry SET version = 1000000 WHERE id = ?", (uid.id,))
    with desk.database.read() as conn:
        line = get_lines(conn, [uid.id], owner=group, member=member)[uid.id]
    assert (line.entry, line.state) == (uid, EntryState())
