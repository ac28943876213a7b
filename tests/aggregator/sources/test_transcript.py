"""Transcripts and chapters from files of their own: every form of Podcasting 2.0, and what only pretends to be one."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.extras import Chapter
from aggregator.model.spoken import Said, Spoken
from aggregator.sources.chapters import ChaptersJob, read_chapters
from aggregator.sources.clean import HtmlCleaner
from aggregator.sources.transcript import MOST_LINES, TranscriptJob, read_transcript

ADDRESS = "https://cast.example/files/one"
VTT = """WEBVTT - Tides

STYLE
::cue { color: red }

NOTE
nobody says this

intro
00:00:01.000 --> 00:00:03.000 align:start
<v.loud Ana Quay>Welcome to the <b>tide</b>

00:00:03.000 --> 00:00:04.000
<v Ana Quay>&amp; its boats.

01:02:03.500 --> 01:02:05.000
<v Ben>Good evening.
"""
SRT = (
    "1\r\n00:00:01,000 --> 00:00:03,000\r\nWelcome to\r\nthe tide.\r\n2\r\n00:01:05,250 --> 00:01:06,000\r\nBoats.\r\n"
)


def transcript(body, told="", content_type="", encoding=""):
    data = body.encode() if isinstance(body, str) else body
    return read_transcript(TranscriptJob(data, encoding, content_type, ADDRESS, told))


def test_webvtt_in_paragraphs_by_who_speaks():
    assert transcript(VTT, "text/vtt").lines == (
        Said("Welcome to the tide & its boats.", 1, "Ana Quay"),
        Said("Good evening.", 3723, "Ben"),
    )


def test_subrip_without_empty_lines_between():
    assert transcript(SRT, "application/x-subrip").lines == (Said("Welcome to the tide. Boats.", 1),)


def test_json_whose_speaker_is_told_once():
    body = {
        "version": "1.0.0",
        "segments": [
            {"speaker": "Ana", "startTime": 0.5, "endTime": 2, "body": "One"},
            {"startTime": 2.5, "body": "and two."},
            {"speaker": "Ben", "startTime": 90, "body": "Three."},
            {"speaker": 7, "startTime": "x", "body": None},
            "four",
        ],
    }
    assert transcript(json.dumps(body), "application/json").lines == (
        Said("One and two.", 0, "Ana"),
        Said("Three.", 90, "Ben"),
    )


def test_a_long_speech_is_cut_at_its_sentences():
    cues = "".join(f"00:{n:02}:00.000 --> 00:{n:02}:09.000\nThe tide came in again at {n}.\n\n" for n in range(60))
    lines = transcript("WEBVTT\n\n" + cues).lines
    assert len(lines) > 3
    assert all(400 <= len(said.text) <= 460 for said in lines[:-1])
    assert all(said.text.endswith(".") for said in lines)


def test_plain_text_by_its_paragraphs_or_lines():
    assert transcript("One\ntwo\n\n\nthree\n").lines == (Said("One two"), Said("three"))
    assert transcript("One\ntwo\n").lines == (Said("One"), Said("two"))


def test_html_is_clean_and_absolute():
    spoken = transcript(
        "<cite onclick=alert(1)>Ana:</cite><time>0:01</time><p>Hear <a href='/x'>it</a><script>alert(1)</script></p>",
        "text/html",
    )
    assert spoken.lines == ()
    assert "https://cast.example/x" in spoken.html
    assert "alert" not in spoken.html
    assert HtmlCleaner().clean(spoken.html, None) == spoken.html


def test_a_whole_page_loses_what_stands_around_its_text():
    said = "".join(f"<p>In part {n} the boats rose with the tide and nobody was late.</p>" for n in range(20))
    page = f"<!doctype html><html><body><nav><a href='/'>Menu entry</a></nav><main>{said}</main></body></html>"
    html = transcript(page, "text/html").html
    assert "In part 19" in html
    assert "Menu entry" not in html


def test_a_web_page_in_the_place_of_a_transcript_is_none():
    assert transcript("<!DOCTYPE html><html><body>Sign in first", "text/vtt", "text/html") == Spoken()


def test_the_charset_the_server_tells_counts():
    assert transcript("Grüße vom Kai".encode("latin-1"), "text/plain", "text/plain; charset=iso-8859-1").lines == (
        Said("Grüße vom Kai"),
    )


def test_what_came_packed_is_unpacked():
    assert transcript(gzip.compress(VTT.encode()), encoding="gzip").lines[1].speaker == "Ben"


def test_what_no_one_can_have_said_is_cut_and_that_is_told():
    spoken = transcript("\n\n".join(f"Line {n}" for n in range(MOST_LINES + 1)))
    assert (len(spoken.lines), spoken.cut) == (MOST_LINES, True)
    long = transcript("\n\n".join(["x" * 300_000] * 5))
    assert (len(long.lines), long.cut) == (3, True)


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"{", b'{"segments": 7}', b"WEBVTT", b"[" * 100_000, b"<", b"-->"])
def test_what_is_no_transcript_breaks_nothing(body):
    assert isinstance(transcript(body, "application/json"), Spoken)


@given(st.text() | st.lists(st.sampled_from([*VTT, "-->", "<v ", "00:00.0 -->", "\n\n"])).map("".join), st.text())
def test_whatever_it_is_it_is_read_as_lines_without_controls(body, told):
    for said in transcript(body.encode("utf-8", "replace"), told).lines:
        assert said.text
        assert said.text.isprintable() or not set(said.text) & {chr(n) for n in range(32)}


def chapters(told):
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    return read_chapters(ChaptersJob(body, "", ADDRESS)).chapters


def test_chapters_of_a_file():
    assert chapters(
        {
            "version": "1.2.0",
            "chapters": [
                {"startTime": 187.5, "title": "Boats", "url": "/boats", "img": "https://cast.example/b.png"},
                {"startTime": 0, "title": "Greeting"},
                {"startTime": 60, "title": "An advert", "toc": False},
                {"startTime": 90, "title": "A link", "url": "javascript:alert(1)"},
                {"startTime": -5, "title": "No"},
                {"title": "No"},
                {"startTime": 7},
                "no",
            ],
        }
    ) == (Chapter(0, "Greeting"), Chapter(90, "A link"), Chapter(187, "Boats", "https://cast.example/boats"))


@pytest.mark.parametrize("told", [b"", b"<html>", b"[" * 100_000, [], {"chapters": 7}, {"chapters": [[]]}, 3])
def test_what_is_no_file_of_chapters_has_none(told):
    assert chapters(told) == ()
