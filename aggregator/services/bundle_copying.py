"""What is copied by hand from a followed bundle: a rule, and a list with the rule that ranks it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import tomlkit

from aggregator.errors import BadDocumentError, ConflictError, NotFoundError
from aggregator.model.readinglist import Scope
from aggregator.services import listing, publishing, subscribing
from aggregator.services.bundle_following import followed_page
from aggregator.services.listing import ListWish
from aggregator.services.rights import Right, require
from aggregator.services.versions import check_envelope, toml_of
from aggregator.sources.identity import canonical_address
from aggregator.store import rules as stored_rules
from aggregator.store.folders import get_paths

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from aggregator.model.bundle import BundleList, BundleRule, FollowedId
    from aggregator.model.member import Actor
    from aggregator.model.readinglist import ReadingList, RuleVersion
    from aggregator.model.subscription import SubscribedFeed
    from aggregator.services.desk import Desk


@dataclass(frozen=True, slots=True)
class CopiedList:
    """A list made after one of a bundle; `missing` are addresses and folders it draws on there and not here."""

    list: ReadingList
    missing: tuple[str, ...]


def fork_rule(
    desk: Desk, actor: Actor, followed_id: FollowedId, rule: str, *, new: str, reason: str | None
) -> RuleVersion:
    """Publish a copy of a bundle's rule under a name of ours; it names the version it came from.

    Raises NotFoundError, RuleError where `new` is no id, ConflictError where it is taken.
    """
    require(actor, Right.PUBLISH_RULES)
    found, identity = _rule(followed_page(desk, actor, followed_id).rules, rule)
    text = tomlkit.parse(toml_of(found.envelope))
    text["id"] = new
    return publishing.publish(desk, actor, tomlkit.dumps(text), reason, forked_from=identity)


def copy_list(
    desk: Desk, actor: Actor, followed_id: FollowedId, name: str, *, new: str, reason: str | None
) -> CopiedList:
    """Make a list like one of a bundle, called `new` in addresses, ranked by the same rule.

    Where that rule is not here it is copied along, under the name of the list. What the list draws on and we do not
    have is left out. Raises NotFoundError, BadInputError and ConflictError as a new list does, ConflictError too where
    nothing that it draws on is here.
    """
    require(actor, Right.CHANGE_LISTS)
    page = followed_page(desk, actor, followed_id)
    told = next((each for each in page.lists if each.id == name), None)
    if told is None:
        raise NotFoundError("list", name)
    with desk.database.read() as conn:
        folders = set(get_paths(conn, actor.group))
    wish, missing = _wish(told, subscribing.sources(desk, actor), folders)
    if missing and not wish.scope.feeds and not wish.scope.folders:
        raise ConflictError("list", "nothing it draws on is here; accept its sources first")
    rule = _same_rule(desk, actor, page.rules, told.rule)
    if rule is None:
        rule = fork_rule(desk, actor, followed_id, told.rule, new=new, reason=reason).slug
    return CopiedList(listing.add_list(desk, actor, replace(wish, rule=rule), slug=new), missing)


def _rule(rules: tuple[BundleRule, ...], name: str) -> tuple[BundleRule, str]:
    """Find a rule that holds, and the id of its version."""
    found = next((each for each in rules if each.id == name), None)
    if found is None:
        raise NotFoundError("rule", name)
    checked = check_envelope(found.envelope.encode())
    if checked.problem:
        raise BadDocumentError("the rule", checked.problem)
    return found, checked.identity


def _same_rule(desk: Desk, actor: Actor, rules: tuple[BundleRule, ...], name: str) -> str | None:
    """Return the rule of ours that is the same as one of theirs, or was copied from it."""
    theirs, identity = _rule(rules, name)
    rule_hash = json.loads(theirs.envelope)["version"]["rule_hash"]
    with desk.database.read() as conn:
        for own in stored_rules.get_current_versions(conn, actor.group):
            version = json.loads(stored_rules.get_envelope(conn, own.id))["version"]
            if own.hash == rule_hash or version["forked_from"] == identity:
                return own.slug
    return None


def _wish(
    told: BundleList, sources: Iterable[SubscribedFeed], folders: Collection[str]
) -> tuple[ListWish, tuple[str, ...]]:
    """Give a list of theirs as a wish for one here, and what of its sources and folders is not here."""
    there = {canonical_address(each.feed.address): each.feed.id for each in sources}
    found = {address: there.get(canonical_address(address)) for address in told.feeds}
    scope = Scope(
        feeds=tuple(feed for feed in found.values() if feed is not None),
        folders=tuple(path for path in told.folders if path in folders),
        languages=told.languages,
    )
    missing = [address for address, feed in found.items() if feed is None]
    missing += [path for path in told.folders if path not in folders]
    wish = ListWish(told.title, told.rule, scope, told.days, told.times, told.weekdays, told.time_zone)
    return wish, tuple(missing)
