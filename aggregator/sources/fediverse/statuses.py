"""Mastodon's REST API: a timeline as a list of statuses (hashtags, public timelines, lists). Counts are not read."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from aggregator.model.entry import Kind
from aggregator.sources.fediverse.actor import wants_no_programs, wants_no_search
from aggregator.sources.fediverse.shapes import Thing, text_of, things, web_id
from aggregator.sources.raw import RawDocument, RawEntry, RawFeed, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMAT: Final = "activitypub"
_OPEN: Final = frozenset({"public", "unlisted"})
_MEDIA: Final = {"image": "image/*", "gifv": "video/*", "video": "video/*", "audio": "audio/*"}


def read_statuses(statuses: Sequence[Any], most: int) -> RawDocument | None:
    """Read a timeline; None where the list is none."""
    known = [each for each in statuses if isinstance(each, dict) and _is_status(each)]
    if statuses and not known:
        return None
    document = RawDocument(format=FORMAT, feed=RawFeed())
    entries: dict[str, RawEntry] = {}
    for status in known[: most + 1]:
        entry = _entry(status)
        if entry is not None:
            entries.setdefault(entry.guid or "", entry)
    document.entries = list(entries.values())
    return document


def _is_status(status: Thing) -> bool:
    return isinstance(status.get("account"), dict) and "visibility" in status and web_id(status.get("uri")) is not None


def _entry(status: Thing) -> RawEntry | None:
    if status.get("visibility") not in _OPEN:
        return None
    shown, booster = status.get("reblog"), None
    if isinstance(shown, dict):
        if not _is_status(shown) or shown.get("visibility") not in _OPEN:
            return None
        booster, status = _name(status), shown
    account = status["account"]
    profile = text_of(account, "note") or ""
    if wants_no_programs(profile):
        return None
    entry = RawEntry(
        guid=web_id(status.get("uri")),
        link=web_id(status.get("url")) or web_id(status.get("uri")),
        published=text_of(status, "created_at"),
        updated=text_of(status, "edited_at"),
        language=text_of(status, "language"),
        kind=Kind.REPLY if status.get("in_reply_to_id") else Kind.NOTE,
        authors=[(_name(status), web_id(account.get("uri")) or web_id(account.get("url")))],
        categories=[name for tag in things(status.get("tags")) if (name := text_of(tag, "name"))],
    )
    body = (text_of(status, "content") or "") + _poll(status) + _files(status, entry)
    entry.content = Text("html", body) if body else None
    warning = text_of(status, "spoiler_text")
    if warning or status.get("sensitive") is True:
        entry.extras["warning"] = warning or ""
    if booster:
        entry.extras["boosted_by"] = (booster,)
    refused = account.get("indexable") is False or account.get("noindex") is True
    if refused or account.get("discoverable") is False or wants_no_search(profile):
        entry.extras["reserved"] = True
    return entry if body or entry.enclosures else None


def _name(status: Thing) -> str:
    account = status["account"]
    return text_of(account, "display_name") or text_of(account, "acct") or "?"


def _poll(status: Thing) -> str:
    poll = status.get("poll")
    options = things(poll.get("options")) if isinstance(poll, dict) else []
    names = [escape(name) for option in options if (name := text_of(option, "title"))]
    return f"<ul>{''.join(f'<li>{name}</li>' for name in names)}</ul>" if names else ""


def _files(status: Thing, entry: RawEntry) -> str:
    shown, described = [], []
    for file in things(status.get("media_attachments")):
        address = web_id(file.get("url"))
        if address is None:
            continue
        told, kind = text_of(file, "description"), file.get("type")
        media = _MEDIA.get(kind) if isinstance(kind, str) else None
        entry.enclosures.append((address, media, None, told))
        if kind == "image":
            shown.append(f'<p><img src="{escape(address)}" alt="{escape(told or "")}"></p>')
            described += [(address, told)] if told else []
    if described:
        entry.extras["pictures"] = described
    return "".join(shown)
