"""Sound in the reading view: a player on our own path, handed on part by part, and nothing signed for another use."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from aggregator.errors import FetchError
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.ports import Audio, AudioHead, Span
from aggregator.services import media, searching
from tests.web.conftest import Browser
from tests.web.newsroom import Item, Source
from web import create_app
from web.door import TOKEN

SOUND = "https://cast.example/tide.mp3?a=1&b=2"
CAST = Source(
    "https://cast.example/feed",
    "The Tide, spoken",
    "en",
    "",
    (Item("Spoken boats", 2, "<p>Hear.</p>"),),
)


class Worker:
    """Gives the same sound to whoever asks."""

    def __init__(self):
        self.asked = []
        self.head = AudioHead("audio/mpeg", 6)
        self.raises = None

    def audio(self, url, span, *, wait):
        assert wait > 0
        self.asked.append((url, span))
        if self.raises:
            raise self.raises
        return Audio(self.head, (part for part in (b"abc", b"def")))


@pytest.fixture
def worker():
    return Worker()


@pytest.fixture
def listener(newsroom, worker):
    client = create_app(newsroom.settings, desk=replace(newsroom.desk, ask=worker)).test_client()
    with client.session_transaction() as session:
        session[TOKEN] = newsroom.set_up()
    return Browser(client)


def path(newsroom):
    return media.sign_audio(newsroom.desk, SOUND)


def test_a_whole_file(listener, newsroom, worker):
    answer = listener.get(path(newsroom))
    assert (answer.status_code, answer.data, answer.headers["Content-Length"]) == (200, b"abcdef", "6")
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert worker.asked == [(SOUND, None)]


def test_a_part(listener, newsroom, worker):
    worker.head = AudioHead("audio/mpeg", 6, 100, 2000)
    answer = listener.get(path(newsroom), headers={"Range": "bytes=100-"})
    assert (answer.status_code, answer.headers["Content-Range"]) == (206, "bytes 100-105/2000")
    assert worker.asked == [(SOUND, Span(100))]


@pytest.mark.parametrize("asked", ["bytes=9-3", "bytes=-5", "bytes=0-1,5-6", "lines=1-2", "bytes=a-b"])
def test_a_range_that_is_none_is_left_out_of_account(listener, newsroom, worker, asked):
    assert listener.get(path(newsroom), headers={"Range": asked}).status_code == 200
    assert worker.asked == [(SOUND, None)]


@pytest.mark.parametrize(
    ("error", "status"),
    [(Fault(FaultCode.STATUS, "416"), 416), (Fault(FaultCode.STATUS, "404"), 502), (Fault(FaultCode.BAD_ANSWER), 502)],
)
def test_what_cannot_be_had_is_told(listener, newsroom, worker, error, status):
    worker.raises = FetchError(error)
    assert listener.get(path(newsroom), headers={"Range": "bytes=5-"}).status_code == status


def test_safety_28_sound_is_never_active(listener, newsroom):
    headers = listener.get(path(newsroom)).headers
    assert headers["Content-Type"] == "audio/mpeg"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]


def test_safety_28_a_signature_is_for_one_address_and_one_use(listener, newsroom, worker):
    picture = media.sign(newsroom.desk, SOUND).removeprefix("/media/")
    _, _, _, signature, _ = path(newsroom).split("/")
    other = media.sign_audio(newsroom.desk, "https://cast.example/other.mp3").rpartition("/")[2]
    assert listener.get(f"/media/audio/{picture}").status_code == 404
    assert listener.get(f"/media/audio/{signature}/{other}").status_code == 404
    assert worker.asked == []


def entry_page(member, newsroom, enclosure):
    source = replace(CAST, items=(replace(CAST.items[0], more=enclosure),))
    newsroom.subscribe((source,))
    newsroom.fetch((source,))
    entry = searching.search(newsroom.desk, newsroom.actor(), "spoken").items[0].seen.entry
    return member.page(f"/entries/{entry.uid}")


def test_the_reading_view_has_a_player_on_our_own_path(member, newsroom):
    page = entry_page(member, newsroom, f'<link rel="enclosure" type="audio/mpeg" length="2000000" href="{SOUND}"/>')
    players = re.findall(r"<audio [^>]*>", page)
    assert len(players) == 1
    assert f'src="{path(newsroom)}"' in players[0]
    assert 'preload="none"' in players[0]
    assert "The file at cast.example" in page


def test_film_is_a_link_and_no_player(member, newsroom):
    page = entry_page(member, newsroom, '<link rel="enclosure" type="video/mp4" href="https://cast.example/a.mp4"/>')
    assert "<video" not in page
    assert "<audio" not in page
    assert "Watch at cast.example" in page
