"""What alerts say, for the worker: who is to be told of what, and how it went.

An entry is told once: it arrived after the alert was made, has a place in the list, and was not told before. It counts
as told only when the letter was handed on or the program said yes; the same news sent again has the same Message-ID.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Final

from aggregator.errors import NotFoundError, UnusableRuleError
from aggregator.model.alert import Alert, AlertBy
from aggregator.model.clocks import stamp
from aggregator.model.member import Actor
from aggregator.services.alerts import address_of, link_of, mail_server, secret_of
from aggregator.services.opening import open_list
from aggregator.services.rights import Right, may
from aggregator.services.seeing import see_entries
from aggregator.store import alerts as stored
from aggregator.store import lists, members, values

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from aggregator.model.fault import Fault
    from aggregator.model.ids import EntryId
    from aggregator.model.readinglist import ReadingList
    from aggregator.services.desk import Desk
    from aggregator.services.pages import SeenEntry

MOST_NAMED: Final = 50
"""Entries that one alert names; the others are counted."""
LOOK_AGAIN: Final = timedelta(minutes=10)
FIRST_WAIT: Final = timedelta(minutes=5)
MOST_TRIES: Final = 8
UNANSWERED: Final = timedelta(days=7)
FORGET_AFTER: Final = timedelta(days=200)
"""Longer than any list goes back."""


@dataclass(frozen=True, slots=True)
class News:
    """What an alert is to say: the first of the new entries in the order of the list, and all that count as told.

    `list` None: it asks its address whether it wants this at all.
    """

    alert: Alert
    address: str
    list: ReadingList | None = None
    named: tuple[SeenEntry, ...] = ()
    told: tuple[EntryId, ...] = ()

    @property
    def more(self) -> int:
        """How many it does not name."""
        return len(self.told) - len(self.named)


def due_news(desk: Desk, limit: int) -> tuple[News, ...]:
    """Give what is to be told now; what has nothing new is looked at again in a while."""
    now = desk.clock.now()
    with desk.database.read() as conn:
        due = stored.get_due(conn, now, limit=limit)
        found = [_news(desk, conn, each) for each in due]
    quiet = [each for each, news in zip(due, found, strict=True) if news is None]
    if quiet:
        with desk.database.write() as conn:
            for each in quiet:
                stored.change(conn, each.id, due=now + LOOK_AGAIN)
    return tuple(news for news in found if news is not None)


def note_told(desk: Desk, news: News) -> None:
    """Keep that an alert arrived: the next comes in its time, about other entries."""
    now, alert = desk.clock.now(), news.alert
    with desk.database.write() as conn:
        if stored.find(conn, alert.id) is None:  # stopped meanwhile
            return
        if news.list is None:
            stored.change(conn, alert.id, asked=now, failures=0, fault="")
            return
        stored.add_told(conn, alert.id, news.told, now)
        stored.change(conn, alert.id, told=now, due=now + timedelta(hours=alert.hours), failures=0, fault="")


def note_failed(desk: Desk, news: News, fault: Fault) -> None:
    """Keep that it did not arrive: tried again more and more seldom, and in the end no more."""
    now, alert = desk.clock.now(), news.alert
    failures = alert.failures + 1
    told = f"{fault.code.value} {fault.detail}".strip()[:200]
    with desk.database.write() as conn:
        ended = now if failures >= MOST_TRIES else None
        stored.change(conn, alert.id, failures=failures, fault=told, due=now + FIRST_WAIT * 2**failures, ended=ended)


def tidy(desk: Desk) -> None:
    """Forget alerts that nobody said yes to, and what was told long ago."""
    now = desk.clock.now()
    with desk.database.write() as conn:
        stored.delete_unanswered(conn, now - UNANSWERED)
        stored.delete_told(conn, now - FORGET_AFTER)


def letter(desk: Desk, news: News) -> EmailMessage:
    """Write the letter: text alone, nothing in it is fetched when it is read; its headers stop it with one click."""
    link, sender = link_of(desk, news.alert), desk.settings.mail_from
    made = EmailMessage()
    made["From"], made["To"] = sender, news.address
    made["Date"] = format_datetime(desk.clock.now())
    made["Message-ID"] = f"<{_digest(news)}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    if news.list is None:
        made["Subject"] = f"Do you want to be told of news? {_line(_name(desk))}"
        made.set_content(
            f"Somebody asked {_line(_name(desk))} to send news of a list to this address.\n\n"
            f"If that was you, say so here:\n{link}\n\nIf not, do nothing: no more letters come.\n"
        )
        return made
    count, title = len(news.told), _line(news.list.title)
    made["Subject"] = f"{count} new: {title}" if count > 1 else f"{_line(news.named[0].entry.title) or title} · {title}"
    made["List-Unsubscribe"] = f"<{link}/stop>"
    made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    parts = [f"New in “{title}”, {desk.address}/lists/{news.list.slug}"]
    parts += [_told(desk, news.list, each) for each in news.named]
    if news.more:
        parts.append(f"And {news.more} more.")
    parts.append(f"Stop these alerts: {link}")
    made.set_content("\n\n".join(parts) + "\n")
    return made


def call(desk: Desk, news: News) -> tuple[bytes, dict[str, str]]:
    """Write what a program is sent, as JSON, and its headers; signed with the secret its member was shown."""
    if news.list is None:
        raise ValueError("programs are asked nothing")
    told: dict[str, Any] = {
        "list": {"id": news.list.slug, "title": news.list.title, "url": f"{desk.address}/lists/{news.list.slug}"},
        "at": stamp(desk.clock.now()),
        "delivery": _digest(news),
        "entries": [
            {
                "id": each.entry.uid,
                "title": each.entry.title,
                "link": each.entry.link,
                "source": each.feed_title,
                "published": stamp(each.entry.published),
                "why": _why(desk, news.list, each),
            }
            for each in news.named
        ],
        "more": news.more,
        "stop": link_of(desk, news.alert),
    }
    body = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
    signed = hmac.new((secret_of(desk, news.alert) or "").encode(), body, hashlib.sha256).hexdigest()
    return body, {"Content-Type": "application/json", "X-Broadsheet-Signature": f"sha256={signed}"}


def _news(desk: Desk, conn: Connection, alert: Alert) -> News | None:
    """Give what an alert has to say; None for nothing, or where its member may not read the list now."""
    address = address_of(desk, alert)
    if alert.confirmed is None:
        return News(alert, address)
    if alert.by is AlertBy.MAIL and mail_server(desk) is None:
        return None
    found = lists.find_list_by_id(conn, alert.list_id)
    group = members.instance_group(conn)
    actor = Actor(members.get_member(conn, alert.member), group, members.find_role(conn, group, alert.member))
    if not address or found is None or found.owner not in {group, alert.member} or not may(actor, Right.READ):
        return None
    new = _new_entries(desk, conn, actor, found, alert)
    seen = see_entries(conn, actor, new[:MOST_NAMED])
    return News(alert, address, found, tuple(seen[each] for each in new if each in seen), new) if seen else None


def _new_entries(desk: Desk, conn: Connection, actor: Actor, found: ReadingList, alert: Alert) -> tuple[EntryId, ...]:
    """Return what has a place in the list and was not there when the alert was made, nor told, in the list's order."""
    try:
        ranking = open_list(desk, conn, actor, found.slug, rule=None, at=None, data_version=None).ranking
    except (NotFoundError, UnusableRuleError):
        return ()
    if not (ranking.entry_ids > alert.after).any():
        return ()
    told, counts = stored.get_told(conn, alert.id), ranking.counts
    placed = map(ranking.entry_id, ranking.rows(0, counts.shown + counts.after_end))
    return tuple(each for each in placed if each > alert.after and each not in told)


def _told(desk: Desk, found: ReadingList, seen: SeenEntry) -> str:
    lines = (_line(seen.entry.title or seen.entry.excerpt[:200]), _line(seen.feed_title), seen.entry.link or "")
    return "\n".join(line for line in (*lines, f"Why: {_why(desk, found, seen)}") if line)


def _why(desk: Desk, found: ReadingList, seen: SeenEntry) -> str:
    return f"{desk.address}/entries/{seen.entry.uid}?list={found.slug}"


def _digest(news: News) -> str:
    """Name what is told: the same when it is sent again."""
    named = ",".join(map(str, news.told)).encode()
    return hashlib.sha256(news.alert.nonce + named).hexdigest()[:32]


def _name(desk: Desk) -> str:
    with desk.database.read() as conn:
        return values.instance_name(conn)


def _line(text: str) -> str:
    """Make one line of a text that comes from outside."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
