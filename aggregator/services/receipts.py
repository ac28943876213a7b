"""Receipts of lists: make one, check one, and check its facts against what is stored."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aggregator.candidates.table import count_by_feed
from aggregator.errors import BadDocumentError
from aggregator.model.readinglist import scope_of
from aggregator.services.asking import find_named
from aggregator.services.list_table import Stored, fresh_snapshot, list_table
from aggregator.services.opening import open_list
from aggregator.services.rights import Right, require
from aggregator.services.versions import check_envelope, models_of
from aggregator.store import editions, feeds, rules, values
from rankers import read_list, verify_facts, verify_receipt

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.member import Actor
    from aggregator.model.readinglist import ReadingList, RuleVersion
    from aggregator.services.desk import Desk
    from rankers import Difference, ModelName, Verification

__all__ = ["CheckedOrder", "ListReceipt", "check_envelope", "check_facts", "check_order", "make", "verify_receipt"]


@dataclass(frozen=True, slots=True)
class ListReceipt:
    """The receipt of a list at one tick (JSON), and its annex of vectors, empty where the rule reads none."""

    list: ReadingList
    rule: RuleVersion
    at: datetime
    data_version: int
    data: bytes
    annex: bytes


@dataclass(frozen=True, slots=True)
class CheckedOrder:
    """A receipt with what checking it here and now found, and how many candidates each source has in it.

    `sources` are (source, candidates), the most first: for comparing with what one knows of the sources.
    `published_with`: the models that the rule's version names; those its facts came from stand in `found`.
    """

    receipt: ListReceipt
    found: Verification
    sources: tuple[tuple[str, int], ...]
    published_with: tuple[ModelName, ...]


def make(
    desk: Desk,
    actor: Actor,
    slug: str,
    *,
    rule: str | None = None,
    at: datetime | None = None,
    data_version: int | None = None,
) -> ListReceipt:
    """Write the receipt of a list: of what it shows, or of its first 50 where its rule has no end.

    That of an edition is the one it was made with.

    Raises NotFoundError("list" or "rule").
    """
    with desk.database.read() as conn:
        opened = open_list(desk, conn, actor, slug, rule=rule, at=at, data_version=data_version)
        kept = editions.get_receipt(conn, opened.edition.id) if opened.edition else None
    ranking = opened.ranking
    if kept is None:
        made = ranking.receipt(desk.key("receipts"))
        kept = made.data, made.annex
    return ListReceipt(ranking.list, ranking.version, ranking.at, ranking.data_version, *kept)


def check_order(
    desk: Desk,
    actor: Actor,
    slug: str,
    *,
    rule: str | None = None,
    at: datetime | None = None,
    data_version: int | None = None,
) -> CheckedOrder:
    """Write the receipt of a list and work it out again from itself alone."""
    receipt = make(desk, actor, slug, rule=rule, at=at, data_version=data_version)
    with desk.database.read() as conn:
        ranking = open_list(
            desk, conn, actor, slug, rule=rule, at=receipt.at, data_version=receipt.data_version
        ).ranking
        found = count_by_feed(_stored(desk, conn).snapshot, ranking.entry_ids)
        known = feeds.get_feeds(conn, list(found))
        published_with = models_of(rules.get_envelope(conn, receipt.rule.id))
    counted: Counter[str] = Counter()
    for feed_id, count in found.items():
        counted[known[feed_id].source] += count
    return CheckedOrder(
        receipt,
        verify_receipt(receipt.data, receipt.annex),
        tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))),
        published_with,
    )


def check_facts(desk: Desk, actor: Actor, data: bytes) -> Difference | None:
    """Compare the facts of a receipt that holds with what is stored here, and give the first difference.

    What was changed or deleted since the receipt was written differs without anybody having lied.
    Raises NotFoundError where there is no such list.
    """
    require(actor, Right.READ)
    told = read_list(data)
    with desk.database.read() as conn:
        found = _as_told(find_named(conn, actor, told.list), told.scope)
        document = told.document
        table = list_table(
            desk,
            conn,
            _stored(desk, conn),
            found,
            told.now,
            reads=document.columns,
            leaves=document.leaves,
            topics=document.topics,
        ).table
    return verify_facts(data, table)


def _as_told(found: ReadingList, scope: dict[str, Any] | None) -> ReadingList:
    """Give the list with what it drew from when the receipt was written. Raises BadDocumentError."""
    if scope is None:
        return found
    try:
        seconds = scope.pop("max_age")
        return replace(found, scope=scope_of(scope), max_age=timedelta(seconds=seconds))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as exc:
        raise BadDocumentError("scope", "it is not as a receipt of ours says it") from exc


def _stored(desk: Desk, conn: Connection) -> Stored:
    version = values.data_version(conn)
    return Stored(fresh_snapshot(desk, conn, version), version)
