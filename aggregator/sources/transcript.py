"""Transcripts of recordings as files: WebVTT (W3C), SubRip, the JSON and HTML of Podcasting 2.0, plain text.

Pure; in the parse process. What a file is shows in its first characters rather than in what its feed or server say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any, Final

from aggregator.model.spoken import Said, Spoken
from aggregator.outbound.limits import inflate
from aggregator.sources.fulltext import main_text
from aggregator.sources.jsonfeed import load_json
from aggregator.sources.page import page_text
from aggregator.sources.plain import line, safe_html
from aggregator.sources.raw import NOT_TEXT, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST: Final = 1024 * 1024
"""Characters of a transcript that are kept; a recording of three hours has a fifth of it."""
MOST_LINES: Final = 5_000
_PARAGRAPH: Final = 400
"""Characters after which a paragraph ends with its sentence; cues are a few words each."""
_LONGEST_PARAGRAPH: Final = 1_200
_LONGEST_NAME: Final = 100
_HEAD: Final = 4_096
_ENDS: Final = (".", "?", "!", "…", "。", "？", "！", "؟")  # noqa: RUF001  # sentences end so in other scripts

_TIMING = re.compile(r"\s{0,9}(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,]\d{1,3}\s{0,9}-->")
_TIMED = re.compile(r"^(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}\s{0,9}-->", re.MULTILINE)
_VOICE = re.compile(r"<v(?:\.[^<>\s]{0,100})?\s([^<>]{1,200})>")
_TAG = re.compile(r"<[^<>]{0,300}>")
_WHOLE_PAGE = re.compile(r"<(?:!doctype|html)\b", re.IGNORECASE)
_FRAME = re.compile(r"<(?:article|footer|header|main|nav)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TranscriptJob:
    """One answer with a transcript; `told` is the media type its feed gives, or empty."""

    body: bytes
    encoding: str
    content_type: str
    address: str
    told: str


def read_transcript(job: TranscriptJob) -> Spoken:
    """Read a transcript. Raises FetchError where the answer could not be unpacked."""
    text = page_text(inflate(job.body) if job.encoding else job.body, job.content_type)
    text = NOT_TEXT.sub("", text).lstrip("\ufeff \t\r\n")
    if text.startswith("WEBVTT") or _TIMED.search(text, 0, _HEAD):
        return _kept(_joined(_cues(text)))
    if text.startswith(("{", "[")) and (segments := _segments(text)):
        return _kept(_joined(segments))
    if _WHOLE_PAGE.match(text) and job.told and "html" not in job.told:
        return Spoken()  # somebody's page of signing in, or that there is no such file
    if "html" in (job.told or job.content_type) or _WHOLE_PAGE.match(text):
        return _page(text, job.address)
    return _kept(_paragraphs(text))


def _page(text: str, address: str) -> Spoken:
    page = text[:LONGEST]
    html = main_text(page, address) if _FRAME.search(page) else ""
    return Spoken(html=html or safe_html(Text("html", page), address), cut=len(text) > LONGEST)


def _cues(text: str) -> Iterator[Said]:
    """Give the cues of WebVTT or SubRip; what stands outside of them (notes, styles, numbers) is passed over."""
    start: int | None = None
    words: list[str] = []
    for row in text.splitlines():
        timing = _TIMING.match(row)
        if timing or not row.strip():
            if timing and words and words[-1].strip().isdigit():
                words.pop()  # the number of the next cue, where no empty line stands before it
            if start is not None and words:
                yield _cue(start, words)
            words = []
            start = _seconds(timing) if timing else None
        elif start is not None:
            words.append(row)
    if start is not None and words:
        yield _cue(start, words)


def _seconds(timing: re.Match[str]) -> int:
    hours, minutes, seconds = (int(part or 0) for part in timing.groups())
    return hours * 3600 + minutes * 60 + seconds


def _cue(start: int, words: list[str]) -> Said:
    text = " ".join(words)
    voice = _VOICE.search(text)
    speaker = line(unescape(voice[1]), _LONGEST_NAME) if voice else ""
    return Said(line(unescape(_TAG.sub("", text)), _LONGEST_PARAGRAPH), start, speaker or None)


def _segments(text: str) -> list[Said]:
    """Give the segments of a JSON transcript; none where it is something else."""
    told = load_json(text.encode("utf-8", "replace"))
    segments = told.get("segments") if isinstance(told, dict) else told
    found = []
    for segment in segments if isinstance(segments, list) else []:
        words = segment.get("body") if isinstance(segment, dict) else None
        if isinstance(words, str) and (text := line(words, _LONGEST_PARAGRAPH)):
            found.append(Said(text, _whole(segment.get("startTime")), _name(segment.get("speaker"))))
    return found


def _whole(seconds: Any) -> int | None:
    return int(seconds) if isinstance(seconds, int | float) and 0 <= seconds < 10**6 else None


def _name(speaker: Any) -> str | None:
    return line(speaker, _LONGEST_NAME) or None if isinstance(speaker, str) else None


def _paragraphs(text: str) -> Iterator[Said]:
    """Give plain text by its empty lines; where it has none, by its lines."""
    rows = [row.strip() for row in text.splitlines()]
    apart = "" in rows
    held: list[str] = []
    for row in (*rows, ""):
        if row:
            held.append(row)
        if held and (not row or not apart):
            yield Said(line(" ".join(held), LONGEST))
            held = []


def _joined(cues: Iterable[Said]) -> Iterator[Said]:
    """Make paragraphs of cues: one ends with its speaker, or with a sentence once it is long enough."""
    held: list[str] = []
    length = 0
    first = Said("")
    for cue in cues:
        if not cue.text:
            continue
        other = cue.speaker is not None and cue.speaker != first.speaker
        full = length >= _LONGEST_PARAGRAPH or (length >= _PARAGRAPH and held[-1].endswith(_ENDS))
        if held and (other or full):
            yield Said(" ".join(held), first.start, first.speaker)
            held, length = [], 0
        if not held:
            first = Said("", cue.start, cue.speaker or first.speaker)
        held.append(cue.text)
        length += len(cue.text) + 1
    if held:
        yield Said(" ".join(held), first.start, first.speaker)


def _kept(said: Iterable[Said]) -> Spoken:
    lines: list[Said] = []
    room = LONGEST
    for one in said:
        room -= len(one.text)
        if room < 0 or len(lines) == MOST_LINES:
            return Spoken(tuple(lines), cut=True)
        if one.text:
            lines.append(one)
    return Spoken(tuple(lines))
