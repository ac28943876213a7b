"""Alerts of a list: a member is told of what is new in it, by mail or by a call to a program of theirs.

A mail address has to say itself that it wants this, by the link in a first letter. The word in such links is made from
a random nonce and the instance's secret; it opens one alert and nothing else, without signing in. Addresses are sealed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aggregator.errors import BadInputError, FetchError, NotFoundError
from aggregator.model.alert import Alert, AlertBy, AlertId, MailServer
from aggregator.outbound.guard import check_url, private_hosts
from aggregator.services import sealing
from aggregator.services.asking import find_named
from aggregator.services.bearer import hash_of, word_from
from aggregator.services.rights import Right, require_member
from aggregator.services.throttles import count_try
from aggregator.store import alerts as stored
from aggregator.store import lists

if TYPE_CHECKING:
    from aggregator.model.member import Actor
    from aggregator.model.readinglist import ReadingList
    from aggregator.services.desk import Desk

MOST: Final = 10
"""Alerts of one member."""
HOURS: Final = (1, 24)
LONGEST_MAIL: Final = 254
LONGEST_WEBHOOK: Final = 1000
_MAIL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_NONCE: Final = 16
_LONGEST_WORD: Final = 64
_ADDRESSES: Final = "alert-addresses"
_WORDS: Final = "alert-words"


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """An alert as its member sees it; `secret` is what calls to a program are signed with."""

    alert: Alert
    address: str
    secret: str | None


@dataclass(frozen=True, slots=True)
class AlertsPage:
    """The member's alerts of a list; `mails`: this instance can send mail."""

    list: ReadingList
    alerts: tuple[ShownAlert, ...]
    mails: bool


@dataclass(frozen=True, slots=True)
class OpenedAlert:
    """What the word in a letter opens: the alert, and the title of its list."""

    alert: Alert
    title: str


def alerts_page(desk: Desk, actor: Actor, slug: str) -> AlertsPage:
    """Give the member's alerts of a list. Raises NotFoundError."""
    member = require_member(actor, Right.READ)
    with desk.database.read() as conn:
        found = find_named(conn, actor, slug)
        own = [each for each in stored.of_member(conn, member.id) if each.list_id == found.id]
    shown = (ShownAlert(each, address_of(desk, each), secret_of(desk, each)) for each in own)
    return AlertsPage(found, tuple(shown), mail_server(desk) is not None)


def add_alert(desk: Desk, actor: Actor, slug: str, *, by: str, address: str, hours: int) -> Alert:
    """Have a member told of what is new in a list from now on, at most once in so many hours.

    Raises BadInputError, NotFoundError, TooManyTriesError.
    """
    member = require_member(actor, Right.READ)
    if by not in set(AlertBy):
        raise BadInputError("by", "mail or webhook is expected")
    if hours not in HOURS:
        raise BadInputError("hours", "once an hour or once a day")
    way = AlertBy(by)
    address = _checked(desk, way, address.strip())
    count_try(desk, account=f"alerts of {member.id}")
    now, nonce = desk.clock.now(), secrets.token_bytes(_NONCE)
    with desk.database.write() as conn:
        found = find_named(conn, actor, slug)
        if len(stored.of_member(conn, member.id)) >= MOST:
            raise BadInputError("address", f"there are {MOST} alerts already; end one first")
        new = Alert(
            id=AlertId(0),
            list_id=found.id,
            member=member.id,
            by=way,
            address=sealing.seal(desk, _ADDRESSES, address.encode(), nonce),
            nonce=nonce,
            hours=hours,
            made=now,
            after=stored.newest_entry(conn),
            due=now,
            confirmed=None if way is AlertBy.MAIL else now,
        )
        added = stored.find(conn, stored.add(conn, new, hash_of(word_of(desk, new))))
    desk.ask.wake()
    if added is None:
        raise NotFoundError("alert", slug)
    return added


def end_alert(desk: Desk, actor: Actor, slug: str, alert_id: int) -> None:
    """End an alert of the member's. Raises NotFoundError."""
    member = require_member(actor, Right.READ)
    with desk.database.write() as conn:
        found = find_named(conn, actor, slug)
        held = stored.find(conn, AlertId(alert_id))
        if held is None or (held.member, held.list_id) != (member.id, found.id):
            raise NotFoundError("alert", alert_id)
        stored.delete_one(conn, held.id)


def open_alert(desk: Desk, word: str) -> OpenedAlert:
    """Say what the word in a letter opens. Public: the word is the proof. Raises NotFoundError."""
    with desk.database.read() as conn:
        held = stored.find_by_hash(conn, hash_of(word[:_LONGEST_WORD]))
        found = lists.find_list_by_id(conn, held.list_id) if held else None
    if held is None:
        raise NotFoundError("alert", "as given")  # never the word itself
    return OpenedAlert(held, found.title if found else "")


def confirm_alert(desk: Desk, word: str) -> None:
    """Say that the address wants this. Public: the word is the proof. Raises NotFoundError."""
    held, now = open_alert(desk, word).alert, desk.clock.now()
    if held.confirmed is None:
        with desk.database.write() as conn:
            stored.change(conn, held.id, confirmed=now, due=now)


def stop_alert(desk: Desk, word: str) -> None:
    """End the alert of a letter. Public: the word is the proof. Raises NotFoundError where it has ended already."""
    held = open_alert(desk, word).alert
    with desk.database.write() as conn:
        stored.delete_one(conn, held.id)


def word_of(desk: Desk, alert: Alert) -> str:
    """Return the word that opens an alert, for its links."""
    return word_from(desk, _WORDS, alert.nonce)


def link_of(desk: Desk, alert: Alert) -> str:
    """Return the address where an alert is confirmed and stopped."""
    return f"{desk.address}/alerts/{word_of(desk, alert)}"


def secret_of(desk: Desk, alert: Alert) -> str | None:
    """Return what calls to a program are signed with; None for mail."""
    if alert.by is not AlertBy.WEBHOOK:
        return None
    return hmac.digest(desk.key("alert-secrets"), alert.nonce, hashlib.sha256).hex()


def address_of(desk: Desk, alert: Alert) -> str:
    """Open the address of an alert; empty after a change of the instance's secret."""
    return (sealing.unseal(desk, _ADDRESSES, alert.address, alert.nonce) or b"").decode()


def mail_server(desk: Desk) -> MailServer | None:
    """Return where mail is handed on; None where this instance sends none."""
    settings = desk.settings
    host, _, port = settings.mail_server.rpartition(":")
    if not host or not port.isdecimal() or not _MAIL.fullmatch(settings.mail_from):
        return None
    return MailServer(host, int(port), settings.mail_user, settings.mail_password, settings.mail_from)


def _checked(desk: Desk, by: AlertBy, address: str) -> str:
    if by is AlertBy.MAIL:
        if mail_server(desk) is None:
            raise BadInputError("address", "this instance sends no mail")
        if len(address) > LONGEST_MAIL or not _MAIL.fullmatch(address):
            raise BadInputError("address", "an address such as name@example.org is expected")
        return address
    try:
        target = check_url(address[: LONGEST_WEBHOOK + 1], private_hosts(desk.settings.allow_private_hosts))
    except FetchError as exc:
        raise BadInputError("address", "an http or https address on the public network is expected") from exc
    if len(target.url) > LONGEST_WEBHOOK:
        raise BadInputError("address", f"at most {LONGEST_WEBHOOK} characters fit")
    return target.url
