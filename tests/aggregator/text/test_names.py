from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text.names import RESERVED, clean_name, name_key, trouble_with


@pytest.mark.parametrize(
    "name", ["Ana", "José Ñúñez", "Ольга", "محمد", "김민수", "山田タロウ", "Kim 민수", "Ana-Lena 2", "देवी"]
)
def test_a_name_of_any_script_can_be_had(name):
    assert trouble_with(clean_name(name)) is None


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "x" * 101,
        "a\u200bb",
        "\u202eana",
        "...",
        "\u0430na",
        "Ana\u0410",
        "\u041e\u043b\u044c\u0433a",
        "μike",
        *RESERVED,
        "ADMIN",
        "Adm1n",
        "a d m i n",
    ],
)
def test_a_name_that_hides_something_cannot_be_had(name):
    assert trouble_with(clean_name(name))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana", "ana"),
        ("Ana", "Aná"),
        ("Ines", "lnes"),
        ("Olga", "0lga"),
        ("modern", "modem"),
        ("\u0441\u043e\u0441\u043e", "coco"),
        ("Ana", "\uff21\uff4e\uff41"),
        ("A na", "Ana"),
    ],
)
def test_names_that_look_alike_have_one_key(one, other):
    assert name_key(clean_name(one)) == name_key(clean_name(other))


@pytest.mark.parametrize(("one", "other"), [("Ana", "Ada"), ("Ольга", "Олег"), ("山田", "山本"), ("देवी", "देव")])
def test_names_that_differ_have_two(one, other):
    assert name_key(one) != name_key(other)


@given(st.text(max_size=120))
def test_whatever_is_given_is_judged_and_a_key_stays_the_same(text):
    name = clean_name(text)
    assert clean_name(name) == name
    if trouble_with(name) is None:
        assert name_key(name) == name_key(name.upper().lower()) or not name.isascii()
        assert name_key(name)
