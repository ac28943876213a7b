"""The tables of both databases, a module a subject. Migrations bring any database to exactly this; a test compares.

The words index is no table of Core: dialects/sqlite.py and dialects/postgres.py have its DDL.
What belongs to somebody has `owner`: the id of a member or a group.
"""

from __future__ import annotations

from aggregator.store.tables.alerts import alert, alert_entry
from aggregator.store.tables.base import metadata
from aggregator.store.tables.bundles import bundle, bundle_version, followed_bundle
from aggregator.store.tables.editions import edition
from aggregator.store.tables.entries import entry, entry_body, entry_gone, entry_state, seen
from aggregator.store.tables.fediverse import (
    actor_key,
    delivery,
    domain_block,
    followed,
    refusal,
    used_signature,
)
from aggregator.store.tables.feeds import carried, feed, feed_access, feed_move, feed_push, feed_state, traffic
from aggregator.store.tables.lists import ledger, ledger_share, reading_list, rule, rule_version
from aggregator.store.tables.meaning import copy, entry_vector, story, story_entry, topic_vector
from aggregator.store.tables.mutes import mute
from aggregator.store.tables.objections import objection
from aggregator.store.tables.people import grp, link, member, membership, owner, session
from aggregator.store.tables.posting import list_actor, list_follower, list_post, sending
from aggregator.store.tables.sharing import hub_subscriber, list_sharing, private_address
from aggregator.store.tables.signing_in import (
    api_token,
    challenge,
    invitation,
    link_for,
    passkey,
    password,
    profile,
    sign_in_try,
)
from aggregator.store.tables.subscriptions import filing, folder, subscription
from aggregator.store.tables.trying import draft, replay
from aggregator.store.tables.work import counter, job, job_item, value

__all__ = [
    "actor_key",
    "alert",
    "alert_entry",
    "api_token",
    "bundle",
    "bundle_version",
    "carried",
    "challenge",
    "copy",
    "counter",
    "delivery",
    "domain_block",
    "draft",
    "edition",
    "entry",
    "entry_body",
    "entry_gone",
    "entry_state",
    "entry_vector",
    "feed",
    "feed_access",
    "feed_move",
    "feed_push",
    "feed_state",
    "filing",
    "folder",
    "followed",
    "followed_bundle",
    "grp",
    "hub_subscriber",
    "invitation",
    "job",
    "job_item",
    "ledger",
    "ledger_share",
    "link",
    "link_for",
    "list_actor",
    "list_follower",
    "list_post",
    "list_sharing",
    "member",
    "membership",
    "metadata",
    "mute",
    "objection",
    "owner",
    "passkey",
    "password",
    "private_address",
    "profile",
    "reading_list",
    "refusal",
    "replay",
    "rule",
    "rule_version",
    "seen",
    "sending",
    "session",
    "sign_in_try",
    "story",
    "story_entry",
    "subscription",
    "topic_vector",
    "traffic",
    "used_signature",
    "value",
]
