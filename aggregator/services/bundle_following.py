"""Bundles of others: looked at on a schedule, checked against the key pinned at the first look, decided about by us.

Nothing of a bundle comes in by itself: what is new waits as a list of changes, each accepted or refused by an editor.
A bundle that does not hold is refused with a reason, and nothing of it is stored.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from aggregator.errors import BadInputError, ConflictError, FetchError, NotFoundError
from aggregator.outbound.guard import check_url, private_hosts
from aggregator.services import bundles
from aggregator.services.bundle_changes import Side, compare
from aggregator.services.bundle_proof import Pinned, chain_problem, check_bundle
from aggregator.services.health import fault_sentence
from aggregator.services.rights import Right, require
from aggregator.sources.bundle import read_bundle
from aggregator.store import bundles as stored
from aggregator.text.masking import mask

if TYPE_CHECKING:
    from collections.abc import Collection

    from aggregator.model.bundle import BundleChange, BundleList, BundleRule, FollowedBundle, FollowedId
    from aggregator.model.fault import Fault
    from aggregator.model.feed import Validators
    from aggregator.model.ids import JobId
    from aggregator.model.member import Actor
    from aggregator.services.bundle_proof import BundleCheck
    from aggregator.services.desk import Desk

EVERY: Final = timedelta(hours=6)
LONGEST_WAIT: Final = timedelta(days=7)
MOST_FOLLOWED: Final = 100
_MOST_DOUBLINGS: Final = 6


@dataclass(frozen=True, slots=True)
class FollowedPage:
    """A followed bundle with what is to be decided about, and the rules and lists that can be copied from it."""

    followed: FollowedBundle
    changes: tuple[BundleChange, ...]
    rules: tuple[BundleRule, ...]
    lists: tuple[BundleList, ...]
    number: int | None
    reason: str | None
    licence: str | None
    left_out: int


def follow(desk: Desk, actor: Actor, address: str) -> FollowedId:
    """Follow the bundle or plain OPML at an address; the worker looks at once.

    Raises BadInputError for an address nobody may fetch, ConflictError where it is followed.
    """
    require(actor, Right.PUBLISH_BUNDLES)
    try:
        url = check_url(address, private_hosts(desk.settings.allow_private_hosts)).url
    except FetchError as exc:
        raise BadInputError("address", fault_sentence(exc.fault)) from exc
    with desk.database.write() as conn:
        if len(stored.get_followed(conn, actor.group)) >= MOST_FOLLOWED:
            raise ConflictError("bundle", f"at most {MOST_FOLLOWED} are followed")
        followed_id = stored.add_followed(conn, actor.group, url, now=desk.clock.now())
    desk.ask.wake()
    return followed_id


def followed_bundles(desk: Desk, actor: Actor) -> tuple[FollowedBundle, ...]:
    """Give what the group follows, in the order it came."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        return stored.get_followed(conn, actor.group)


