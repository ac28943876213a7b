# ruff: noqa: RUF001  # letters that look alike are what is tested
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rankers.patterns import EntryTexts, TextLeaf, fault_of, match_leaf, match_leaves

TEXTS = EntryTexts(
    title="Ropeworks tenants WIN a ten-year freeze",
    body="Après l’été: les loyers. C++ and rust. 日本語の記事。 한국어를 배운다",
    authors=("Ana Pérez", "Bo"),
    categories=("Housing", "Rent control"),
    content_warning="",
)


@pytest.mark.parametrize(
    ("fact", "pattern", "expected"),
    [
        ("title", "tenants win", True),
        ("title", "TENANTS", True),
        ("title", "tenant", False),
        ("title", "tenant*", True),
        ("title", "win ten", False),  # not next to each other
        ("title", "ten year", True),
        ("title", "ten-year", True),
        ("title", "tenyear", False),
        ("text", "freeze après", False),  # never across title and body
        ("text", "apres l'ete", True),
        ("text", "APRÈS L’ÉTÉ", True),
        ("text", "loyer*", True),
        ("text", "日本語", True),
        ("text", "本語の", True),
        ("text", "한국*", True),
        ("text", "한국", False),
        ("author", "perez", True),
        ("author", "perez bo", False),
        ("category", "housing rent", False),  # never across two categories
        ("category", "rent control", True),
        ("content_warning", "a*", False),
        ("text", r"/c\+\+/", True),
        ("text", "/été/", True),
        ("text", "/ete/", False),  # an expression sees the text as it is
        ("text", "/RUST/", True),
        ("text", "/(?-i)RUST/", False),
        ("title", "/^ropeworks.*freeze$/", True),
        ("content_warning", "/x*/", False),  # no text, no match
    ],
)
def test_a_pattern_finds_words_next_to_each_other_in_one_value(fact, pattern, expected):
    assert fault_of(pattern) is None
    assert expected is match_leaf(TextLeaf(fact, pattern), TEXTS)


@given(st.lists(st.sampled_from(["tenant*", "freeze", "/a{2}/", "日"]), min_size=1), st.text(max_size=80))
def test_leaves_matched_together_are_matched_as_alone(patterns, body):
    texts = EntryTexts(title="Tenants", body=body)
    leaves = [TextLeaf("text", pattern) for pattern in patterns]
    assert tuple(match_leaf(leaf, texts) for leaf in leaves) == match_leaves(leaves, texts)


@given(st.text(min_size=1, max_size=20), st.text(max_size=60))
def test_a_pattern_without_fault_can_always_be_matched(pattern, body):
    if fault_of(pattern) is None:
        match_leaf(TextLeaf("text", pattern), EntryTexts(body=body))


@pytest.mark.parametrize("leaf", [TextLeaf("title", "a:b"), TextLeaf("text", "/x:y/"), TextLeaf("category", "rent*")])
def test_a_leaf_is_found_again_by_its_key(leaf):
    assert leaf == TextLeaf.from_key(leaf.key)


def test_only_the_first_two_hundred_thousand_characters_are_looked_at():
    body = "x " * 100_000 + "needle"
    assert not match_leaf(TextLeaf("text", "needle"), EntryTexts(body=body))
    assert match_leaf(TextLeaf("text", "needle"), EntryTexts(body=body[6:]))
