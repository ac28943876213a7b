"""Addresses of what a page about a list links to: of a member's list, and of the sample edition anybody may read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from web.addresses import url_for
from web.asked import stamp

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.model.ids import Uid
    from aggregator.model.readinglist import RuleVersion
    from aggregator.services.reading import FoldedPage, LeftOutPage, ListPage, Standing

NEWEST = "newest-first"


class Places(Protocol):
    """What a page about a list needs the addresses of."""

    @property
    def rule(self) -> str:
        """The page of the rule; its lines are its fragments."""
        ...

    @property
    def newest(self) -> str:
        """The same list, newest first."""
        ...

    def entry(self, uid: Uid) -> str:
        """Return the reading view of an entry of the list."""
        ...

    def folded(self, uid: Uid, /) -> str | None:
        """Return where the reports told under an entry are listed."""
        ...

    def what_if(self, uid: Uid, /) -> str | None:
        """Return the entry with its places without each line."""
        ...


@dataclass(frozen=True, slots=True)
class ListPlaces:
    """The places of a member's list, on one snapshot. `named_rule` is the rule its address names."""

    slug: str
    version: RuleVersion
    at: datetime
    data_version: int
    named_rule: str | None

    @classmethod
    def of(cls, page: ListPage | LeftOutPage | FoldedPage | Standing, rule: str | None) -> ListPlaces:
        """Take them from what a service gave; `rule` is the rule the address names, None for the list's own."""
        return cls(page.list.slug, page.rule, page.at, page.data_version, rule)

    @property
    def pin(self) -> dict[str, Any]:
        """The parameters that keep an address on the snapshot."""
        given: dict[str, Any] = {"at": stamp(self.at), "v": self.data_version}
        return {**given, "rule": self.named_rule} if self.named_rule else given

    @property
    def rule(self) -> str:
        """The page of the version that ranked."""
        return url_for("rules.show", slug=self.version.slug, version=self.version.number)

    @property
    def newest(self) -> str:
        """The list as it is now, newest first."""
        return url_for("lists.show", slug=self.slug, rule=NEWEST)

    def entry(self, uid: Uid) -> str:
        """Return the reading view, its neighbours those of the snapshot."""
        return url_for("entry.show", uid=uid, list=self.slug, **self.pin)

    def folded(self, uid: Uid) -> str | None:
        """Return where the reports told under an entry are listed."""
        return url_for("lists.folded", slug=self.slug, lead=uid, **self.pin)

    def what_if(self, uid: Uid) -> str | None:
        """Return the entry with its places without each line."""
        return url_for("entry.show", uid=uid, list=self.slug, what_if=1, _anchor="why", **self.pin)


@dataclass(frozen=True, slots=True)
class TrialPlaces:
    """The places of a list while a rule is tried; `rule` is the page where it is tried."""

    slug: str
    rule: str

    @property
    def newest(self) -> str:
        """The list as it is now, newest first."""
        return url_for("lists.show", slug=self.slug, rule=NEWEST)

    def entry(self, uid: Uid) -> str:
        """Return the reading view, where the list stands as published."""
        return url_for("entry.show", uid=uid, list=self.slug)

    def folded(self, _: Uid) -> None:
        """Give nothing: what a draft folds has no page."""

    def what_if(self, _: Uid) -> None:
        """Give nothing: it is said at once."""


@dataclass(frozen=True, slots=True)
class SamplePlaces:
    """The places of the sample edition; its rule is explained beside it."""

    version: RuleVersion

    @property
    def rule(self) -> str:
        """The sample edition itself, whose rail holds the lines."""
        return url_for("sample.show", rule=self.version.slug)

    @property
    def newest(self) -> str:
        """The sample edition, newest first."""
        return url_for("sample.show", rule=NEWEST)

    def entry(self, uid: Uid) -> str:
        """Return the reading view of a sample entry."""
        return url_for("sample.entry", uid=uid, rule=self.version.slug)

    def folded(self, _: Uid) -> None:
        """Give nothing: the sample has no page of folded reports."""

    def what_if(self, uid: Uid) -> str | None:
        """Return the entry with its places without each line."""
        return url_for("sample.entry", uid=uid, rule=self.version.slug, what_if=1, _anchor="why")
