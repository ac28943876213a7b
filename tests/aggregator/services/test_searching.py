from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.errors import NotSignedInError
from aggregator.services import searching
from aggregator.services.searching import read_words, search
from aggregator.services.snippets import Phrase
from aggregator.text.words import index_text
from tests.aggregator.candidates.stored import make_entry
from tests.aggregator.services.newsroom import open_newsroom


@pytest.fixture
def room(tmp_path):
    with open_newsroom(tmp_path) as opened:
        opened.add_source(1)
        yield opened


def keep(room, number, title, text, excerpt=None):
    made = make_entry(
        number, title=title, content_html=f"<p>{text}</p>", excerpt=excerpt or text[:300], index=index_text(title, text)
    )
    return room.store(1, [(made, timedelta(hours=number))])[0]


def found(room, words, **given):
    return [item.seen.entry.title for item in search(room.desk, room.reader, words, **given).items]


@pytest.mark.parametrize(
    ("words", "phrases"),
    [
        ("rent", [Phrase(("rent",))]),
        ('"rent strike" won', [Phrase(("rent", "strike")), Phrase(("won",))]),
        ("ukrain*", [Phrase(("ukrain",), prefix=True)]),
        ('"rent str"*', [Phrase(("rent", "str"), prefix=True)]),
        ("co-op", [Phrase(("co", "op"))]),
        ("家賃", [Phrase(("家", "賃"))]),
        ('"unclosed phrase', [Phrase(("unclosed", "phrase"))]),
        ("rent rent", [Phrase(("rent",))]),
        ('"" * -- !', []),
    ],
)
def test_what_is_typed_is_read_as_words_and_phrases(words, phrases):
    assert phrases == list(read_words(words))


def test_all_words_must_stand_in_an_entry(room):
    keep(room, 1, "Rent", "A strike of tenants.")
    keep(room, 2, "Rent falls", "Nothing else.")
    assert ["Rent"] == found(room, "rent strike")


def test_phrases_and_beginnings(room):
    keep(room, 1, "One", "A rent strike.")
    keep(room, 2, "Two", "A strike about rent.")
    assert ["One"] == found(room, '"rent strike"')
    assert sorted(found(room, "stri*")) == ["One", "Two"]


def test_accents_and_scripts_without_spaces(room):
    keep(room, 1, "Mieter", "Die größte Demo.")
    keep(room, 2, "東京", "東京都の家賃が上がった。")
    assert ["Mieter"] == found(room, "GROSSTE")
    assert ["東京"] == found(room, "家賃")


def test_the_words_are_marked_where_they_stand(room):
    keep(room, 1, "Far down", "word " * 400 + "the needle is here", excerpt="word word word")
    (item,) = search(room.desk, room.reader, "needle").items
    assert ["needle"] == [part.text for part in item.snippet if part.hit]


def test_a_word_in_the_title_alone_leaves_the_snippet_unmarked(room):
    keep(room, 1, "Needle", "Nothing of it here.")
    (item,) = search(room.desk, room.reader, "needle").items
    assert ["Nothing of it here."] == [part.text for part in item.snippet]


def test_pages_follow_each_other_without_gaps(room):
    for number in range(25):
        keep(room, number, f"Title {number}", "the same words")
    titles, after = [], None
    while True:
        page = search(room.desk, room.reader, "same", after=after, limit=10)
        titles += [item.seen.entry.title for item in page.items]
        after = page.next_after
        if after is None:
            break
    assert sorted(titles) == sorted(f"Title {number}" for number in range(25))


@pytest.mark.parametrize("words", ["", "   ", '"" - *', "!?"])
def test_without_a_word_the_page_says_what_is_missing(room, words):
    page = search(room.desk, room.reader, words)
    assert (page.items, page.problem) == ((), searching.NO_WORD)


def test_too_many_words_are_told_so(room):
    page = search(room.desk, room.reader, " ".join(f"w{n}" for n in range(100)))
    assert page.problem == searching.TOO_LONG


@pytest.mark.parametrize("after", ["x", "-1", "9" * 40, "1; drop table entry"])
def test_a_wrong_continuation_begins_anew(room, after):
    keep(room, 1, "One", "A word.")
    assert ["One"] == found(room, "word", after=after)


def test_searching_needs_somebody(room):
    with pytest.raises(NotSignedInError):
        search(room.desk, room.nobody, "rent")
