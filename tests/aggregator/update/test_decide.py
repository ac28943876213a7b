from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.entry import EntryData, EntryForUpdate, Kind
from aggregator.model.ids import EntryId, Uid
from aggregator.update.decide import OLDEST, Held, decide, entry_time, mint_uid

NOW = datetime(2026, 11, 22, 12, 0, 0, 654321, tzinfo=UTC)
SEEN = NOW.replace(microsecond=0)
ADDRESS = "https://paper.example/feed"
MOMENTS = st.datetimes(timezones=st.just(UTC), min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30))  # noqa: DTZ001  # hypothesis wants bounds without a zone


def entry(key="k1", **told):
    values = {
        "key": key,
        "raw_hash": b"1" * 16,
        "guid": key,
        "link": None,
        "title": "A title",
        "authors": (),
        "published": NOW - timedelta(days=1),
        "updated": None,
        "language": None,
        "kind": Kind.ARTICLE,
        "categories": (),
        "enclosures": (),
        "image": None,
        "comments": None,
        "content_html": "",
        "summary_html": "",
        "excerpt": "",
        "words": None,
        "paid": False,
        "index": "",
    }
    return EntryData(**(values | told))


def held(key="k1", **told):
    values = {
        "key": key,
        "uid": Uid("0" * 32),
        "entry_id": EntryId(7),
        "raw_hash": b"0" * 16,
        "time": NOW - timedelta(days=9),
        "first_seen": NOW - timedelta(days=8),
    }
    return EntryForUpdate(**(values | told))


def run(entries, known=(), *, links=(), fresh=False, taken=frozenset()):
    there = Held({k.key: k for k in known}, {link: tuple(known) for link in links})
    return decide(tuple(entries), there, first_address=ADDRESS, fresh=fresh, now=NOW, taken=taken)


def test_a_new_entry_gets_its_uid_from_the_feeds_first_address_and_its_key():
    # printf 'https://paper.example/feed\nk1' | sha256sum | cut -c1-32
    assert run([entry()])[0].uid == "711942d7cffac23cf556f04a6a7379da"


def test_a_uid_that_another_entry_has_gets_a_counter():
    first = mint_uid(ADDRESS, "k1")
    assert run([entry()], taken={first})[0].uid == mint_uid(ADDRESS, "k1", 1)
    assert run([entry()], taken={first, mint_uid(ADDRESS, "k1", 1)})[0].uid == mint_uid(ADDRESS, "k1", 2)


def test_two_keys_never_share_a_uid():
    twins = [entry("k1"), entry("k1\n1")]
    uids = [intent.uid for intent in run(twins, taken={mint_uid(ADDRESS, "k1")})]
    assert len(set(uids)) == 2


@given(MOMENTS)
def test_time_is_never_later_than_first_seen_nor_before_1990(published):
    (intent,) = run([entry(published=published)])
    assert OLDEST <= intent.time <= intent.first_seen == SEEN
    assert intent.time.microsecond == 0


@pytest.mark.parametrize(
    ("published", "time"),
    [
        (None, SEEN),
        (datetime(1970, 1, 1, tzinfo=UTC), SEEN),
        (datetime(1989, 12, 31, 23, 59, 59, tzinfo=UTC), SEEN),
        (datetime(1990, 1, 1, tzinfo=UTC), datetime(1990, 1, 1, tzinfo=UTC)),
        (datetime(2099, 1, 1, tzinfo=UTC), SEEN),
        (NOW - timedelta(hours=1), SEEN - timedelta(hours=1)),
    ],
)
def test_time_of_an_entry(published, time):
    assert entry_time(published, SEEN) == time


@pytest.mark.parametrize(
    ("published", "fresh", "known"),
    [
        (None, True, False),
        (None, False, True),
        (NOW, True, True),
        (datetime(1970, 1, 1, tzinfo=UTC), True, False),
    ],
)
def test_the_age_is_unknown_only_of_undated_entries_in_the_first_good_fetch(published, fresh, known):
    assert run([entry(published=published)], fresh=fresh)[0].age_known is known


def test_an_entry_as_we_hold_it_needs_nothing():
    assert run([entry(raw_hash=b"0" * 16)], [held()]) == ()


def test_an_update_changes_neither_time_nor_uid_nor_first_seen():
    known = held(age_known=False)
    (intent,) = run([entry(published=NOW, title="Corrected")], [known])
    assert (intent.uid, intent.time, intent.first_seen, intent.age_known, intent.held) == (
        known.uid,
        known.time,
        known.first_seen,
        False,
        known,
    )


def test_an_undated_entry_that_returns_is_not_new():
    gone = held(entry_id=None, raw_hash=b"1" * 16)
    (intent,) = run([entry(published=None)], [gone])
    assert (intent.uid, intent.time, intent.held) == (gone.uid, gone.time, gone)


def test_a_key_twice_in_a_document_is_written_once():
    (intent,) = run([entry(title="first"), entry(title="second")])
    assert intent.data.title == "first"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("http://paper.example/1", "https://paper.example/1"),
        ("https://paper.example/1", "http://paper.example/1"),
        ("http://paper.example/1", "https://www.paper.example/1"),
        ("https://www.paper.example/1", "https://paper.example/1"),
    ],
)
def test_a_key_in_another_spelling_is_the_same_entry(before, after):
    known = held(before)
    (intent,) = run([entry(after)], [known])
    assert intent.held == known


def test_a_new_guid_on_a_known_link_is_the_same_entry():
    known = held("old-guid")
    (intent,) = run(
        [entry("new-guid", link="https://paper.example/1?utm_source=rss")], [known], links=["paper.example/1"]
    )
    assert intent.uid == known.uid


def test_a_link_of_two_entries_of_the_document_proves_nothing():
    entries = [entry("a", link="https://paper.example/"), entry("b", link="https://paper.example/")]
    assert [i.held for i in run(entries, [held("old")], links=["paper.example"])] == [None, None]


def test_a_link_of_two_held_entries_proves_nothing():
    known = [held("old"), held("older", uid=Uid("1" * 32))]
    (intent,) = run([entry("new", link="https://paper.example/")], known, links=["paper.example"])
    assert intent.held is None


def test_an_entry_still_there_under_its_own_key_is_not_taken_for_a_new_one():
    known = held("old")
    entries = [entry("new", link="https://paper.example/x"), entry("old", raw_hash=known.raw_hash)]
    (intent,) = run(entries, [known], links=["paper.example/x"])
    assert (intent.data.key, intent.held) == ("new", None)


def test_an_entry_under_its_old_and_its_new_guid_is_written_once():
    known = [held("old"), held("new")]
    (intent,) = run([entry("new"), entry("old")], known)
    assert intent.data.key == "new"


@given(st.lists(st.sampled_from("abcdef"), max_size=12), st.sets(st.sampled_from("abcdef")), st.booleans())
def test_every_key_is_decided_once_and_deciding_again_after_writing_changes_nothing(keys, there, fresh):
    entries = [entry(key) for key in keys]
    known = [held(key, uid=mint_uid("x", key)) for key in there]
    intents = run(entries, known, fresh=fresh)
    assert [i.data.key for i in intents] == list(dict.fromkeys(keys))
    written = {i.data.key: i for i in intents}
    now_held = [
        replace(held(key), uid=i.uid, raw_hash=i.data.raw_hash, time=i.time, first_seen=i.first_seen)
        for key, i in written.items()
    ]
    assert run(entries, now_held) == ()
