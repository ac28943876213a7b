"""What a group reads and how it ranks it, as a bundle hands it on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aggregator.model.bundle import BundleList, BundleRule
from aggregator.services import importing
from aggregator.services.listing import wish_of
from aggregator.sources.identity import source_key
from aggregator.sources.opml import OWNER, SOURCE
from aggregator.store import lists, subscriptions, values
from aggregator.store import rules as stored_rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from aggregator.model.feed import Feed
    from aggregator.model.ids import FeedId, OwnerId
    from aggregator.model.subscription import OpmlFeed, OpmlFolder
    from aggregator.services.desk import Desk


@dataclass(frozen=True, slots=True)
class Selection:
    """What a group reads, as it is handed on. `left_out`: feeds whose addresses nobody else is to know."""

    title: str
    folders: tuple[OpmlFolder, ...]
    feeds: tuple[OpmlFeed, ...]
    rules: tuple[BundleRule, ...]
    lists: tuple[BundleList, ...]
    left_out: int


def selection(desk: Desk, owner: OwnerId) -> Selection:
    """Give what a group reads as it is handed on. For services that have checked who asks."""
    outlines = {each.address: each for each in importing.outlines(desk, owner)}
    with desk.database.read() as conn:
        title = values.instance_name(conn)
        folders = importing.folder_outlines(conn, owner)
        held = subscriptions.get_subscribed(conn, owner)
        rules = tuple(
            BundleRule(each.slug, stored_rules.get_envelope(conn, each.id))
            for each in stored_rules.get_current_versions(conn, owner)
        )
        lists = _lists_of(conn, owner, {each.feed.id: each.feed.address for each in held})
    feeds = tuple(
        _with_keys(outlines[each.feed.address], each.feed)
        for each in held
        if each.feed.address in outlines and not importing.is_ours_alone(each.feed.address)
    )
    secret = sum(importing.is_ours_alone(each.feed.address) for each in held)
    return Selection(title, folders, feeds, rules, lists, secret)


def _with_keys(outline: OpmlFeed, feed: Feed) -> OpmlFeed:
    """Say what a feed counts as, and for whom, where that is not what its site proposes."""
    extra = {key: value for key, value in outline.extra if key not in {SOURCE, OWNER}}
    if feed.source != source_key(feed.address, feed.site, title=feed.title):
        extra[SOURCE] = feed.source
    if feed.owner != feed.source:
        extra[OWNER] = feed.owner
    return replace(outline, extra=tuple(sorted(extra.items())))


def _lists_of(conn: Connection, owner: OwnerId, held: Mapping[FeedId, str]) -> tuple[BundleList, ...]:
    """Give an owner's lists as they are handed on, but for those that would draw on more elsewhere than they do here.

    One that draws on nothing but secret addresses is left out, and one that keeps a search, which bundles do not carry.
    """
    named = {each.rule_id: each.slug for each in stored_rules.get_current_versions(conn, owner)}
    found = []
    for each in lists.get_lists(conn, owner):
        wish = wish_of(each, named[each.rule_id])
        addresses = (held[feed] for feed in wish.scope.feeds if feed in held)
        feeds = tuple(address for address in addresses if not importing.is_ours_alone(address))
        if wish.scope.search or (wish.scope.feeds and not feeds and not wish.scope.folders):
            continue  # without them it would draw on everything
        found.append(
            BundleList(
                id=each.slug,
                title=wish.title,
                rule=wish.rule,
                days=wish.days,
                feeds=feeds,
                folders=wish.scope.folders,
                languages=wish.scope.languages,
                times=wish.times,
                weekdays=wish.weekdays if wish.times else (),
                time_zone=wish.time_zone,
            )
        )
    return tuple(found)
