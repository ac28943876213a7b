"""The text of the words index gives the tokens that rules give."""

import hashlib
import unicodedata
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.text.strip import strip
from aggregator.text.words import (
    BOUNDARY,
    INDEX_VERSION,
    LONGEST_TEXT,
    count_words,
    index_and_count,
    index_html,
    index_text,
    tokens,
)

LETTERS = (
    "aZ1 -_'.,éßжё日本ひらไทยกำ한ि़्हिन\u0301\u0308\u0306\u200d\u00ad½①ǅﬁ\u201c\u201d\u2026İ\u0131й\u0345ά\u1100\u1161"
)
texts = st.text(st.sampled_from(LETTERS) | st.characters(exclude_categories=["Cs"]), max_size=40)


@settings(max_examples=3_000, deadline=None)
@given(texts)
def test_the_index_holds_the_tokens_of_the_rules(text):
    assert index_text("", text).split() == tokens(text)


@settings(max_examples=1_000, deadline=None)
@given(texts, texts)
def test_words_are_counted_as_tokens_are(title, text):
    index, words = index_and_count(title, text)
    assert words == count_words(text) == len(tokens(text))
    assert index == index_text(title, text)
    assert index.split() == ([*tokens(title), BOUNDARY] if title else []) + tokens(text)
    assert index == index_html(title, escape(text), "") or strip(escape(text)) != text


def test_ascii_words_are_lower_case_and_parted_at_anything_else():
    assert index_text("The TITLE", "don't re-do C++ x_y 3.14").split() == [
        "the", "title", BOUNDARY, "don", "t", "re", "do", "c", "x", "y", "3", "14",
    ]  # fmt: skip


def test_scripts_without_spaces_give_a_token_a_character():
    assert index_text("", "abc日本語def").split() == ["abc", "日", "本", "語", "def"]


def test_half_surrogates_do_no_harm():
    assert index_text("", "a\ud800b").split() == ["a", "b"]


def test_a_long_body_is_indexed_up_to_its_limit_and_counted_whole():
    index, words = index_and_count("t", "word " * 100_000)
    assert words == 100_000
    assert len(index) <= LONGEST_TEXT + 10


def test_a_boundary_is_nothing_anybody_can_look_for():
    assert tokens(f"a{BOUNDARY}b") == ["a", "b"]


@pytest.mark.skipif(unicodedata.unidata_version != "14.0.0", reason="the sample's words are those of Unicode 14")
def test_the_index_version_is_raised_when_an_entry_gives_another_text():
    sample = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x20000)))) + "don't C++ 3.14 Straße e\u0301"
    spaced = index_text("A title", " ".join(sample)) + index_text("", sample[::-1])
    digest = hashlib.sha256(spaced.encode()).hexdigest()[:16]
    assert (INDEX_VERSION, digest) == ("2/14.0.0", "d9d49cf89058bf32")
