"""Our hub (WebSub): readers elsewhere ask to be told of news in the feeds of our public lists, and of nothing else.

Nothing is agreed before the address that is named says yes itself; until then what was agreed before holds.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from aggregator.errors import BadInputError, BusyError, FetchError, NotFoundError
from aggregator.model.member import Actor
from aggregator.model.sharing import Subscriber
from aggregator.outbound.guard import check_url, private_hosts
from aggregator.services import outgoing, sealing, sharing
from aggregator.store import hub as stored
from aggregator.store import lists, members

if TYPE_CHECKING:
    from aggregator.model.ids import ListId
    from aggregator.services.desk import Desk

SUBSCRIBE: Final = "subscribe"
UNSUBSCRIBE: Final = "unsubscribe"
LEASE: Final = timedelta(days=10)
SHORTEST: Final = timedelta(hours=1)
LONGEST: Final = timedelta(days=30)
MOST_OF_A_HOST: Final = 50
MOST: Final = 5000
MOST_TRIES: Final = 8
LONGEST_SECRET: Final = 199  # bytes; WebSub asks for fewer than 200
LONGEST_ADDRESS: Final = 1000
_SECRETS: Final = "hub-secrets"
_TOPIC: Final = re.compile(r"/lists/([a-z0-9-]+)\.(?:atom|rss|json)")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader elsewhere asks of the hub, as it came."""

    mode: str
    topic: str
    callback: str
    secret: str | None
    lease_seconds: int | None


def ask(desk: Desk, asked: Asked) -> None:
    """Keep what is asked until the address named confirms it. Public.

    Raises BadInputError, NotFoundError for a feed that is not ours or not everybody's, BusyError where it is too much.
    """
    if asked.mode not in {SUBSCRIBE, UNSUBSCRIBE}:
        raise BadInputError("hub.mode", f"{SUBSCRIBE} or {UNSUBSCRIBE} is expected")
    secret = (asked.secret or "").encode()
    if len(secret) > LONGEST_SECRET:
        raise BadInputError("hub.secret", f"at most {LONGEST_SECRET} bytes fit")
    try:
        target = check_url(asked.callback[: LONGEST_ADDRESS + 1], private_hosts(desk.settings.allow_private_hosts))
    except FetchError as exc:
        raise BadInputError("hub.callback", "an address on the public network is expected") from exc
    if len(target.url) > LONGEST_ADDRESS or urlsplit(target.url).fragment:
        raise BadInputError("hub.callback", f"at most {LONGEST_ADDRESS} characters fit, without a fragment")
    lease = LEASE if asked.lease_seconds is None else timedelta(seconds=min(asked.lease_seconds, 10**8))
    key = _key(asked.topic, target.url, waiting=True)
    with desk.database.write() as conn:
        group = members.instance_group(conn)
        found = _TOPIC.fullmatch(asked.topic.removeprefix(desk.address)) if asked.topic else None
        listed = lists.find_list(conn, group, found[1]) if found and asked.topic.startswith(desk.address) else None
        if listed is None or not sharing.is_public(conn, listed):
            raise NotFoundError("feed", asked.topic)
        if stored.count(conn, target.host) >= MOST_OF_A_HOST or stored.count(conn) >= MOST:
            raise BusyError("the hub", retry_after=3600)
        wanted = Subscriber(
            key=key,
            list_id=listed.id,
            topic=asked.topic,
            callback=target.url,
            secret=sealing.seal(desk, _SECRETS, secret, key) if secret else None,
            lease=int(min(max(lease, SHORTEST), LONGEST).total_seconds()),
            wanted=asked.mode,
            until=None,
            told=None,
            failures=0,
        )
        stored.put(conn, wanted, host=target.host, due=desk.clock.now())
    desk.ask.wake()


def question(asked: Subscriber, challenge: str) -> dict[str, str]:
    """Give the parameters that ask an address whether it wants this."""
    told = {"hub.mode": asked.wanted or "", "hub.topic": asked.topic, "hub.challenge": challenge}
    return told | ({"hub.lease_seconds": str(asked.lease)} if asked.wanted == SUBSCRIBE else {})