def followed_page(desk: Desk, actor: Actor, followed_id: FollowedId, *, language: str = "en") -> FollowedPage:
    """Give one with its changes that wait. Raises NotFoundError."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        followed = stored.get_followed_by_id(conn, followed_id)
        if followed.owner != actor.group:
            raise NotFoundError("bundle", followed_id)
        agreed, pending = stored.get_documents(conn, followed_id)
    newest = pending or agreed
    document = read_bundle(newest) if newest else None
    head = document.head if document else None
    return FollowedPage(
        followed=followed,
        changes=_changes(agreed, pending, language) if pending else (),
        rules=document.rules if document else (),
        lists=document.lists if document else (),
        number=head.number if head else None,
        reason=head.reason if head else None,
        licence=head.licence if head else None,
        left_out=head.left_out if head else 0,
    )


def decide(
    desk: Desk, actor: Actor, followed_id: FollowedId, identity: str, accepted: Collection[str] | None
) -> JobId | None:
    """Accept these of the changes that wait by their words (None: all of them) and refuse the others.

    Gives the job that adds the feeds, None where nothing was accepted. Raises ConflictError where another version
    came in the meantime or nothing waits.
    """
    require(actor, Right.PUBLISH_BUNDLES)
    page = followed_page(desk, actor, followed_id)
    wanted = tuple(each for each in page.changes if accepted is None or each.word in accepted)
    with desk.database.write() as conn:
        held = stored.get_followed_by_id(conn, followed_id)
        pending = stored.get_documents(conn, followed_id)[1]
        if pending is None or held.identity != identity:
            raise ConflictError("bundle", "it changed in the meantime; look at it again")
        stored.set_followed(conn, followed_id, {"agreed": pending, "pending": None})
    feeds = tuple(each for each in wanted if not each.kind.copied)
    if not feeds:
        return None
    return bundles.apply_changes(desk, actor, held.title or mask(held.address), read_bundle(pending), feeds)


def stop_following(desk: Desk, actor: Actor, followed_id: FollowedId) -> None:
    """Follow it no longer; the feeds that came by it stay. Raises NotFoundError."""
    require(actor, Right.PUBLISH_BUNDLES)
    followed_page(desk, actor, followed_id)
    with desk.database.write() as conn:
        stored.delete_followed(conn, followed_id)


def look_again(desk: Desk, actor: Actor, followed_id: FollowedId) -> None:
    """Have it looked at now. Raises NotFoundError."""
    require(actor, Right.PUBLISH_BUNDLES)
    followed_page(desk, actor, followed_id)
    with desk.database.write() as conn:
        stored.set_followed(conn, followed_id, {"due": desk.clock.now()})
    desk.ask.wake()


def due_bundles(desk: Desk, limit: int) -> tuple[FollowedBundle, ...]:
    """Give what is to be looked at now. For the worker."""
    with desk.database.read() as conn:
        return stored.get_due(conn, desk.clock.now(), limit=limit)


def receive(desk: Desk, followed: FollowedBundle, data: bytes | None, validators: Validators) -> str | None:
    """Take in what a look brought, None where nothing changed; gives why it was refused. For the worker."""
    now = desk.clock.now()
    noted: dict[str, object] = {"tried": now, "due": now + EVERY, "failures": 0, "problem": None, "ok": now}
    problem = None
    if data is not None:
        try:
            with desk.database.read() as conn:
                held = stored.get_followed_by_id(conn, followed.id)
                agreed = stored.get_documents(conn, followed.id)[0]
        except NotFoundError:
            return None  # nobody follows it any more
        problem, news = _judge(held, agreed, data)
        if problem is None:
            noted |= {**news, "etag": validators.etag, "last_modified": validators.last_modified}
        else:
            noted |= {"problem": problem, "ok": held.ok, "failures": held.failures + 1}
    elif followed.problem:
        noted |= {"problem": followed.problem, "ok": followed.ok}  # what was refused has not changed since
    with desk.database.write() as conn:
        stored.set_followed(conn, followed.id, noted)
    return problem


def note_fault(desk: Desk, followed: FollowedBundle, fault: Fault) -> None:
    """Write down that a look failed; the next is later each time. For the worker."""
    now = desk.clock.now()
    wait = min(EVERY * 2 ** min(followed.failures, _MOST_DOUBLINGS), LONGEST_WAIT)
    wait = max(wait, timedelta(seconds=min(fault.retry_after or 0, int(LONGEST_WAIT.total_seconds()))))
    noted = {"tried": now, "due": now + wait, "failures": followed.failures + 1, "problem": fault_sentence(fault)}
    with desk.database.write() as conn:
        stored.set_followed(conn, followed.id, noted)


def _judge(held: FollowedBundle, agreed: bytes | None, data: bytes) -> tuple[str | None, dict[str, object]]:
    """Say why a document is refused, else what to write down of it."""
    found = check_bundle(data)
    document = found.document
    if document is None:
        return found.problem, {}
    if document.head is None:
        if held.publisher is not None:
            return chain_problem(found, _pinned(held)), {}
        identity = hashlib.sha256(data).hexdigest()
    else:
        problem = found.problem or (chain_problem(found, _pinned(held)) if held.publisher else None)
        if problem:
            return problem, {}
        identity = found.identity
    if identity == held.identity:
        return None, {}
    return None, {
        "title": document.opml.title,
        "identity": identity,
        "pending": data if _changes(agreed, data) else None,
        **_pin(found),
    }


def _pin(found: BundleCheck) -> dict[str, object]:
    head = found.document.head if found.document else None
    return {"publisher": head.publisher, "name": head.name, "number": head.number} if head else {}


def _pinned(held: FollowedBundle) -> Pinned:
    return Pinned(held.publisher or "", held.name or "", held.number or 0, held.identity or "")


def _changes(agreed: bytes | None, pending: bytes, language: str = "en") -> tuple[BundleChange, ...]:
    return compare(_side(agreed) if agreed else Side(), _side(pending), language=language)


def _side(data: bytes) -> Side:
    document = read_bundle(data)
    return Side(document.opml.feeds, document.rules, document.lists)
