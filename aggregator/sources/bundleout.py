"""Bundles out: our OPML with a head and rules in our namespace. The same selection gives the same bytes."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from aggregator.sources.bundle import SCHEMA
from aggregator.sources.opmlout import INDENT, escape, write_opml

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aggregator.model.bundle import BundleHead, BundleList, BundleRule
    from aggregator.model.subscription import OpmlFeed, OpmlFolder

_NO_SIGNATURE = "0" * 128
_NOT_XML = re.compile(r"[\ud800-\udfff\ufffe\uffff]")


def write_bundle(
    head: BundleHead,
    *,
    title: str,
    owner: str,
    folders: Sequence[OpmlFolder],
    feeds: Iterable[OpmlFeed],
    rules: Iterable[BundleRule],
    lists: Iterable[BundleList],
) -> bytes:
    """Write a bundle. `title` is for people, `owner` the address of who hands it out.

    Without a signature in the head the file has one of zeros, for being signed: its form is the same.
    """
    published = format_datetime(datetime.fromisoformat(head.published), usegmt=True)
    said = {
        "schema": SCHEMA,
        "name": head.name,
        "number": str(head.number),
        "previous": head.previous,
        "published": head.published,
        "publisher": head.publisher,
        "reason": head.reason,
        "licence": head.licence,
        "leftOut": str(head.left_out),
        "sig": head.signature or _NO_SIGNATURE,
    }
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in said.items() if value is not None)
    lines = [
        f"<dateModified>{escape(published)}</dateModified>",
        f"<ownerName>{escape(title)}</ownerName>",
        f"<ownerId>{escape(owner)}</ownerId>",
        f"<broadsheet:bundle{attributes}/>",
        *(_rule(rule) for rule in sorted(rules, key=lambda rule: rule.id)),
        *(_list(each) for each in lists),
    ]
    return write_opml(title, folders, feeds, head=[f"{INDENT * 2}{line}" for line in lines])


def _rule(rule: BundleRule) -> str:
    # What XML cannot hold is written as JSON writes it; the content stays the same.
    text = _NOT_XML.sub(lambda found: f"\\u{ord(found.group()):04x}", rule.envelope)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    return f'<broadsheet:rule id="{escape(rule.id)}">{text}</broadsheet:rule>'


def _list(told: BundleList) -> str:
    said = {
        "id": told.id,
        "title": told.title,
        "rule": told.rule,
        "days": str(told.days),
        "languages": " ".join(told.languages),
        "times": " ".join(told.times),
        "weekdays": " ".join(map(str, told.weekdays)),
        "timeZone": told.time_zone,
    }
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in said.items() if value)
    drawn = [("folder", path) for path in told.folders] + [("feed", address) for address in told.feeds]
    inside = "".join(f'<broadsheet:from {key}="{escape(value)}"/>' for key, value in drawn)
    return f"<broadsheet:list{attributes}>{inside}</broadsheet:list>"
