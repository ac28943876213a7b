"""Bundles: the selection of a group with its rules, as one file that can be handed on and followed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.model.feed import Validators
    from aggregator.model.ids import OwnerId
    from aggregator.model.subscription import OpmlDocument

FollowedId = NewType("FollowedId", int)


@dataclass(frozen=True, slots=True)
class BundleHead:
    """What a bundle says of itself. `name` and `number` are its place in the chain of one publisher.

    `previous` is the id (64 hex) of the version before, None for the first; `publisher` the key as `ed25519:…`;
    `left_out` how many feeds have a secret address; `signature` 128 hex, empty before it is signed.
    """

    name: str
    number: int
    previous: str | None
    published: str  # RFC 3339, UTC
    publisher: str
    reason: str | None
    licence: str | None
    left_out: int
    signature: str = ""


@dataclass(frozen=True, slots=True)
class BundleRule:
    """A rule in a bundle: the signed envelope of one version as JSON (services/versions.py)."""

    id: str
    envelope: str


@dataclass(frozen=True, slots=True)
class BundleDocument:
    """A bundle as read. `head` is None for plain OPML; `form` is what a signature is over."""

    opml: OpmlDocument
    head: BundleHead | None
    rules: tuple[BundleRule, ...]
    form: bytes = field(repr=False)


class ChangeKind(StrEnum):
    """What a change between two bundles does."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    REFILED = "refiled"
    REASON = "reason"
    RULE_NEW = "rule-new"
    RULE_CHANGED = "rule-changed"
    RULE_GONE = "rule-gone"


@dataclass(frozen=True, slots=True)
class BundleChange:
    """One change. `key` is a feed's address or a rule's id; `before` and `after` are names, folders or reasons."""

    kind: ChangeKind
    key: str
    title: str
    before: str = ""
    after: str = ""

    @property
    def word(self) -> str:
        """What stands for this change in a form."""
        return f"{self.kind.value} {self.key}"


@dataclass(frozen=True, slots=True)
class BundleVersion:
    """A version of a bundle of ours that was exported and is kept."""

    name: str
    number: int
    identity: str
    published: datetime
    author: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class FollowedBundle:
    """A bundle of somebody else's that is looked at, and what was agreed to of it.

    `publisher` and `name` are pinned at the first look; None for plain OPML, which nobody signed. `number` and
    `identity` are of the newest version seen, `pending` says that there is one to decide about.
    """

    id: FollowedId
    owner: OwnerId
    address: str
    title: str | None
    publisher: str | None
    name: str | None
    number: int | None
    identity: str | None
    validators: Validators
    due: datetime
    tried: datetime | None
    ok: datetime | None
    failures: int
    problem: str | None
    pending: bool
