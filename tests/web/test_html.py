from __future__ import annotations

import re

import pytest

from web.html import body_html


def fit(clean, sign=lambda url: f"/media/{url[-5:]}"):
    return str(body_html(clean, sign, region="wide", play="listen"))


def test_pictures_come_through_the_instance_and_from_nowhere_else():
    html = fit('<img src="https://a.example/x.png" srcset="https://a.example/y.png 2x" alt="A quay">')
    assert html == '<img src="/media/x.png" alt="A quay" loading="lazy" decoding="async">'


def test_a_picture_that_cannot_be_had_is_left_out():
    assert fit('<p>a<img src="data:x">b</p>', lambda _: None) == "<p>ab</p>"


def test_links_tell_nobody_where_they_were_followed_from():
    html = fit('<a href="https://a.example/" target="_blank">a</a>')
    assert html == '<a href="https://a.example/" rel="noopener noreferrer">a</a>'


@pytest.mark.parametrize(
    ("levels", "expected"),
    [("123", "234"), ("4", "2"), ("14", "23"), ("251", "232"), ("3344", "2233"), ("123456", "234566")],
)
def test_headings_stand_below_the_title_and_skip_no_level(levels, expected):
    html = fit("".join(f"<h{level}>x</h{level}>" for level in levels))
    assert "".join(re.findall(r"<h(\d)>", html)) == expected


def test_a_player_becomes_a_link():
    html = fit('<video poster="https://a.example/p.png"><source src="https://a.example/v.mp4"></video> after')
    assert html == '<p><a href="https://a.example/v.mp4" rel="noopener noreferrer">listen</a></p> after'


def test_a_wide_table_can_be_scrolled_by_keyboard():
    html = fit("<table><tr><td>x</td><td>y</td></tr></table>after")
    assert html.startswith('<div class="wide" tabindex="0" role="region" aria-label="wide"><table>')
    assert html.endswith("</table></div>after")


def test_several_wide_parts_are_told_apart():
    names = re.findall(r'aria-label="([^"]*)"', fit("<pre>a</pre><table><tr><td>1</td><td>2</td></tr></table>"))
    assert names == ["wide", "wide (2)"]


def test_tables_that_only_place_things_are_unfolded():
    letter = (
        "<table><colgroup><col></colgroup><tbody><tr><td colspan='2'><h1>Birds</h1></td></tr><tr><td>one</td><td>"
        "<table><tr><td>Pond</td><td>7</td></tr></table></td></tr></tbody></table>"
        "<table><tr><td>Imprint</td></tr></table>"
    )
    html = fit(letter)
    assert html.startswith("<div><h2>Birds</h2></div><div>one</div><div><div class")
    assert html.count("<table>") == 1
    assert "<tr><td>Pond</td><td>7</td></tr></table></div></div><div>Imprint</div>" in html


@pytest.mark.parametrize("head", ["<caption>Birds</caption>", "<tr><th>Birds</th></tr>"])
def test_a_table_with_a_heading_stays_one(head):
    assert "<table>" in fit(f"<table>{head}<tr><td>7</td></tr></table>")


def test_tables_within_tables_are_unfolded_to_the_last():
    assert "<table" not in fit("<table><tr><td>" * 60 + "x" + "</td></tr></table>" * 60)


def test_text_before_the_first_element_stays_text():
    assert fit("1 &lt; 2 <b>yes</b>") == "1 &lt; 2 <b>yes</b>"


def test_nothing_stays_nothing():
    assert fit("  ") == ""


def test_a_link_whose_address_was_taken_away_is_plain_words():
    assert fit("<p>so <a>they <b>say</b></a>, today</p>") == "<p>so they <b>say</b>, today</p>"
