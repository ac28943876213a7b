from __future__ import annotations

import pytest

from aggregator.errors import ConflictError, NotFoundError
from aggregator.model.subscription import NewSubscription, OpmlFolder
from aggregator.store import entries, feeds, folders, subscriptions, values


@pytest.fixture
def others(conn, make, now):
    return list(
        feeds.add_feeds(
            conn, [make.feed(f"https://example.net/{n}") for n in range(3)], now=now, due=[now] * 3
        ).values()
    )


def paths(conn, group):
    return [folder.path for folder in folders.get_folders(conn, group)]


def test_a_folder_comes_with_its_parents_behind_the_others(conn, group):
    folders.add_folders(conn, group, ["World"])
    held = folders.add_folders(conn, group, ["News/Local"])
    assert ["World", "News", "News/Local"] == paths(conn, group)
    assert held == folders.add_folders(conn, group, ["News/Local", "World"])


def test_what_an_outline_said_of_a_folder_is_kept_and_not_written_over(conn, group):
    said = (("colour", "red"),)
    folders.add_outlines(conn, group, [OpmlFolder("News/Local", said)])
    folders.add_outlines(conn, group, [OpmlFolder("News/Local", (("colour", "blue"),)), OpmlFolder("World")])
    held = {folder.path: folder.extra for folder in folders.get_folders(conn, group)}
    assert {"News": (), "News/Local": said, "World": ()} == held


def test_folders_belong_to_their_owner(conn, group, member):
    folders.add_folders(conn, group, ["A"])
    assert {"B"} == folders.add_folders(conn, member, ["B"]).keys()


def test_folders_are_put_in_order(conn, group):
    folders.add_folders(conn, group, ["A", "B", "C"])
    folders.set_folder_order(conn, group, ["C", "A"])
    assert ["C", "A", "B"] == paths(conn, group)


def test_a_folder_moves_with_all_in_it(conn, group):
    folders.add_folders(conn, group, ["A/B", "A%B"])
    folders.set_folder_path(conn, group, "A", "X/Y")
    assert {"X", "X/Y", "X/Y/B", "A%B"} == set(paths(conn, group))


@pytest.mark.parametrize(
    ("path", "new", "error"), [("Z", "Y", NotFoundError), ("A", "B", ConflictError), ("A", "A/C", ConflictError)]
)
def test_a_folder_does_not_move_just_anywhere(conn, group, path, new, error):
    folders.add_folders(conn, group, ["A", "B"])
    with pytest.raises(error):
        folders.set_folder_path(conn, group, path, new)


def test_a_deleted_folder_takes_its_sub_folders_and_no_subscription(conn, group, feed_id, now):
    new = NewSubscription(feed_id, folders=("A/B", "A_", "Z"))
    subscriptions.add_subscription(conn, group, new, now=now)
    folders.delete_folder(conn, group, "A")
    assert ["A_", "Z"] == paths(conn, group)
    assert ("A_", "Z") == subscriptions.get_subscription(conn, group, feed_id).folders


def test_a_subscription_is_held_as_it_was_made(conn, group, feed_id, now):
    new = NewSubscription(feed_id, "Mine", "because", ("News", "A/B"), (("x:y", "z"),))
    subscriptions.add_subscription(conn, group, new, now=now)
    held = subscriptions.get_subscription(conn, group, feed_id)
    assert (group, feed_id, "Mine", "because", now, ("News", "A/B")) == (
        held.owner, held.feed_id, held.title, held.why, held.added, held.folders,
    )  # fmt: skip
    assert {feed_id: (("x:y", "z"),)} == subscriptions.get_extras(conn, group)
    with pytest.raises(ConflictError):
        subscriptions.add_subscription(conn, group, new, now=now)


def test_many_are_added_and_those_held_keep_their_words(conn, group, others, now):
    subscriptions.add_subscription(conn, group, NewSubscription(others[0], "Mine", folders=("A",)), now=now)
    news = [NewSubscription(each, "Theirs", folders=("B",)) for each in others]
    assert set(others[1:]) == subscriptions.add_subscriptions(conn, group, news, now=now)
    held = subscriptions.get_subscriptions(conn, group)
    assert [("Mine", ("A", "B")), ("Theirs", ("B",)), ("Theirs", ("B",))] == [(s.title, s.folders) for s in held]


def test_feeds_are_given_with_their_ties_and_numbers_of_entries(conn, group, feed_id, others, make):
    entries.apply_intents(conn, feed_id, [make.intent(make.data("a")), make.intent(make.data("b"))])
    for each in (feed_id, others[0]):
        subscriptions.add_subscription(conn, group, NewSubscription(each, folders=("A",)), now=make.now)
    subscribed = subscriptions.get_subscribed(conn, group)
    assert [(feed_id, 2, ("A",)), (others[0], 0, ("A",))] == [
        (each.feed.id, each.entries, each.subscription.folders) for each in subscribed
    ]
    assert subscribed[0] == subscriptions.get_subscribed_feed(conn, group, feed_id)


def test_who_is_not_subscribed_is_given_nothing(conn, member, feed_id):
    assert () == subscriptions.get_subscribed(conn, member)
    with pytest.raises(NotFoundError):
        subscriptions.get_subscribed_feed(conn, member, feed_id)


def test_filing_replaces_what_was(conn, group, feed_id, now):
    subscriptions.add_subscription(conn, group, NewSubscription(feed_id, folders=("A", "B")), now=now)
    subscriptions.file_under(conn, group, feed_id, ["C", "B", "C"])
    assert ("B", "C") == subscriptions.get_subscription(conn, group, feed_id).folders
    subscriptions.file_under(conn, group, feed_id, [])
    assert () == subscriptions.get_subscription(conn, group, feed_id).folders


def test_an_owners_words_change_and_go(conn, group, feed_id, now):
    subscriptions.add_subscription(conn, group, NewSubscription(feed_id), now=now)
    subscriptions.set_subscription(conn, group, feed_id, title="T", why="W")
    held = subscriptions.get_subscription(conn, group, feed_id)
    assert ("T", "W") == (held.title, held.why)
    assert {feed_id: "T"} == subscriptions.get_own_titles(conn, group, [feed_id])


def test_ending_a_subscription_leaves_the_feed(conn, group, member, feed_id, now):
    for owner in (group, member):
        subscriptions.add_subscription(conn, owner, NewSubscription(feed_id, folders=("A",)), now=now)
    subscriptions.delete_subscription(conn, group, feed_id)
    assert () == subscriptions.get_subscriptions(conn, group)
    assert 1 == subscriptions.count_subscribers(conn, feed_id)
    assert feed_id == feeds.get_feed(conn, feed_id).id


def test_what_a_ranking_may_see_moves_the_data_version(conn, group, feed_id, now):
    changes = [
        lambda: subscriptions.add_subscription(conn, group, NewSubscription(feed_id, folders=("A",)), now=now),
        lambda: subscriptions.file_under(conn, group, feed_id, ["B"]),
        lambda: folders.set_folder_order(conn, group, ["B"]),
        lambda: folders.set_folder_path(conn, group, "B", "C"),
        lambda: folders.delete_folder(conn, group, "C"),
        lambda: feeds.set_source(conn, feed_id, source="a", owner="b"),
        lambda: subscriptions.delete_subscription(conn, group, feed_id),
    ]
    versions = [values.data_version(conn)]
    for change in changes:
        change()
        versions.append(values.data_version(conn))
    assert sorted(set(versions)) == versions
