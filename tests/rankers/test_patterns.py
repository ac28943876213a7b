# ruff: noqa: RUF001  # letters that look alike are what is tested
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rankers.matching import match_leaf, match_leaves
from rankers.patterns import EntryTexts, TextLeaf, expression, fault_of
from rankers.words import tokens

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


def test_only_the_first_two_hundred_thousand_characters_are_looked_at():
    body = "x " * 100_000 + "needle"
    assert not match_leaf(TextLeaf("text", "needle"), EntryTexts(body=body))
    assert match_leaf(TextLeaf("text", "needle"), EntryTexts(body=body[6:]))


WORDS = st.lists(st.sampled_from(["rent", "rents", "house", "der", "été", "日", "日本", "co-op"]), max_size=12).map(
    " ".join
)
PATTERNS = st.lists(
    st.lists(st.sampled_from(["rent", "house", "été", "日", "ho", "co op"]), min_size=1, max_size=3),
    min_size=1,
    max_size=8,
)


@given(PATTERNS, st.booleans(), WORDS, WORDS)
def test_words_are_found_as_a_plain_search_finds_them(phrases, begins, title, body):
    """The plain way: each pattern's words looked for at every place of each value."""
    leaves = [TextLeaf("text", " ".join(words) + "*" * begins) for words in phrases]

    def plainly(pattern):
        wanted = tokens(pattern)
        for value in (title, body):
            words = tokens(value)
            for start in range(len(words) - len(wanted) + 1):
                here = words[start : start + len(wanted)]
                last_fits = here[-1].startswith(wanted[-1]) if begins else here[-1] == wanted[-1]
                if here[:-1] == wanted[:-1] and last_fits:
                    return True
        return False

    expected = tuple(plainly(leaf.pattern) for leaf in leaves)
    assert expected == match_leaves(leaves, EntryTexts(title=title, body=body))


@pytest.mark.parametrize(
    "pattern", ["/(a+)+$/", "/.*a.*a.*a.*b/", "/(x+x+)+y/", "/(.*)(.*)(.*)(.*)[^a]z/", "/(a|aa)+$/"]
)
def test_no_expression_can_hold_the_engine_up(pattern):
    """A backtracking engine would not come back from these within the test's time-out."""
    assert fault_of(pattern) is None
    for body in ("a" * 100_000, "x" * 100_000 + "!"):
        match_leaf(TextLeaf("text", pattern), EntryTexts(body=body))


EXPRESSIONS = [
    "rent", "RENT", r"\brent\w*", "^rent", "house$", "r.{0,3}t", "é", "É", "ſ", "s", "K", "k", "ß", "straße", "İ",
    "i", r"\d{2,}", "[[:upper:]]{3}", "a|b|", "(?-i)Rent", "x*", "日.", r"\p{Greek}+", "ΣΑΣ", "σας", "rent.*house",
    r"\brent\w* h", "rents?", r"c\+\+|rent", r"hou\w+", "straß?e", r"日本|\bx\b", "stra|", r"\\\\w|ren\w*t",
]  # fmt: skip
SAID = [
    "rent", "RENT", "House", "STRASSE", "straße", "É", "é", "e\u0301", "ſ", "K", "k", "ı", "İ", "i", "12", "ΣΑΣ", "σας",
    "日本", "x", "\n", "a", "c++", "rents", "renter",
]  # fmt: skip
TEXT = st.lists(st.sampled_from(SAID), max_size=8).map(" ".join) | st.text(max_size=40)


@given(st.lists(st.sampled_from(EXPRESSIONS), min_size=1, max_size=8), TEXT)
def test_expressions_are_found_as_each_alone_finds_them(bodies, text):
    """Many are run at once behind a filter of their fixed parts, which must never hide a match."""
    value = unicodedata.normalize("NFC", text)
    expected = tuple(bool(value) and expression(body).search(value) is not None for body in bodies)
    leaves = [TextLeaf("title", f"/{body}/") for body in bodies]
    assert expected == match_leaves(leaves, EntryTexts(title=text))


def test_two_hundred_of_the_longest_patterns_are_all_found():
    words = [f"{number:04}" + "abcdefghij"[number % 10] * 190 for number in range(200)]
    leaves = [TextLeaf("text", word) for word in words] + [TextLeaf("text", f"/{word}/") for word in words]
    assert (True,) * 400 == match_leaves(leaves, EntryTexts(body=" ".join(words)))


def test_text_is_looked_at_to_its_two_hundred_thousandth_character():
    needle = TextLeaf("text", "needle")
    assert match_leaf(needle, EntryTexts(body="x" * 199_993 + " needle"))
    assert not match_leaf(needle, EntryTexts(body="x" * 199_994 + " needle"))


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("/", '"/" is no letter'),
        ("a*", None),
        ("a-b*", None),
        ("a**", "a * may only stand at the end"),
        ("a *", "a * may only stand at the end"),
        ("a-*", "a * may only stand at the end"),
        ("*", "a * may only stand at the end"),
        ("a, b", '"," is no letter, digit, space, apostrophe or hyphen: write /a, b/'),
        ("a.b", "write /a\\.b/"),
        ("'", "expected at least one letter or digit"),
        ("/a/", None),
    ],
)
def test_a_pattern_has_one_fault_or_none(pattern, said):
    found = fault_of(pattern)
    assert found is None if said is None else said in found


def test_an_unknown_text_fact_is_an_error():
    with pytest.raises(KeyError):
        EntryTexts().values("mood")
