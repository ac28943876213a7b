"""The files beside a recording, read here: its transcript as a page of text, its chapters from a file of their own.

They are fetched when a member asks for them, and nothing of them is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aggregator.errors import NotFoundError
from aggregator.services.rights import Right, require
from aggregator.store import entries

if TYPE_CHECKING:
    from aggregator.model.entry import Entry
    from aggregator.model.extras import Chapter, Transcript
    from aggregator.model.ids import Uid
    from aggregator.model.member import Actor
    from aggregator.model.spoken import Spoken
    from aggregator.services.desk import Desk

WAIT: Final = 20.0
"""Seconds a reader waits for a file: the fetch and its reading are stopped by limits of their own as well."""


@dataclass(frozen=True, slots=True)
class NamedTranscript:
    """A transcript that an entry names; `number` is its place among the entry's."""

    entry: Entry
    transcript: Transcript
    number: int


def one_a_language(entry: Entry) -> tuple[NamedTranscript, ...]:
    """Give the first of an entry's transcripts in each language: the others say the same in another form."""
    found: dict[str | None, NamedTranscript] = {}
    for number, transcript in enumerate(entry.extras.transcripts):
        found.setdefault(transcript.language, NamedTranscript(entry, transcript, number))
    return tuple(found.values())


def named_transcript(desk: Desk, actor: Actor, uid: Uid, number: int) -> NamedTranscript:
    """Give one of an entry's transcripts, not fetched yet. Raises NotFoundError("entry" or "transcript")."""
    entry = _entry(desk, actor, uid)
    if number >= len(entry.extras.transcripts):
        raise NotFoundError("transcript", str(number))
    return NamedTranscript(entry, entry.extras.transcripts[number], number)


def read_transcript(desk: Desk, actor: Actor, named: NamedTranscript) -> Spoken:
    """Fetch and read it. Raises FetchError, and BusyError without a worker or while its site is to be left alone."""
    require(actor, Right.READ)
    return desk.ask.transcript(named.entry.feed_id, named.transcript.url, named.transcript.type or "", wait=WAIT)


def read_chapters(desk: Desk, actor: Actor, uid: Uid) -> tuple[Chapter, ...]:
    """Fetch and read an entry's file of chapters; none where it names none. Raises as read_transcript does."""
    entry = _entry(desk, actor, uid)
    if entry.extras.chapters_file is None:
        return ()
    return desk.ask.chapters(entry.feed_id, entry.extras.chapters_file, wait=WAIT)


def _entry(desk: Desk, actor: Actor, uid: Uid) -> Entry:
    require(actor, Right.READ)
    if actor.only is not None:  # of a public list everybody is given what the document says, not what is fetched
        raise NotFoundError("entry", uid)
    with desk.database.read() as conn:
        return entries.get_entry(conn, uid)
