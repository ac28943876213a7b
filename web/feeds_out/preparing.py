"""From what a service gives to what a format is written from: addresses made absolute, reasons put into words."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from flask import url_for

from aggregator.model.ids import NAMESPACE
from web.asked import stamp
from web.door import desk
from web.feeds_out.document import Addresses, Archives, FeedDocument, FeedEntry, File, Place, Rule, Source, Term
from web.formats import points
from web.plainly import explanation_plainly
from web.speech import gettext

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregator.services.outgoing import OutgoingEntry, OutgoingFeed
    from aggregator.services.pages import EditionNote
    from rankers import TermResult

_IDS = UUID(NAMESPACE)


def prepare(
    found: OutgoingFeed, here: str, *, hub: str | None, current: str, edition: Callable[[str], str]
) -> FeedDocument:
    """Put a feed together; `here` is its own path, without parameters.

    `current` is the path of the feed itself, `edition` gives that of the kept edition of an instant.
    """
    page, rule = found.page, found.page.rule
    pin: dict[str, Any] = {"at": stamp(page.at), "v": page.data_version}
    words = {"rule": rule.title, "number": rule.number, "plain": rule.plain}
    return FeedDocument(
        id=UUID(found.identity).urn,
        slug=page.list.slug,
        title=f"{page.list.title} · {found.instance}",
        subtitle=gettext("Ordered by %(rule)s, version %(number)d: %(plain)s", **words),
        publisher=found.instance,
        language=found.language,
        at=page.at,
        updated=max((rule.published, *(min(each.listed.entry.first_seen, page.at) for each in found.entries))),
        shown=page.counts.shown,
        candidates=page.counts.total,
        rule=Rule(
            id=rule.slug,
            title=rule.title,
            number=rule.number,
            hash=rule.hash,
            plain=rule.plain,
            page=absolute(url_for("rules.version", slug=rule.slug, number=rule.number)),
        ),
        addresses=Addresses(
            self=absolute(here),
            home=absolute(url_for("lists.show", slug=page.list.slug)),
            first=absolute(here),
            previous=_other(here, pin, page.start - len(found.entries)) if page.start else None,
            next=_other(here, pin, page.next_start) if page.next_start is not None else None,
            hub=hub,
            blogroll=absolute(url_for("blogroll.show")) if found.recommends else None,
            receipt=absolute(url_for("orders.receipt", slug=page.list.slug, **pin)),
        ),
        complete=found.complete,
        entries=tuple(_entry(found, each) for each in found.entries),
        archives=_archives(page.edition, absolute(current), edition) if page.edition else None,
        archive=found.archive,
    )


def _archives(shown: EditionNote, current: str, edition: Callable[[str], str]) -> Archives:
    previous, following = (absolute(edition(stamp(at))) if at else None for at in (shown.previous, shown.next))
    return Archives(current, previous, following)


def absolute(path: str) -> str:
    """Return the address of a path of this instance."""
    return desk().address + path


def _other(here: str, pin: dict[str, Any], start: int) -> str:
    given = {"start": max(start, 0), **pin}
    return absolute(here) + "?" + "&".join(f"{name}={value}" for name, value in given.items())


def _entry(found: OutgoingFeed, out: OutgoingEntry) -> FeedEntry:
    entry, list_ = out.listed.entry, found.page.list
    why = absolute(url_for("entry.show", uid=entry.uid, list=list_.slug, _anchor="why"))
    whole = (out.body.content_html or out.body.summary_html) if out.body else ""
    source = Source(
        title=out.source.title,
        key=out.source.key,
        address=out.source.address,
        site=out.source.site,
        id=uuid5(_IDS, f"source {out.source.address or out.source.key}").urn,
    )
    return FeedEntry(
        id=uuid5(_IDS, entry.uid).urn,
        uid=entry.uid,
        title=entry.title or entry.excerpt,
        link=entry.link or why,
        authors=tuple((author.name, author.uri) for author in entry.authors if author.name.strip())
        or ((source.title, source.site),),
        published=entry.published or entry.time,
        updated=max(entry.updated or entry.time, entry.published or entry.time),
        language=entry.language,
        categories=entry.categories,
        files=tuple(File(file.url, file.type, file.length, file.title) for file in entry.enclosures),
        image=entry.image,
        text=entry.excerpt,
        html=(whole or f"<p>{escape(entry.excerpt)}</p>") + _credit(list_.title, source, why),
        whole=bool(whole),
        source=source,
        place=_place(found, out, why),
    )


def _credit(title: str, source: Source, why: str) -> str:
    """Say where an entry comes from and why it is here; it stays the same while the entry does."""
    named = escape(source.title)
    if source.site:
        named = f'<a href="{escape(source.site)}">{named}</a>'
    asked = escape(gettext("Why it is on “%(list)s”", list=title))
    return f'<p><small>{named} · <a href="{escape(why)}">{asked}</a></small></p>'


def _place(found: OutgoingFeed, out: OutgoingEntry, why: str) -> Place:
    told, page = out.listed.explanation, found.page
    said = [gettext("place %(place)d: %(points)s points", place=out.listed.position, points=_plain(told.total_tenths))]
    said += [_term(term) for term in told.terms if term.tenths]
    said += [move.sentence for move in explanation_plainly(told, lambda _: None, page.mentions).moves]
    return Place(
        position=out.listed.position,
        total=told.total,
        rule=page.rule.hash,
        terms=tuple(Term(term.id, term.points, term.value_text) for term in told.terms),
        line="; ".join(said),
        why=why,
    )


def _term(term: TermResult) -> str:
    return f"{term.value_text or term.id} {points(term.tenths)}"


def _plain(tenths: int) -> str:
    return points(tenths, sign=False)
