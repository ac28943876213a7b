"""What is the same in Atom and RSS: our own elements (list, rule, place of each entry and why), and what is all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.asked import stamp
from web.feeds_out.markup import element, nested

if TYPE_CHECKING:
    from collections.abc import Iterator

    from web.feeds_out.document import FeedDocument, FeedEntry


def of_list(document: FeedDocument) -> Iterator[str]:
    """Write what is said of the whole list."""
    rule = document.rule
    yield element(
        "broadsheet:list",
        id=document.slug,
        at=stamp(document.at),
        shown=document.shown,
        candidates=document.candidates,
        receipt=document.addresses.receipt,
    )
    yield element(
        "broadsheet:rule", rule.plain, id=rule.id, title=rule.title, number=rule.number, hash=rule.hash, href=rule.page
    )


def history(document: FeedDocument) -> Iterator[str]:
    """Write whether this is all there is, or a document that stays (RFC 5005, 2 and 4)."""
    if document.complete:
        yield element("fh:complete")
    if document.archive:
        yield element("fh:archive")


def of_entry(entry: FeedEntry) -> str:
    """Write where an entry stands, by which rule, what each line gave, and the same as a sentence."""
    place = entry.place
    return nested(
        "broadsheet:place",
        [
            *(element("broadsheet:term", term.said, id=term.id, points=term.points) for term in place.terms),
            element("broadsheet:why", place.line, href=place.why),
        ],
        position=place.position,
        total=place.total,
        rule=place.rule,
        entry=entry.uid,
        source=entry.source.key,
    )
