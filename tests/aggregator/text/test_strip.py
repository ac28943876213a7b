"""Text from clean HTML."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.sources.clean import HtmlCleaner
from aggregator.text.strip import excerpt, one_line, strip


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", "\none\n\ntwo\n"),
        ("in<b>line</b>d", "inlined"),
        ("a<br>b", "a\nb"),
        ("&lt;b&gt; &amp; &nbsp;x", "<b> & \u00a0x"),
        ('<img src="https://x.example/" alt="a &gt; b">t', "t"),
        ("plain", "plain"),
    ],
)
def test_tags_go_and_blocks_end_lines(html, text):
    assert strip(html) == text


@given(st.text(st.sampled_from("<>&ab \"'=/!-"), max_size=60))
def test_no_tag_is_left_of_what_the_sanitizer_gives(text):
    html = HtmlCleaner().clean(f'<img alt="{escape(text)}" src="https://x.example/">', None)
    assert "x.example" not in strip(html)


def test_an_excerpt_ends_at_a_word():
    assert excerpt("word " * 100, 30) == "word word word word word…"
    assert excerpt("short\n  text") == "short text"
    assert len(excerpt("x" * 1_000)) == 300


@given(st.text(max_size=2_000), st.integers(10, 400))
def test_an_excerpt_keeps_its_length(text, length):
    assert len(excerpt(text, length)) <= length
    assert one_line(excerpt(text, length)) == excerpt(text, length)
