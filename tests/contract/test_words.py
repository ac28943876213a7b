"""Both databases find the same entries; the expected ones are written down here, once for both."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.errors import BadInputError
from aggregator.store import entries, feeds, search
from aggregator.text.words import index_text, tokens

TEXTS = {
    "english": "The quick brown fox's co-op jumps; it didn't fall. Version 2.10 of naïve Straße",
    "french": "L’œuvre d’Émile Zola à l’été",  # noqa: RUF001  # as the French write it
    "arabic": "العَرَبِيَّة لغة جميلة جدًا",
    "korean": "한국어를 배우는 사람들",
    "japanese": "東京都に住んでいます。カタカナもか゛",
    "thai": "ภาษาไทยเป็นภาษาที่สวยงาม",
    "hindi": "हिन्दी भाषा",
    "russian": "Ёлка и йогурт",
    "chinese": "北京大学的学生",
    "quotes": "it's 'quoted' \"text\" with: colons* & (brackets) \\ back",
    "numbers": "covid19 ²³ Ⅷ ½",
}
FINDS = {
    "quick brown": {"english"}, "brown quick": set(), "fox*": {"english"}, "fo": set(), "co op": {"english"},
    "co-op": {"english"}, "coop": set(), "strasse": {"english"}, "naive": {"english"}, "2 10": {"english"},
    "emile": {"french"}, "oeuvre": {"french"}, "ete": {"french"},
    "العربية": {"arabic"}, "جمي*": {"arabic"}, "جدا": {"arabic"},
    "한국어를": {"korean"}, "한국*": {"korean"}, "한국": set(),
    "東京": {"japanese"}, "京都": {"japanese"}, "京東": set(), "カタカナ": {"japanese"}, "住*": {"japanese"},
    "ไทย": {"thai"}, "ภาษา": {"thai"}, "สวย": {"thai"},
    "हिन्दी": {"hindi"}, "елка": {"russian"}, "йогурт": {"russian"}, "иогурт": set(),
    "大学": {"chinese"}, "学大": set(), "的学*": {"chinese"},
    "quoted text": {"quotes"}, "NEAR": set(), "it": {"english", "quotes"}, "it s": {"quotes"},
    "covid19": {"numbers"}, "covid*": {"numbers"}, "23": {"numbers"}, "viii": {"numbers"},
}  # fmt: skip


def found(conn, *patterns):
    return [hit.entry_id for hit in search.search(conn, patterns, limit=100)]


@pytest.fixture
def library(add, make):
    held = add(*(make.data(key, title="", text=text) for key, text in TEXTS.items()))
    return {entry.id: key for key, entry in held.items()}


def test_words_phrases_and_beginnings_are_found_in_all_scripts(conn, library):
    assert FINDS == {pattern: {library[each] for each in found(conn, pattern)} for pattern in FINDS}


def test_all_patterns_must_be_found(conn, library):
    assert ["english"] == [library[each] for each in found(conn, "it", "brown fox")]
    assert [] == found(conn, "quick", "zola")


@pytest.mark.parametrize("patterns", [[], ["*"], ["!?"], ["fine", ""], ["x"] * 21, ["x " * 65]])
def test_what_has_no_word_or_too_many_is_refused(conn, patterns):
    with pytest.raises(BadInputError):
        search.search(conn, patterns, limit=9)


def test_hits_come_last_arrived_first_page_by_page(conn, add, make):
    ids = [entry.id for entry in add(*(make.data(f"e{n}", text="platypus " * (n + 1)) for n in range(5))).values()]
    hits, last = [], None
    while page := search.search(conn, ["platypus"], limit=2, before=last):
        hits += page
        last = page[-1]
    assert ids[::-1] == [hit.entry_id for hit in hits]
    assert all(hit.score > 0 for hit in hits)


def test_phrases_are_found_anywhere_in_a_long_text(conn, add, make):
    words = ["the the"] * 3_000
    words[1_967:1_969] = ["needle", "haystack"]  # where PostgreSQL's first part ends
    words[2_990] = "late bird"
    entry = add(make.data("long", text=" ".join(words)))["long"]
    for pattern in ("needle haystack", "the late bird", "the the needle", "late b*"):
        assert [entry.id] == found(conn, pattern), pattern
    assert [] == found(conn, "haystack needle")
    assert [entry.id] == found(conn, "needle", "bird")


def test_a_word_too_long_for_any_dictionary_is_no_trouble(conn, add, make):
    entry = add(make.data("long", text="é" * 5_000 + " short"))["long"]
    assert [entry.id] == found(conn, "short")
    assert [entry.id] == found(conn, "é" * 5_000)
    assert [entry.id] == found(conn, "eee*")


def test_an_entry_without_words_is_no_trouble(conn, add, make):
    entry = add(make.data("empty", title="", text="", index=" "))["empty"]
    entries.delete_entries(conn, [entry.id])


CHARACTERS = "abeéßøiıIİ1²ـًَーか゛が한글ไทย北京й̆ё'-*.\"\\ :&|!()<>\n"  # noqa: RUF001  # looking alike is their point


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.text(CHARACTERS, min_size=1, max_size=12), min_size=1, max_size=6),
    st.text(CHARACTERS, min_size=1, max_size=3),
    st.booleans(),
)
def test_what_is_found_is_what_the_tokens_say(database, make, texts, pattern, prefix):
    wanted = tokens(pattern)
    if not wanted:
        return

    def holds(text):
        have = index_text("", text).split()
        runs = (have[at : at + len(wanted)] for at in range(len(have) - len(wanted) + 1))
        return any(
            run[:-1] == wanted[:-1] and (run[-1].startswith(wanted[-1]) if prefix else run[-1] == wanted[-1])
            for run in runs
        )

    with database.write() as conn:
        for feed in feeds.iter_feeds(conn):
            feeds.delete_feed(conn, feed.id)
        feed_id = feeds.add_feed(conn, make.feed("https://example.org/f"), now=make.now, due=make.now)
        written = [make.data(f"e{n}", title="", text=text) for n, text in enumerate(texts)]
        entries.apply_intents(conn, feed_id, [make.intent(each) for each in written])
        ids = {each.entry_id: int(key[1:]) for key, each in held(conn, feed_id, written).items()}
        hits = {ids[each] for each in found(conn, pattern.replace("*", " ") + ("*" if prefix else ""))}
    assert {n for n, text in enumerate(texts) if holds(text)} == hits


def held(conn, feed_id, written):
    return entries.find_held(conn, feed_id, [each.key for each in written])
