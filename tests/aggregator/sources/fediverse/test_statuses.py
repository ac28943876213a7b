from __future__ import annotations

import pytest

from aggregator.sources.fediverse.statuses import read_statuses

HERE = "https://social.example"


def status(number, note="", **more):
    return {
        "uri": f"{HERE}/users/ana/statuses/{number}",
        "visibility": "public",
        "content": f"<p>No {number}</p>",
        "created_at": "2026-11-22T10:00:00Z",
        "account": {"display_name": "Ana", "uri": f"{HERE}/users/ana", "note": note},
        **more,
    }


def read(*statuses):
    return read_statuses(statuses, 50).entries


@pytest.mark.parametrize(
    "note", ["<p>#nobot</p>", '<p>I fish. <a href="/tags/x">#<span>NoBots</span></a></p>', "#nofetch"]
)
def test_who_wants_to_be_read_by_no_program_is_not_read_in_timelines_either(note):
    assert read(status(1, note)) == []
    assert read({**status(2), "reblog": status(3, note)}) == []


@pytest.mark.parametrize(("note", "reserved"), [("<p>#noindex</p>", True), ("#nosearch", True), ("#nobodyindex", None)])
def test_who_wants_to_be_found_by_no_search_is_marked_in_timelines_too(note, reserved):
    (entry,) = read(status(1, note))
    assert entry.extras.get("reserved") is reserved


def test_a_poll_is_text_and_pictures_keep_their_descriptions():
    picture = {"url": f"{HERE}/quay.png", "type": "image", "description": "A <quay>"}
    poll = {"options": [{"title": "Yes & no", "votes_count": 7}]}
    (entry,) = read(status(1, poll=poll, media_attachments=[picture]))
    assert "<li>Yes &amp; no</li>" in entry.content.value
    assert 'alt="A &lt;quay&gt;"' in entry.content.value
    assert "7" not in entry.content.value


def test_what_is_not_for_everybody_is_not_read_in_timelines():
    assert read(status(1, visibility="private"), status(2, reblog=status(3, visibility="direct"))) == []
