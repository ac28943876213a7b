"""Stories and copies as pages show them, stories that nobody tells any more, and the models that said so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.model.meaning import CopyPlace, Engine, ModelCard, Sameness, StoredVector, StoryPlace
from aggregator.model.subscription import NewSubscription
from aggregator.semantic.numbers import to_half
from aggregator.store import cards, entries, feeds, members, retelling, stories, subscriptions, values, vectors

CARD = ModelCard("tried", Engine.LIGHT, "ab" * 32, "CC0", 3, ("en",), "Tries.", (("pairs", "9 of 10"),))
LATER = ModelCard("later", Engine.FULL, "cd" * 32, "CC0", 3, (), "Tries.")
DAY = timedelta(days=1)


@pytest.fixture
def told(conn, make):
    """Entries a, b, c of three sources, a and c of one owner; all tell one story, b and c have a's text."""
    held = {}
    group = members.instance_group(conn)
    for hours, (key, owner) in enumerate({"a": "one.example", "b": "two.example", "c": "one.example"}.items()):
        address = f"https://{key}.example/feed"
        feed_id = feeds.add_feed(conn, make.feed(address, source=key, owner=owner), now=make.now, due=make.now)
        subscriptions.add_subscription(conn, group, NewSubscription(feed_id, None, None, ()), now=make.now)
        published = make.now - timedelta(hours=9 - hours)
        entries.apply_intents(conn, feed_id, [make.intent(make.data(key, published=published), feed=feed_id)])
        held[key] = entries.find_held(conn, feed_id, [key])[key].entry_id
    a, b, c = held.values()
    places = [StoryPlace(a, 1, a), StoryPlace(b, 2, a, a, 700_000), StoryPlace(c, 3, a, b, 600_000)]
    copies = [CopyPlace(a, a), CopyPlace(b, a, Sameness.ADDRESS, 1_000_000), CopyPlace(c, a, Sameness.SHINGLES, 8)]
    stories.keep(conn, CARD.id, places, copies)
    return held


def test_a_story_is_told_in_the_order_its_tellings_appeared(conn, told, group):
    (found,) = retelling.told_in(conn, group, [told["a"], 999]).values()
    assert [told["a"], told["b"], told["c"]] == [each.entry_id for each in found]
    assert ["one.example", "two.example", "one.example"] == [each.owner for each in found]
    assert {} == retelling.told_in(conn, group, [])


def test_only_what_lies_in_the_owners_feeds_is_told(conn, told, member):
    assert {} == retelling.told_in(conn, member, [told["a"]])
    assert {} == retelling.same_texts(conn, member, [told["a"]])


def test_the_same_text_is_one_group_with_the_reason_of_each(conn, told, group):
    (found,) = retelling.same_texts(conn, group, [told["c"]]).values()
    assert [(told["a"], None), (told["b"], Sameness.ADDRESS), (told["c"], Sameness.SHINGLES)] == [
        (each.entry_id, each.how) for each in found
    ]


def test_a_text_that_nobody_repeats_is_no_group(conn, told, group):
    entries.delete_entries(conn, [told["b"], told["c"]])
    assert {} == retelling.same_texts(conn, group, [told["a"]])


def test_whether_a_model_read_an_entry_is_known_or_not(conn, told):
    assert retelling.was_read(conn, CARD.id, told["a"]) is None
    read = [
        StoredVector(told["a"], 1, b"a" * 16, to_half(vectors_of(1))),
        StoredVector(told["b"], 1, b"b" * 16, None),
    ]
    vectors.keep(conn, CARD.id, read, read_to=1)
    assert (True, False) == (
        retelling.was_read(conn, CARD.id, told["a"]),
        retelling.was_read(conn, CARD.id, told["b"]),
    )
    assert retelling.was_read(conn, LATER.id, told["a"]) is None
    assert (("en", 1),) == cards.unread_languages(conn, CARD.id)


def vectors_of(number):
    import numpy as np  # noqa: PLC0415  # one test needs it

    return np.array([number, 0, 0], dtype=np.float32)


def test_a_story_that_nothing_tells_any_more_is_forgotten_in_time(conn, told, make):
    long_after = make.now + DAY
    assert 0 == stories.forget_empty(conn, before=long_after, limit=10)
    entries.delete_entries(conn, [told["a"]])
    assert 0 == stories.forget_empty(conn, before=long_after, limit=10)
    assert {told["b"]: told["a"]} == stories.stories_of(conn, [told["b"]])
    entries.delete_entries(conn, [told["b"], told["c"]])
    assert 0 == stories.forget_empty(conn, before=make.now - 90 * 365 * DAY, limit=10)
    assert 1 == stories.forget_empty(conn, before=long_after, limit=10)
    assert 0 == stories.forget_empty(conn, before=long_after, limit=10)


def test_the_model_that_counts_is_remembered_with_those_before_it(conn, make):
    assert (None, ()) == (cards.find_counted(conn), cards.counted_after(conn, 0))
    cards.let_count(conn, CARD, now=make.now)
    cards.let_count(conn, LATER, now=make.now + DAY)
    at = int(make.now.timestamp())
    assert (LATER, at + 86_400) == (cards.find_counted(conn).card, cards.find_counted(conn).since)
    assert (LATER, CARD) == cards.counted_after(conn, at)
    assert (LATER,) == cards.counted_after(conn, at + 86_400)


def test_a_model_that_is_measured_anew_is_the_same_and_another_one_makes_rankings_old(conn, make):
    cards.let_count(conn, CARD, now=make.now)
    version = values.data_version(conn)
    again = ModelCard("tried", Engine.LIGHT, "ab" * 32, "CC0", 3, ("en",), "Tries.", (("pairs", "10 of 10"),))
    cards.let_count(conn, again, now=make.now + DAY)
    assert ([again], version) == ([each.card for each in cards.get_counted(conn)], values.data_version(conn))
    cards.let_count(conn, None, now=make.now + DAY)
    assert (None, version + 1) == (cards.find_counted(conn), values.data_version(conn))


def test_only_so_many_models_are_remembered(conn, make):
    for number in range(cards.MOST_KEPT + 5):
        digest = f"{number:064x}"[::-1]
        cards.let_count(conn, ModelCard("m", Engine.FULL, digest, "CC0", 3, (), "Tries."), now=make.now)
    assert cards.MOST_KEPT == len(cards.get_counted(conn))
