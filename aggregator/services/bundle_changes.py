"""What differs between two selections, change by change, as an editor decides about it. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aggregator.model.bundle import BundleChange, ChangeKind
from aggregator.sources.identity import canonical_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aggregator.model.bundle import BundleRule
    from aggregator.model.subscription import OpmlFeed


def compare(
    before: Iterable[OpmlFeed],
    after: Iterable[OpmlFeed],
    rules_before: Iterable[BundleRule] = (),
    rules_after: Iterable[BundleRule] = (),
) -> tuple[BundleChange, ...]:
    """Say what becomes of feeds and rules: the new first, then the gone, the changed, and rules last."""
    held = {canonical_address(feed.address): feed for feed in before}
    wanted = {canonical_address(feed.address): feed for feed in after}
    changes = [*_added(held, wanted), *_removed(held, wanted)]
    for key, feed in wanted.items():
        if key in held:
            changes += _changed(held[key], feed)
    return (*changes, *_rules(rules_before, rules_after))


def _added(held: dict[str, OpmlFeed], wanted: dict[str, OpmlFeed]) -> Iterator[BundleChange]:
    for key, feed in wanted.items():
        if key not in held:
            yield BundleChange(ChangeKind.ADDED, feed.address, _title(feed), "", _folders(feed))


def _removed(held: dict[str, OpmlFeed], wanted: dict[str, OpmlFeed]) -> Iterator[BundleChange]:
    for key, feed in held.items():
        if key not in wanted:
            yield BundleChange(ChangeKind.REMOVED, feed.address, _title(feed), _folders(feed))


def _changed(held: OpmlFeed, feed: OpmlFeed) -> Iterator[BundleChange]:
    if feed.title and feed.title != held.title:
        yield BundleChange(ChangeKind.RENAMED, feed.address, _title(feed), _title(held), _title(feed))
    if set(feed.folders) != set(held.folders):
        yield BundleChange(ChangeKind.REFILED, feed.address, _title(feed), _folders(held), _folders(feed))
    if feed.why != held.why:
        yield BundleChange(ChangeKind.REASON, feed.address, _title(feed), held.why or "", feed.why or "")


def _rules(before: Iterable[BundleRule], after: Iterable[BundleRule]) -> Iterator[BundleChange]:
    held, wanted = ({rule.id: rule.envelope for rule in rules} for rules in (before, after))
    for rule, envelope in wanted.items():
        if rule not in held:
            yield BundleChange(ChangeKind.RULE_NEW, rule, _name(envelope), "", _number(envelope))
        elif _hash(envelope) != _hash(held[rule]):
            kind = ChangeKind.RULE_CHANGED
            yield BundleChange(kind, rule, _name(envelope), _number(held[rule]), _number(envelope))
    for rule, envelope in held.items():
        if rule not in wanted:
            yield BundleChange(ChangeKind.RULE_GONE, rule, _name(envelope), _number(envelope))


def _title(feed: OpmlFeed) -> str:
    return feed.title or feed.address


def _folders(feed: OpmlFeed) -> str:
    return ", ".join(sorted(feed.folders))


# The envelopes were checked when the bundle was taken in.
def _name(envelope: str) -> str:
    return str(json.loads(envelope)["rule"].get("title", ""))


def _hash(envelope: str) -> str:
    return str(json.loads(envelope)["version"]["rule_hash"])


def _number(envelope: str) -> str:
    return str(json.loads(envelope)["version"]["number"])
