from __future__ import annotations

import pytest

from aggregator.model.entry import EntryState
from aggregator.model.subscription import NewSubscription
from aggregator.store import entries, feeds, members, states, subscriptions, values
from aggregator.store.entry_lines import get_lines
from tests.contract.conftest import data, intent, new_feed


@pytest.fixture
def held(database, now):
    """A feed with an entry, kept: gives the feed, the entry, the group and a member."""
    with database.write() as conn:
        feed_id = feeds.add_feed(conn, new_feed("https://example.org/feed"), now=now, due=now)
        entries.apply_intents(conn, feed_id, [intent(data("a"))])
        entry_id = entries.find_held(conn, feed_id, ["a"])["a"].entry_id
        group, member = members.instance_group(conn), members.add_member(conn, name="Ada", language="en")
        subscriptions.add_subscription(conn, group, NewSubscription(feed_id), now=now)
    return feed_id, entry_id, group, member


def line_of(database, held, member=None):
    _, entry_id, group, _ = held
    with database.read() as conn:
        return get_lines(conn, [entry_id, entry_id + 1], owner=group, member=member).get(entry_id)


def test_a_line_follows_each_change_of_what_it_shows(database, held):
    feed_id, entry_id, group, member = held
    assert line_of(database, held)[2:] == ("A paper", "example.org", EntryState())
    with database.write() as conn:
        subscriptions.set_subscription(conn, group, feed_id, title="Ours", why=None)
        states.set_states(conn, member, [entry_id], read=True)
    assert line_of(database, held)[2:] == ("Ours", "example.org", EntryState())
    assert line_of(database, held, member).state == EntryState(read=True)
    before = line_of(database, held)
    with database.write() as conn:
        known = entries.find_held(conn, feed_id, ["a"])["a"]
        entries.apply_intents(conn, feed_id, [intent(data("a", title="Corrected"), held=known)])
    after = line_of(database, held)
    assert (before.entry.title, after.entry.title) == ("About a", "Corrected")
    assert after.version > before.version
    with database.write() as conn:
        entries.delete_entries(conn, [entry_id])
    assert line_of(database, held) is None


def test_what_is_read_in_one_state_fits_together(database):
    with database.one_state():
        with database.read() as conn:
            before = values.data_version(conn)
        with database.write() as conn:
            values.touch(conn)
        with database.read() as conn:
            assert values.data_version(conn) == before
    with database.read() as conn:
        assert values.data_version(conn) == before + 1
