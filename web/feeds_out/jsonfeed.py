"""A list as JSON Feed 1.1; what is ours stands under `_broadsheet`, in the shapes of the API."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aggregator.model.ids import NAMESPACE
from web.asked import stamp

if TYPE_CHECKING:
    from web.feeds_out.document import FeedDocument, FeedEntry

TYPE = "application/feed+json"
ABOUT = "https://jsonfeed.org/version/1.1"


def write(document: FeedDocument) -> bytes:
    """Write the document."""
    to, rule = document.addresses, document.rule
    feed: dict[str, Any] = {
        "version": ABOUT,
        "title": document.title,
        "description": document.subtitle,
        "home_page_url": to.home,
        "feed_url": to.self,
        "next_url": to.next,
        "language": document.language,
        "authors": [{"name": document.publisher}],
        "hubs": [{"type": "WebSub", "url": to.hub}] if to.hub else None,
        "items": [_item(entry) for entry in document.entries],
        "_broadsheet": {
            "about": NAMESPACE,
            "list": document.slug,
            "rule": {"id": rule.id, "title": rule.title, "hash": rule.hash, "number": rule.number, "url": rule.page},
            "at": stamp(document.at),
            "shown": document.shown,
            "candidates": document.candidates,
            "complete": document.complete,
            "receipt": to.receipt,
            **({"archive": document.archive, **asdict(document.archives)} if document.archives else {}),
        },
    }
    return json.dumps(_told(feed), ensure_ascii=False).encode("utf-8", "replace")


def _item(entry: FeedEntry) -> dict[str, Any]:
    place, source = entry.place, entry.source
    return _told(
        {
            "id": entry.id,
            "url": entry.link,
            "title": entry.title or None,
            "content_html": entry.html,
            "summary": entry.text or None,
            "image": entry.image,
            "date_published": stamp(entry.published),
            "date_modified": stamp(entry.updated),
            "authors": [_told({"name": name, "url": address}) for name, address in entry.authors] or None,
            "tags": list(entry.categories) or None,
            "language": entry.language,
            "attachments": [
                _told({"url": file.url, "mime_type": file.type, "title": file.title, "size_in_bytes": file.length})
                for file in entry.files
                if file.type
            ]
            or None,
            "_broadsheet": {
                "id": entry.uid,
                "position": place.position,
                "total": place.total,
                "rule": place.rule,
                "terms": [{"id": term.id, "points": term.points, "value": term.said} for term in place.terms],
                "line": place.line,
                "why": place.why,
                "source": {"title": source.title, "id": source.key, "feed": source.address, "site": source.site},
            },
        }
    )


def _told(given: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if value is not None}
