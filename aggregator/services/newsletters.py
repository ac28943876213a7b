"""Newsletters: the IMAP folder they are read from, and the feed each of their senders becomes.

The folder's password is sealed like those of feeds. Where and how far it was read stands beside it; letters are never
marked or deleted there.
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from aggregator.errors import BadInputError, FetchError
from aggregator.model.clocks import stamp
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.feed import NewFeed
from aggregator.model.mailbox import SCHEME, Mailbox, Progress, ShownMailbox
from aggregator.model.subscription import NewSubscription
from aggregator.outbound.guard import check_url, private_hosts
from aggregator.services import sealing
from aggregator.services.rights import Right, require
from aggregator.sources.identity import sender_key
from aggregator.store import feeds, members, subscriptions, values

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from aggregator.model.ids import FeedId
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk

PURPOSE: Final = "mailbox"
FOLDER: Final = "Newsletters"
PORT: Final = 993
LONGEST: Final = 500
MOST_SENDERS: Final = 2_000
"""Whoever knows the address of the mailbox can write to it: senders after so many are passed over."""
_CONFIG: Final = "mailbox"
_PROGRESS: Final = "mailbox-progress"


def set_mailbox(desk: Desk, actor: Actor, box: Mailbox) -> None:
    """Read newsletters from this folder from now on; an empty password keeps the one there is. Raises BadInputError."""
    require(actor, Right.RUN_INSTANCE)
    _check(desk, box)
    held = _config(desk)
    same = held is not None and (held["server"], held["port"], held["user"]) == (box.server, box.port, box.user)
    # A password is for the place it was given for: another server has to be told it anew.
    if not box.password and not same:
        raise BadInputError("password", "it is needed")
    sealed = _seal(desk, box.password) if box.password else str(held["sealed"] if held else "")
    told = {"server": box.server, "port": box.port, "user": box.user, "folder": box.folder, "sealed": sealed}
    with desk.database.write() as conn:
        values.set_value(conn, _CONFIG, json.dumps(told))
        values.delete_value(conn, _PROGRESS)
    desk.ask.wake()


def forget_mailbox(desk: Desk, actor: Actor) -> None:
    """Read no newsletters any more, and forget the password; what was read stays."""
    require(actor, Right.RUN_INSTANCE)
    with desk.database.write() as conn:
        values.delete_value(conn, _CONFIG)
        values.delete_value(conn, _PROGRESS)


def shown_mailbox(desk: Desk, actor: Actor) -> ShownMailbox | None:
    """Say where newsletters are read from and how that goes, without the password."""
    require(actor, Right.RUN_INSTANCE)
    held = _config(desk)
    if held is None:
        return None
    state = _state(desk)
    looked = state.get("looked")
    return ShownMailbox(
        server=held["server"],
        port=held["port"],
        user=held["user"],
        folder=held["folder"],
        looked=datetime.fromisoformat(looked) if looked else None,
        fault=Fault(FaultCode(state["fault"]), state.get("detail", "")) if state.get("fault") else None,
        readable=_unseal(desk, held["sealed"]) is not None,
    )


def find_mailbox(desk: Desk) -> tuple[Mailbox, Progress] | None:
    """Give the worker the folder and how far it was read. Raises FetchError (NO_ACCESS) where the secret changed."""
    held = _config(desk)
    if held is None:
        return None
    password = _unseal(desk, held["sealed"])
    if password is None:
        raise FetchError(Fault(FaultCode.NO_ACCESS))
    state = _state(desk)
    box = Mailbox(held["server"], held["user"], password, held["folder"], held["port"])
    return box, Progress(state.get("validity", 0), state.get("last", 0))


def note_look(desk: Desk, conn: Connection, progress: Progress | None, fault: Fault | None) -> None:
    """Write how a look at the folder went; `progress` None: as far as before."""
    state: dict[str, Any] = json.loads(values.find_value(conn, _PROGRESS) or "{}")
    if progress is not None:
        state |= asdict(progress)
    state |= {
        "looked": stamp(desk.clock.now()),
        "fault": fault and fault.code.value,
        "detail": fault.detail if fault else "",
    }
    values.set_value(conn, _PROGRESS, json.dumps(state))


def feed_of_sender(conn: Connection, sender: str, name: str, now: datetime) -> FeedId | None:
    """Give the feed of a sender, added at the first letter; None where nobody reads it, or there are too many."""
    group = members.instance_group(conn)
    address = SCHEME + sender
    found = feeds.find_feed_by_address(conn, address)
    if found is not None:
        return found.id if subscriptions.count_subscribers(conn, found.id) and not found.paused else None
    if sum(each.feed.address.startswith(SCHEME) for each in subscriptions.get_subscribed(conn, group)) >= MOST_SENDERS:
        return None
    key = sender_key(sender)
    new = NewFeed(address=address, title=name or sender, site=None, language=None, source=key, owner=key)
    feed_id = feeds.add_feed(conn, new, now=now, due=now)
    subscriptions.add_subscription(conn, group, NewSubscription(feed_id, folders=(FOLDER,)), now=now)
    return feed_id


def _check(desk: Desk, box: Mailbox) -> None:
    for name, text in (("server", box.server), ("user", box.user), ("folder", box.folder)):
        if not text or len(text) > LONGEST or not text.isprintable():
            raise BadInputError(name, f"between 1 and {LONGEST} printable characters are expected")
    if not box.folder.isascii() or not box.user.isascii() or not box.password.isascii():
        raise BadInputError("folder", "folder, user and password are ASCII here; others cannot be sent to the server")
    if len(box.password) > LONGEST or not box.password.isprintable():
        raise BadInputError("password", f"at most {LONGEST} printable characters fit")
    listed = private_hosts(desk.settings.allow_private_hosts)
    if (box.server.lower(), box.port) in listed:
        return
    if box.port != PORT:  # the only one that is TLS from the first byte
        raise BadInputError("port", "letters are read over TLS at port 993, or at a host:port the admin has allowed")
    try:
        target = check_url(f"https://{box.server}/")
    except FetchError as exc:
        raise BadInputError("server", "it is no name of a server on the public internet") from exc
    if target.host != box.server.lower():
        raise BadInputError("server", "only the name of the server is expected")


def _config(desk: Desk) -> dict[str, Any] | None:
    with desk.database.read() as conn:
        held = values.find_value(conn, _CONFIG)
    return json.loads(held) if held else None


def _state(desk: Desk) -> dict[str, Any]:
    with desk.database.read() as conn:
        state: dict[str, Any] = json.loads(values.find_value(conn, _PROGRESS) or "{}")
    return state


def _seal(desk: Desk, password: str) -> str:
    return base64.b64encode(sealing.seal(desk, PURPOSE, password.encode())).decode()


def _unseal(desk: Desk, sealed: str) -> str | None:
    try:
        opened = sealing.unseal(desk, PURPOSE, base64.b64decode(sealed))
    except ValueError:
        return None
    return None if opened is None else opened.decode()