def settle(desk: Desk, asked: Subscriber, *, agreed: bool) -> None:
    """Do what was asked where its address agreed; else only forget that it was asked."""
    now = desk.clock.now()
    key = _key(asked.topic, asked.callback, waiting=False)
    told = fingerprint(desk, asked.list_id)
    with desk.database.write() as conn:
        stored.delete_over(conn, now)
        stored.delete_one(conn, asked.key)
        if agreed and asked.wanted == UNSUBSCRIBE:
            stored.delete_one(conn, key)
        elif agreed and told is not None:
            secret = secret_of(desk, asked)
            kept = replace(
                asked,
                key=key,
                wanted=None,
                secret=sealing.seal(desk, _SECRETS, secret, key) if secret else None,
                until=now + timedelta(seconds=asked.lease),
                told=told,
                failures=0,
            )
            stored.put(conn, kept, host=urlsplit(asked.callback).hostname or "", due=now)


def fingerprint(desk: Desk, list_id: ListId) -> bytes | None:
    """Say what is in a feed now: another when entries came or went or the rule changed. None: no longer public."""
    slug = _public_slug(desk, list_id)
    if slug is None:
        return None
    with desk.database.read() as conn:
        nobody = Actor(None, members.instance_group(conn), None)
    found = outgoing.feed(desk, sharing.everybody(nobody), slug)
    uids = sorted(each.listed.entry.uid for each in found.entries)
    return hashlib.sha256("\n".join([found.page.rule.hash, *uids]).encode()).digest()


def note(desk: Desk, subscriber: Subscriber, told: bytes, *, arrived: bool) -> None:
    """Keep that somebody was told, or when to try again: soon, then more and more seldom, and in the end not at all."""
    now = desk.clock.now()
    failures = 0 if arrived else subscriber.failures + 1
    with desk.database.write() as conn:
        if failures > MOST_TRIES:
            stored.delete_one(conn, subscriber.key)
            return
        due = now + timedelta(minutes=2**failures) if failures else now
        stored.set_next(conn, subscriber.key, due=due, failures=failures, told=told if arrived else subscriber.told)


def forget(desk: Desk, subscriber: Subscriber) -> None:
    """End what was agreed."""
    with desk.database.write() as conn:
        stored.delete_one(conn, subscriber.key)


def unconfirmed(desk: Desk, limit: int) -> tuple[Subscriber, ...]:
    """Give what is to be confirmed."""
    with desk.database.read() as conn:
        return stored.get_asked(conn, desk.clock.now(), limit=limit)


def untold(desk: Desk, limit: int) -> tuple[tuple[Subscriber, bytes], ...]:
    """Give who is to be told, each with what is new; whoever followed a list that is no longer public is forgotten."""
    now = desk.clock.now()
    with desk.database.read() as conn:
        followed = stored.get_lists(conn, now)
    found: list[tuple[Subscriber, bytes]] = []
    for list_id in followed:
        news = fingerprint(desk, list_id)
        if news is None:
            with desk.database.write() as conn:
                stored.delete_of_list(conn, list_id)
            continue
        with desk.database.read() as conn:
            found += ((each, news) for each in stored.get_untold(conn, list_id, news, now, limit=limit))
    return tuple(found)


def signature(desk: Desk, subscriber: Subscriber, body: bytes) -> str | None:
    """Sign what is sent with the secret we were given (X-Hub-Signature); None without one."""
    secret = secret_of(desk, subscriber)
    return "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest() if secret else None


def secret_of(desk: Desk, subscriber: Subscriber) -> bytes:
    """Open the secret of a subscriber; empty without one, or after a change of the instance's secret."""
    sealed = subscriber.secret
    if sealed is None:
        return b""
    return sealing.unseal(desk, _SECRETS, sealed, subscriber.key) or b""


def _public_slug(desk: Desk, list_id: ListId) -> str | None:
    with desk.database.read() as conn:
        found = lists.find_list_by_id(conn, list_id)
        return found.slug if found and sharing.is_public(conn, found) else None


def _key(topic: str, callback: str, *, waiting: bool) -> bytes:
    return hashlib.sha256(f"{'asked' if waiting else 'agreed'}\n{topic}\n{callback}".encode()).digest()
