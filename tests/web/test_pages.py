from __future__ import annotations

import pytest


def test_up_answers_and_says_nothing_about_anybody(stranger):
    answer = stranger.get("/up")
    assert (answer.status_code, answer.json["ok"]) == (200, True)
    assert set(answer.json) == {"ok", "parts"}


def test_a_stranger_is_led_to_the_sample_edition(stranger):
    assert stranger.get("/").headers["Location"] == "/sample"
    page = stranger.page("/sample")
    assert "This is a sample edition" in page
    assert "Why 1st?" in page
    assert "broadsheet init" in page


def test_the_front_page_shows_entries_with_their_reasons(member, newsroom):
    newsroom.fill()
    page = member.page("/lists/front-page")
    assert "Ferry crews keep the night boats running" in page
    assert "Why 1st?" in page
    assert "By time alone it would stand" in page
    assert "Many voices" in page
