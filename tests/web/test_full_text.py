"""The switch for whole texts on a source's page, and what went wrong with them in plain words."""

from __future__ import annotations

import pytest

from aggregator.store import feeds
from tests.web.newsroom import SOURCES


@pytest.fixture
def source(newsroom):
    return newsroom.subscribe(SOURCES[:1])[0]


def test_whole_texts_are_turned_on_and_off(member, source):
    assert "Fetch whole texts" in member.page(f"/sources/{source}")
    member.post(f"/sources/{source}/full-text", {"on": "1"})
    assert "Stop fetching whole texts" in member.page(f"/sources/{source}")
    member.post(f"/sources/{source}/full-text", {"on": "0"})
    assert "Fetch whole texts" in member.page(f"/sources/{source}")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("robots", "robots.txt does not let"),
        ("timeout", "The answer took too long."),
        ("parser-limit", "Reading it took too much time or memory and was stopped."),
    ],
)
def test_what_went_wrong_is_told(member, newsroom, source, state, said):
    with newsroom.desk.database.write() as conn:
        feeds.set_full_text(conn, source, state)
    assert said in member.page(f"/sources/{source}")
