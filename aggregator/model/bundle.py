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
class BundleList:
    """A list in a bundle, ranked by the rule of that id in the same bundle.

    It draws on feeds (addresses), folders (paths) and languages; without any of them on all of the bundle. `times` are
    times of day such as 07:00 on `weekdays` (Monday 0) by the clocks of `time_zone`; none: a live list.
    """

    id: str
    title: str
    rule: str
    days: int
    feeds: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class BundleDocument:
    """A bundle as read. `head` is None for plain OPML; `form` is what a signature is over."""

    opml: OpmlDocument
    head: BundleHead | None
    rules: tuple[BundleRule, ...]
    lists: tuple[BundleList, ...]
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
    LIST_NEW = "list-new"
    LIST_CHANGED = "list-changed"
    LIST_GONE = "list-gone"

    @property
    def copied(self) -> bool:
        """Whether it is of a rule or a list: that is shown, and copied only by hand."""
        return self.value.startswith(("rule", "list"))


@dataclass(frozen=True, slots=True)
class BundleChange:
    """One change. `key` is a feed's address or the id of a rule or list; `before` and `after` say what was and is.

    `details` are sentences on what a changed rule does otherwise.
    """

    kind: ChangeKind
    key: str
    title: str
    before: str = ""
    after: str = ""
    details: tuple[str, ...] = ()

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
