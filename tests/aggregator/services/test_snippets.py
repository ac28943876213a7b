from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aggregator.services.snippets import LENGTH, Phrase, snippet
from aggregator.text.words import tokens


def marked(text, *phrases):
    return [part.text for part in snippet(text, phrases) if part.hit]


def test_words_are_marked_as_they_stand_in_the_text():
    assert ["Größte", "GRÖSSTE"] == marked("Der Größte ist der GRÖSSTE.", Phrase(("grosste",)))


def test_a_phrase_is_marked_only_where_its_words_stand_together():
    assert ["rent", "strike"] == marked("A rent freeze, then a rent strike.", Phrase(("rent", "strike")))


def test_a_beginning_marks_the_whole_word():
    assert ["Tenants", "tenancy"] == marked("Tenants\u2019 union on tenancy law", Phrase(("tenan",), prefix=True))


def test_letters_of_scripts_without_spaces_are_marked_as_one_run():
    assert ["家賃"] == marked("東京都の家賃が上がった", Phrase(("家", "賃")))


def test_a_soft_hyphen_does_not_part_a_word():
    assert ["hous\u00ading"] == marked("about hous\u00ading", Phrase(("housing",)))


def test_a_match_far_down_is_what_is_cut_out():
    text = "word of a text " * 1200 + "the needle is here " + "and more text " * 100
    parts = snippet(text, [Phrase(("needle",))])
    assert ["needle"] == [part.text for part in parts if part.hit]
    assert parts[0].text == "…"
    assert parts[-1].text.endswith("…")
    assert sum(len(part.text) for part in parts) < LENGTH + 100


def test_without_a_match_the_beginning_is_given_unmarked():
    assert ["all of it"] == [part.text for part in snippet("all of\n it", [Phrase(("nothing",))])]


WORDS = st.lists(st.sampled_from(["a", "rent", "家賃", "Größe", "½", "x\u0301y", "—", "\u200d", "\n"]), max_size=300)


@given(WORDS, st.sampled_from(["rent", "家", "grosse", "xy"]))
def test_what_is_marked_holds_the_token_and_the_parts_make_up_the_text(words, token):
    text = " ".join(words)
    parts = snippet(text, [Phrase((token,))])
    plain = "".join(part.text for part in parts).strip("…")
    assert plain in " ".join(text.split())
    assert all(token in tokens(part.text) for part in parts if part.hit)
    assert any(part.hit for part in parts) == (token in tokens(text))
