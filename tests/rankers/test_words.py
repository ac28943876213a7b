# ruff: noqa: RUF001  # letters that look alike are what is tested
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rankers.words import _words, fold, fold_by_definition, tokens

TEXTS = st.text() | st.text(
    st.characters(max_codepoint=0x2FFF) | st.sampled_from("иёйЙ\u0306\u0308\u0301ßİıæØ\u200d\u00ad’ กำがｶﾞ한"),
    max_size=40,
)


@given(TEXTS)
def test_fold_is_what_its_definition_says(text):
    assert fold_by_definition(text) == fold(text)


@given(TEXTS)
def test_fold_twice_is_fold_once(text):
    assert fold(text) == fold(fold(text))


@given(TEXTS)
def test_fold_does_not_see_how_a_text_is_composed(text):
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@given(TEXTS)
def test_tokens_are_the_words_of_the_folded_text(text):
    assert _words().findall(fold_by_definition(text)) == tokens(text)


@given(TEXTS)
def test_tokens_hold_every_letter_and_number(text):
    kept = "".join(tokens(text))
    assert [c for c in fold(text) if c.isalnum()] == [c for c in kept if c.isalnum()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Éléphant ØRESUND Łódź", "elephant oresund lodz"),
        ("STRASSE Straße", "strasse strasse"),
        ("ёлка Йод", "елка йод"),
        ("İstanbul ısı", "istanbul isi"),
        ("Ｆｕｌｌ ﬁne", "full fine"),
        ("العـربية كِتاب", "العربية كتاب"),
        ("co\u00adop\u200d", "coop"),
        ("Æon œuvre þorn", "aeon oeuvre thorn"),
        ("がか", "がか"),
    ],
)
def test_fold_drops_what_readers_do_not_mean(text, expected):
    assert expected == fold(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("l’été, co-op; don't", ["l", "ete", "co", "op", "don", "t"]),
        ("日本語のgoogle検索", ["日", "本", "語", "の", "google", "検", "索"]),
        ("ภาษาไทย", ["ภ", "า", "ษ", "า", "ไ", "ท", "ย"]),
        ("한국어 학교", ["한국어", "학교"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("snake_case 3.14", ["snake", "case", "3", "14"]),
        ("…", []),
    ],
)
def test_tokens_of_many_scripts(text, expected):
    assert expected == tokens(text)


@pytest.mark.parametrize("mark", ["\u093f", "\U000e0100", "\U000e01ef"])
def test_a_mark_stays_with_its_letter(mark):
    assert [f"\u65e5{mark}", "b"] == tokens(f"\u65e5{mark}b")
