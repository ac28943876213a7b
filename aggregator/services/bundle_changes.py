"""What differs between two selections, change by change, as an editor decides about it. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.model.bundle import BundleChange, ChangeKind
from aggregator.services.ranked import sentences_of
from aggregator.services.ranking import document_of
from aggregator.services.versions import toml_of
from aggregator.sources.identity import canonical_address
from rankers import RuleError, diff_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aggregator.model.bundle import BundleList, BundleRule
    from aggregator.model.subscription import OpmlFeed


@dataclass(frozen=True, slots=True)
class Side:
    """What is compared."""

    feeds: tuple[OpmlFeed, ...] = ()
    rules: tuple[BundleRule, ...] = ()
    lists: tuple[BundleList, ...] = ()


def compare(before: Side, after: Side, *, language: str = "en") -> tuple[BundleChange, ...]:
    """Say what becomes of feeds, rules and lists: the new feeds first, then the gone, the changed, rules, lists."""
    held = {canonical_address(feed.address): feed for feed in before.feeds}
    wanted = {canonical_address(feed.address): feed for feed in after.feeds}
    changes = [*_added(held, wanted), *_removed(held, wanted)]
    for key, feed in wanted.items():
        if key in held:
            changes += _changed(held[key], feed)
    return (*changes, *_rules(before.rules, after.rules, language), *_lists(before.lists, after.lists))


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


def _rules(before: Iterable[BundleRule], after: Iterable[BundleRule], language: str) -> Iterator[BundleChange]:
    held, wanted = ({rule.id: rule.envelope for rule in rules} for rules in (before, after))
    for rule, envelope in wanted.items():
        if rule not in held:
            yield BundleChange(ChangeKind.RULE_NEW, rule, _name(envelope), "", _number(envelope))
        elif _hash(envelope) != _hash(held[rule]):
            kind = ChangeKind.RULE_CHANGED
            told = (_number(held[rule]), _number(envelope), _details(held[rule], envelope, language))
            yield BundleChange(kind, rule, _name(envelope), *told)
    for rule, envelope in held.items():
        if rule not in wanted:
            yield BundleChange(ChangeKind.RULE_GONE, rule, _name(envelope), _number(envelope))


def _lists(before: Iterable[BundleList], after: Iterable[BundleList]) -> Iterator[BundleChange]:
    held, wanted = ({each.id: each for each in lists} for lists in (before, after))
    for name, told in wanted.items():
        if name not in held:
            yield BundleChange(ChangeKind.LIST_NEW, name, told.title, "", told.rule)
        elif told != held[name]:
            yield BundleChange(ChangeKind.LIST_CHANGED, name, told.title, held[name].rule, told.rule)
    for name, told in held.items():
        if name not in wanted:
            yield BundleChange(ChangeKind.LIST_GONE, name, told.title, told.rule)


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


def _details(before: str, after: str, language: str) -> tuple[str, ...]:
    """Say what one version does otherwise than another; nothing where this release cannot read one of them."""
    try:
        first, second = (document_of(toml_of(envelope)) for envelope in (before, after))
    except RuleError:
        return ()
    return tuple(each.text for each in diff_rules(first, second, sentences_of(language)).changes)
