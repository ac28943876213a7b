from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.entry import EntryData, EntryForUpdate, Kind
from aggregator.model.ids import EntryId, Uid
from aggregator.text.marks import marks_of
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
        "key_hash": key.encode(),
        "uid": Uid("0" * 32),
        "entry_id": EntryId(7),
        "raw_hash": b"0" * 16,
        "time": NOW - timedelta(days=9),
        "first_seen": NOW - timedelta(days=8),
    }
    return EntryForUpdate(**(values | told))


def like(data, key="old", **told):
    """What is held of an entry that was as `data` says, under another key."""
    return held(key, time=entry_time(data.published, SEEN), first_seen=SEEN, marks=marks_of(data), **told)


def run(entries, known=(), *, alike=(), fresh=False, taken=frozenset(), carried=frozenset()):
    there = Held({k.key_hash.decode(): k for k in known}, alike)
    return decide(tuple(entries), there, first_address=ADDRESS, fresh=fresh, now=NOW, taken=taken, carried=carried)


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
    known = like(entry(link="https://paper.example/1", excerpt="Words"))
    (intent,) = run([entry("new", link="http://www.paper.example/1/?utm_source=rss", excerpt="Words")], alike=[known])
    assert (intent.uid, intent.held) == (known.uid, known)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"link": "https://paper.example/1"}, {"link": "https://news.example/1"}),
        ({"link": "https://paper.example/1"}, {"link": "https://paper.example/1", "excerpt": "Corrected"}),
        ({"link": "https://paper.example/1"}, {"link": "https://paper.example/1", "title": "Corrected"}),
        ({"link": "https://paper.example/1"}, {"link": "https://paper.example/story?id=1"}),
        ({"link": "https://paper.example/1", "published": None}, {"link": "https://news.example/1", "published": None}),
        ({"published": None}, {"published": None}),
        ({"link": "https://paper.example/1"}, {"link": "https://paper.example/1", "published": NOW}),
    ],
)
def test_an_entry_under_another_key_is_known_by_what_stays(before, after):
    first = entry(**{"excerpt": "Words", **before})
    known = like(first)
    (intent,) = run([entry("new", **{"excerpt": "Words", **before, **after})], alike=[known])
    assert intent.held == known


@pytest.mark.parametrize(
    "other",
    [
        {"link": "https://paper.example/2", "title": "Another"},
        {"link": "https://paper.example/2", "published": NOW},
        {"link": "https://paper.example/1", "published": NOW, "excerpt": "Other words"},
        {"link": "https://another.example/1", "published": NOW},
        {"link": "https://paper.example/2", "published": None},
    ],
)
def test_one_trait_alone_proves_nothing(other):
    known = like(entry(link="https://paper.example/1", excerpt="Words"))
    (intent,) = run([entry("new", **{"excerpt": "Words", **other})], alike=[known])
    assert intent.held is None


def test_the_front_door_as_a_link_proves_nothing():
    known = like(entry(link="https://paper.example/", title="Monday"))
    (intent,) = run([entry("new", link="https://paper.example/", title="Tuesday")], alike=[known])
    assert intent.held is None


def test_a_link_and_date_that_several_share_prove_nothing():
    known = [like(entry(link="https://paper.example/x", title=t), t, uid=mint_uid("", t)) for t in ("one", "two")]
    (intent,) = run([entry("new", link="https://paper.example/x", title="three")], alike=known)
    assert intent.held is None


def test_twins_are_told_apart_by_the_strongest_evidence():
    titles = ("one", "two", "three")
    known = [like(entry(link="https://paper.example/x", title=t), t, uid=mint_uid("", t)) for t in titles]
    intents = run([entry(f"new {t}", link="https://paper.example/x", title=t) for t in titles], alike=known[::-1])
    assert [intent.held for intent in intents] == known


@pytest.mark.parametrize(("count", "new"), [(2, 2), (3, 0)])
def test_undated_texts_under_other_links_are_repeated_by_the_one_or_known_by_the_many(count, new):
    before = [entry(f"old {n}", link=f"https://a.example/{n}", title=f"T {n}", published=None) for n in range(count)]
    after = [replace(b, key=f"new {n}", link=f"https://a.example/?id={n}") for n, b in enumerate(before)]
    known = [like(b, b.key, uid=mint_uid("", b.key)) for b in before]
    assert sum(i.held is None for i in run(after, alike=known)) == new


def test_an_entry_still_there_as_it_was_is_not_taken_for_a_new_one():
    known = like(entry(link="https://paper.example/x", excerpt="Same"))
    arriving = entry("new", link="https://paper.example/x", excerpt="Same")
    assert run([arriving], alike=[known], carried={known.raw_hash})[0].held is None
    both = run([arriving, entry("old", raw_hash=known.raw_hash)], [known], alike=[known])
    assert [(i.data.key, i.held) for i in both] == [("new", None)]


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
