"""Addresses: absolute, of the web, without tracking; and stable."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.text.address import absolutise, host_of, without_tracking

BASE = "https://example.org/a/b"
WORDS = """
    http https : / // ? # & = @ [ ] ::1 . .. example.org utm_source x javascript mailto data % %41 é < > ; fbclid 8080
"""
PIECES = [*WORDS.split(), "\\", " ", "\t", "\n", "\x00", "\u2028", '"', "`"]


@settings(max_examples=3_000, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.sampled_from([None, BASE, "http://[", "nonsense"])
)
def test_whatever_comes_out_is_a_web_address_and_stays_one(address, base):
    found = absolutise(address, base)
    if found is not None:
        assert re.fullmatch(r"https?://[^\s\"<>\\`\x00-\x20]+", found)
        assert absolutise(found, None) == found


@settings(max_examples=1_000, deadline=None)
@given(st.text(max_size=60))
def test_no_text_raises(text):
    found = absolutise(text, BASE, mail=True)
    assert found is None or found.startswith(("http://", "https://", "mailto:"))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://e.example/?a=1&utm_source=x&b=2", "https://e.example/?a=1&b=2"),
        ("https://e.example/?utm_source=x", "https://e.example/"),
        ("https://e.example/?utm_source=x#part", "https://e.example/#part"),
        ("https://e.example/a#utm_source=rss", "https://e.example/a"),
        ("https://e.example/?a=1&amp;utm_medium=x", "https://e.example/?a=1"),
        ("https://e.example/?A=b&FBCLID=1", "https://e.example/?A=b"),
        ("https://e.example/?a;b;c", "https://e.example/?a;b;c"),
        ("https://e.example/?q=a+b&c", "https://e.example/?q=a+b&c"),
        ("https://e.example/#xtor=RSS-1", "https://e.example/"),
    ],
)
def test_tracking_goes_and_the_rest_stays(address, expected):
    assert without_tracking(address) == expected


def test_a_relative_address_without_base_is_none():
    assert absolutise("/a", None) is None


def test_too_long_is_none():
    assert absolutise("https://e.example/" + "a" * 5_000, None) is None


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://E.example:80/x", "e.example"),
        ("https://e.example./", "e.example"),
        ("x", None),
        (None, None),
        ("http://[", None),
    ],
)
def test_hosts(address, host):
    assert host_of(address) == host
