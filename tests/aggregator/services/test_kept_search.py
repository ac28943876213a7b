"""Lists that keep a search: what is a candidate of them, what is not and why, what their receipts say."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pytest
import rfc8785

from aggregator.errors import BadDocumentError, BadInputError, NotAllowedError
from aggregator.model.entry import Kind
from aggregator.model.extras import Extras
from aggregator.model.meaning import StoredVector
from aggregator.model.readinglist import Scope, Search
from aggregator.semantic.numbers import to_half
from aggregator.services import bundles, listing, narrowing, reading, receipts
from aggregator.services.kept_search import MOST_SEARCHES
from aggregator.services.listing import ListWish
from aggregator.services.pages import OutOfScope
from aggregator.services.searching import search
from aggregator.services.topics import texts_of_topics
from aggregator.store import entries, values, vectors
from aggregator.text.words import index_text
from tests.aggregator.candidates.stored import NOW, make_entry
from tests.aggregator.services.newsroom import open_newsroom

MODEL = "tried"
TEXTS = {
    1: ("Rent strike in the harbour", "Tenants of the quays pay nothing until the lifts run."),
    2: ("The harbour at night", "Nobody pays rent to the fog."),
    3: ("Grève des loyers", "Les locataires ne paient plus."),
    4: ("A bell", "It rings."),
    5: ("Rent strikers speak", "They said it in the hall."),
}


@pytest.fixture
def room(tmp_path, database):
    """Entry n was written n hours ago, in the source that n is odd or even for; the fifth does not want to be found."""
    with open_newsroom(tmp_path, database) as opened:
        opened.add_source(1, folders=("News",))
        opened.add_source(2, folders=("News/Local",))
        for number in TEXTS:
            put(opened, number)
        yield opened


def put(room, number, *, first_seen=NOW, hours=None, texts=TEXTS):
    title, text = texts[number]
    made = make_entry(
        number,
        title=title,
        content_html=f"<p>{text}</p>",
        index=index_text(title, text),
        kind=Kind.NOTE if number == 2 else Kind.ARTICLE,
        extras=Extras(reserved=number == 5),
    )
    age = timedelta(hours=number if hours is None else hours)
    return room.store(2 - number % 2, [(made, age)], first_seen)[0]


def keep(room, words, *, scope=None, actor=None, personal=False, **given):
    wish = ListWish(words or "x", "newest-first", scope or Scope(search=Search(words, **given)))
    return listing.add_list(room.desk, actor or room.editor, wish, personal=personal)


def numbers(room, made, **asked):
    by_title = {title: number for number, (title, _) in TEXTS.items()}
    page = reading.list_page(room.desk, room.editor, made.slug, **asked)
    return [by_title[item.entry.title] for item in page.items]


@pytest.mark.parametrize(
    ("words", "given", "found"),
    [
        ("rent", {}, [1, 2]),
        ("RENT  strike", {}, [1]),
        ("rent str*", {}, [1]),
        ('"rent fog"', {}, []),
        ("harbour", {"kind": Kind.NOTE}, [2]),
        ("greve", {}, [3]),
        ("harbour", {"since": date(2026, 11, 23)}, []),
        ("harbour", {"until": date(2026, 11, 21)}, []),
        ("harbour", {"since": date(2026, 11, 22), "until": date(2026, 11, 22)}, [1, 2]),
    ],
)
def test_candidates_are_what_the_search_finds(room, words, given, found):
    made = keep(room, words, **given)
    assert found == numbers(room, made)
    if not given:
        assert set(found) == {
            int(hit.seen.entry.link.rpartition("/")[2]) for hit in search(room.desk, room.editor, words).items
        }


def test_folders_and_languages_count_besides(room):
    assert [2] == numbers(room, keep(room, "a", scope=Scope(folders=("News/Local",), search=Search("rent"))))
    assert numbers(room, keep(room, "b", scope=Scope(languages=("fr",), search=Search("rent")))) == []


def test_who_did_not_agree_to_being_found_is_not_even_where_the_words_hold(room):
    title = TEXTS[5][0]
    made = keep(room, "strikers")
    assert numbers(room, made) == []
    (found,) = reading.why_not(room.desk, room.editor, made.slug, "https://f.example/5")
    assert title == found.seen.entry.title
    assert found.standing.out_of_scope is OutOfScope.NOT_FOUND


def test_what_is_not_found_is_told_apart_from_what_is_not_drawn_from(room):
    made = keep(room, "a", scope=Scope(folders=("News/Local",), search=Search("rent")))
    (fourth,) = reading.why_not(room.desk, room.editor, made.slug, "https://f.example/4")
    (first,) = reading.why_not(room.desk, room.editor, made.slug, "https://f.example/1")
    assert fourth.standing.out_of_scope is OutOfScope.NOT_FOUND
    assert first.standing.out_of_scope is OutOfScope.OTHER_SOURCES


def test_newer_entries_count_where_the_search_finds_them(room):
    made = keep(room, "rent")
    at = reading.list_page(room.desk, room.editor, made.slug).at
    room.clock.pass_by(hours=1)
    for number, words in ((6, "Rent again"), (7, "Something else")):
        put(room, number, first_seen=room.clock.now(), hours=0, texts={number: (words, words)})
    assert reading.list_page(room.desk, room.editor, made.slug, at=at).newer == 1


def read(room, near):
    """Have a model say how near each entry lies to the words: the cosine in hundredths."""
    with room.desk.database.write() as conn:
        held = {int(each.link.rpartition("/")[2]): each.id for each in entries.iter_entries(conn, limit=100)}
        vectors.set_current_model(conn, MODEL)
        versions = {text.entry_id: text.version for text in vectors.unread(conn, 0, 100)}
        stored = [
            StoredVector(
                held[n], versions[held[n]], n.to_bytes(16, "big"),
                None if like is None else to_half(np.array([like / 100, (1 - (like / 100) ** 2) ** 0.5], np.float32)),
            )
            for n, like in near.items()
        ]  # fmt: skip
        vectors.keep(conn, MODEL, stored, read_to=values.data_version(conn))


def test_meaning_finds_from_the_likeness_that_is_asked_for(room):
    made = keep(room, "rent strike", likeness=60)
    with room.desk.database.read() as conn:
        assert "rent strike" in texts_of_topics(conn)
    read(room, {1: 20, 2: 40, 3: 80, 4: 10, 5: None})
    with room.desk.database.write() as conn:
        vectors.add_topics(conn, MODEL, {"rent strike": to_half(np.array([1, 0], np.float32))})
    assert [1, 3] == numbers(room, made)
    wish = ListWish("x", "newest-first", Scope(search=Search("rent strike", 35)))
    assert [1, 2, 3] == numbers(room, listing.change_list(room.desk, room.editor, made.slug, wish))


def test_the_receipt_says_what_was_searched_for_and_its_facts_are_checked_by_that(room):
    made = keep(room, "rent")
    receipt = receipts.make(room.desk, room.editor, made.slug)
    told = json.loads(receipt.data)
    assert told["scope"]["search"] == {"words": "rent"}
    assert receipts.verify_receipt(receipt.data).holds
    listing.change_list(room.desk, room.editor, made.slug, ListWish("x", "newest-first", Scope(search=Search("bell"))))
    assert receipts.check_facts(room.desk, room.editor, receipt.data) is None
    told["scope"]["search"]["words"] = "harbour"
    changed = rfc8785.dumps(told)
    assert receipts.verify_receipt(changed).difference.section == "hash"
    told["scope"]["search"]["words"] = "bell"
    assert receipts.check_facts(room.desk, room.editor, rfc8785.dumps(told)).section == "facts"


@pytest.mark.parametrize("scope", [{}, {"max_age": "x"}, {"max_age": 3, "search": {"kind": "rumour", "words": "x"}}])
def test_a_scope_that_is_none_is_told(room, scope):
    told = json.loads(receipts.make(room.desk, room.editor, keep(room, "rent").slug).data)
    with pytest.raises(BadDocumentError):
        receipts.check_facts(room.desk, room.editor, rfc8785.dumps(told | {"scope": scope}))


@pytest.mark.parametrize(
    "given",
    [
        {"words": '"" -- !'},
        {"words": "rent " * 200},
        {"words": " ".join(f"w{n}" for n in range(21))},
        {"words": "rent", "likeness": 29},
        {"words": "rent", "likeness": 101},
        {"words": "rent", "since": date(2026, 2, 2), "until": date(2026, 2, 1)},
    ],
)
def test_what_cannot_be_searched_for_is_not_kept(room, given):
    with pytest.raises(BadInputError):
        keep(room, "x", scope=Scope(search=Search(**given)))


def test_searches_of_one_owner_are_bounded_and_may_still_be_changed(room):
    for number in range(MOST_SEARCHES):
        made = keep(room, f"rent {number}")
    with pytest.raises(BadInputError, match="kept searches"):
        keep(room, "rent")
    listing.change_list(room.desk, room.editor, made.slug, ListWish("x", "newest-first", Scope(search=Search("bell"))))
    assert keep(room, "rent", personal=True).personal
    listing.remove_list(room.desk, room.editor, made.slug)
    assert keep(room, "rent").slug == "rent"


def test_readers_keep_searches_of_their_own_alone(room):
    with pytest.raises(NotAllowedError):
        keep(room, "rent", actor=room.reader)
    assert keep(room, "rent", actor=room.reader, personal=True).slug == "my-rent"


@pytest.mark.parametrize(
    ("asked", "scope", "days"),
    [
        ({}, Scope(search=Search("rent", 50)), 30),
        ({"folder": "News"}, Scope(folders=("News",), search=Search("rent", 50)), 30),
        ({"source": "f2.example"}, Scope(feeds=(2,), search=Search("rent", 50)), 30),
        ({"source": "f2.example", "folder": "News"}, Scope(feeds=(2,), search=Search("rent", 50)), 30),
        ({"list": "quays"}, Scope(folders=("News",), languages=("en",), search=Search("rent", 50)), 3),
        ({"list": "quays", "folder": "News/Local"}, Scope(feeds=(2,), languages=("en",), search=Search("rent", 50)), 3),
        (
            {"kind": "note", "since": "2026-10-01", "language": "fr"},
            Scope(languages=("fr",), search=Search("rent", 50, Kind.NOTE, date(2026, 10, 1))),
            53,
        ),
    ],
)
def test_a_narrowed_search_becomes_a_list(room, asked, scope, days):
    quays = ListWish("Quays", "newest-first", Scope(folders=("News",), languages=("en",)), days=3)
    listing.add_list(room.desk, room.editor, quays)
    wish = narrowing.to_keep(room.desk, room.editor, "rent", narrowing.Wish(**asked), likeness=50)
    assert (scope, days) == (wish.scope, wish.days)
    assert listing.add_list(room.desk, room.editor, wish).scope == scope


@pytest.mark.parametrize(("words", "asked"), [("rent", {"source": "gone.example"}), ("", {}), ("x", {"since": "soon"})])
def test_a_search_that_makes_no_list_is_told(room, words, asked):
    with pytest.raises(BadInputError):
        narrowing.to_keep(room.desk, room.editor, words, narrowing.Wish(**asked), likeness=None)


def test_a_bundle_hands_on_no_list_without_its_search(room):
    keep(room, "rent")
    listing.add_list(room.desk, room.editor, ListWish("Plain", "newest-first"))
    bundles.publish_bundle(room.desk, room.editor, "all", "A beginning")
    data = bundles.bundle_file(room.desk, room.editor, "all")
    assert b'id="plain"' in data
    assert b'id="rent"' not in data


def test_no_search_is_narrowed_to_a_kept_one(room):
    made = keep(room, "rent")
    assert made not in narrowing.choices(room.desk, room.editor).lists
    with pytest.raises(BadInputError):
        narrowing.narrowed(room.desk, room.editor, narrowing.Wish(list=made.slug))
