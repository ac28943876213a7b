"""Our lists in the fediverse: who follows them there, what they posted, and what is still to be sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.model.ids import EntryId, ListId, VersionId


@dataclass(frozen=True, slots=True)
class ListActor:
    """How a list stands in the fediverse.

    `open`: a steward lets it be followed there. `known`: others were told that it is there, and are to be told when it
    is not. `looked`: the instant it was last looked at for news; for editions, that of the edition. `version`: the
    version of its rule that was told last.
    """

    list_id: ListId
    open: bool = True
    known: bool = False
    looked: datetime | None = None
    version: VersionId | None = None


@dataclass(frozen=True, slots=True)
class Follower:
    """Somebody elsewhere who follows a list. `inbox` is the one of their whole server, where it has one."""

    list_id: ListId
    actor: str
    host: str
    inbox: str
    since: datetime


@dataclass(frozen=True, slots=True)
class ListPost:
    """Something a list posted: an entry that came into its places, or a version of its rule.

    `object` is the id of the post it passes on, for an entry that lives in the fediverse. Nothing of an entry's
    words is kept here.
    """

    id: int
    list_id: ListId
    entry_id: EntryId | None
    object: str | None
    version: VersionId | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Sending:
    """Something to be sent: `post`, written when it is sent, or `body`. `actor` is the one of ours that signs."""

    id: int
    actor: str
    inbox: str
    host: str
    post: int | None
    body: str | None = field(repr=False)
    tries: int = 0
