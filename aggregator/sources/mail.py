"""One letter (RFC 5322, MIME) as an entry of its sender's feed. Pure; runs in the killable parse process.

The body goes through the one cleaner like any feed's: trackers are taken out there. Links to unsubscribe carry who
subscribed: those of the body lose their address, the one of List-Unsubscribe (RFC 2369) is kept for editors.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header
from email.utils import parseaddr
from typing import TYPE_CHECKING, Final

from aggregator.errors import FetchError
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.mailbox import SCHEME
from aggregator.sources.about import feed_data
from aggregator.sources.entries import EntryReader
from aggregator.sources.job import ParsedDocument, ParseJob
from aggregator.sources.raw import NOT_TEXT, RawDocument, RawEntry, RawFeed, Text

if TYPE_CHECKING:
    from datetime import datetime
    from email.message import Message

_MOST_PARTS: Final = 200
_LONGEST_HEADER: Final = 4_000  # characters; what is longer was not written for people
_LONGEST_SENDER: Final = 254  # RFC 5321
_SENDER = re.compile(r"[^\s@<>\"(),:;\[\]\\]{1,64}@([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,20})")
_IN_BRACKETS = re.compile(r"<\s*((?:https?|mailto):[^<>\s]{1,2000})\s*>", re.IGNORECASE)
_TO_LEAVE = re.compile(
    r"(<a\b[^<>]{0,4000}?)\shref\s*=\s*(?:\"[^\"<>]{0,3000}(?:WORDS)[^\"<>]{0,3000}\"|'[^'<>]{0,3000}(?:WORDS)[^'<>]{0,3000}')".replace(
        "WORDS", r"unsub|opt-?out|abbestell|abmeld|desabon|d%C3%A9sabon|cancella|darse-?de-?baja|afmeld|avregistrer"
    ),
    re.IGNORECASE,
)
_TITLE = re.compile(r"<(title|head|style)\b[^>]{0,500}>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class MailJob:
    """One letter to read. `known` are raw hashes of entries held as they are."""

    body: bytes
    now: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as a document of one entry; `sender` is a mail address in lower case."""

    sender: str
    document: ParsedDocument


def read_letter(job: MailJob) -> Letter:
    """Read a letter. Raises FetchError: NOT_A_FEED where it has no sender, BROKEN, EMPTY."""
    try:
        message: Message = message_from_bytes(job.body, policy=policy.compat32)
        name, sender = _sender(message)
        document = _document(message, name, sender)
    except (MessageError, ValueError, LookupError, AttributeError, TypeError, AssertionError) as exc:
        raise FetchError(Fault(FaultCode.BROKEN, type(exc).__name__)) from exc
    reader = EntryReader(
        ParseJob(job.body, "", "", SCHEME + sender, None, None, frozenset(), job.now),
        document,
    )
    entries, carried = reader.read()
    feed = replace(feed_data(document.feed, reader.base, reader.language), remarks=reader.remarks)
    return Letter(sender, ParsedDocument(feed, entries, carried, document.format))


def _document(message: Message, name: str, sender: str) -> RawDocument:
    body = _body(message)
    if body is None:
        raise FetchError(Fault(FaultCode.EMPTY))
    subject = _header(message, "Subject")
    entry = RawEntry(
        guid=_header(message, "Message-ID") or None,
        title=Text("text", subject) if subject else None,
        content=body,
        published=_header(message, "Date") or None,
        authors=[(name or sender, None)],
    )
    leave = [found[1] for found in _IN_BRACKETS.finditer(_header(message, "List-Unsubscribe"))]
    if leave:
        entry.extras["unsubscribe"] = next((one for one in leave if one.lower().startswith("http")), leave[0])
    online = _IN_BRACKETS.search(_header(message, "List-Archive"))
    feed = RawFeed(title=Text("text", name or sender), site=online[1] if online else None)
    return RawDocument(format="mail", feed=feed, entries=[entry])


def _sender(message: Message) -> tuple[str, str]:
    # Encoded words are read after the name is told from the address: one may hold a comma, or another address.
    name, address = parseaddr(str(message.get("From") or "")[:_LONGEST_HEADER])
    name, address = _line(name), address.strip().lower()
    if len(address) > _LONGEST_SENDER or not _SENDER.fullmatch(address):
        raise FetchError(Fault(FaultCode.NOT_A_FEED, "no sender"))
    return name, address


def _body(message: Message) -> Text | None:
    """Return the markup of a letter, else its plain text: the first part of each kind that is no attachment."""
    plain: Text | None = None
    for number, part in enumerate(message.walk()):
        if number >= _MOST_PARTS:
            break
        kind = part.get_content_type()
        if (
            part.is_multipart()
            or kind not in {"text/html", "text/plain"}
            or part.get_content_disposition() == "attachment"
        ):
            continue
        text = _text(part)
        if kind == "text/html" and text.strip():
            return Text("html", _TO_LEAVE.sub(r"\1", _TITLE.sub("", text)))
        if plain is None and text.strip():
            plain = Text("text", text)
    return plain


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    for charset in (str(part.get_content_charset() or "utf-8"), "utf-8"):
        try:
            return NOT_TEXT.sub("", data.decode(charset))
        except (LookupError, ValueError):
            continue
    return NOT_TEXT.sub("", data.decode("windows-1252", "replace"))


def _header(message: Message, name: str) -> str:
    return _line(str(message.get(name) or "")[:_LONGEST_HEADER])


def _line(raw: str) -> str:
    """Return part of a header as one line, its encoded words read (RFC 2047); what cannot be read stays as it is."""
    try:
        parts = [_word(*part) for part in decode_header(raw)]
    except (MessageError, ValueError):
        parts = [raw]
    return " ".join(NOT_TEXT.sub("", "".join(parts)).split())


def _word(value: bytes | str, charset: str | None) -> str:
    if isinstance(value, str):
        return value
    try:
        return value.decode(charset or "utf-8", "replace")
    except LookupError:
        return value.decode("utf-8", "replace")
