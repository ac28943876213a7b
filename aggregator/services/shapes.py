"""The JSON shapes others may rely on, of the command line and the API alike: only ever added to, held by tests.

Times are RFC 3339 in UTC, points integer micro-points, the id of an entry its uid.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aggregator.model.clocks import stamp
from aggregator.model.extras import told_of
from aggregator.model.timetable import HOUR
from aggregator.services.health import fault_sentence, remark_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aggregator.model.discovery import Discovery
    from aggregator.model.entry import Body, Entry
    from aggregator.model.extras import Extras
    from aggregator.model.ids import FeedId
    from aggregator.model.job import JobItem
    from aggregator.model.ports import RefreshReport
    from aggregator.model.readinglist import Edition, ReadingList, RuleVersion
    from aggregator.model.subscription import SubscribedFeed
    from aggregator.model.timetable import Timetable
    from aggregator.model.traffic import Account, Traffic
    from aggregator.services.importing import ImportCounts
    from aggregator.services.pages import (
        FoldedEntry,
        LeftOutLine,
        ListedEntry,
        ListPage,
        Mention,
        Standing,
        WithheldEntry,
    )
    from aggregator.services.replaying import Replay
    from aggregator.services.searching import Found
    from rankers import Diff, Move, Section

Shape = dict[str, Any]


def feed_shape(source: SubscribedFeed) -> Shape:
    """Shape one of `feeds list`; `error` is a plain sentence, `fault` its code."""
    feed, subscription = source.feed, source.subscription
    fault = feed.health.fault
    return {
        "id": feed.id,
        "url": feed.address,
        "title": subscription.title or feed.title,
        "folder": subscription.folders[0] if subscription.folders else None,
        "site": feed.site,
        "last_ok": stamp(feed.health.last_ok),
        "next": None if feed.paused else stamp(feed.schedule.due),
        "error": fault_sentence(fault) if fault else None,
        "fault": fault.code if fault else None,
        "entries": source.entries,
    }


def discovery_shape(found: Discovery) -> Shape:
    """Shape what `feeds add` found where it did not find the one feed: those there are, and what was tried."""
    return {
        "asked": found.asked,
        "found": [{"url": feed.address, "title": feed.title} for feed in found.feeds],
        "tried": [
            {
                "url": tried.address,
                "error": fault_sentence(tried.fault) if tried.fault else None,
                "fault": tried.fault.code if tried.fault else None,
            }
            for tried in found.tried
        ],
    }


def health_shape(source: SubscribedFeed) -> Shape:
    """Shape one of `feeds health`: what `feeds list` says, and how fetching goes."""
    feed = source.feed
    return feed_shape(source) | {
        "paused": feed.paused,
        "remarks": [remark_sentence(remark) for remark in feed.hints.remarks],
        "last_tried": stamp(feed.health.last_tried),
        "failures": feed.health.streak,
        "interval_minutes": int(feed.schedule.interval.total_seconds()) // 60,
        "moved_to": feed.moved_to,
    }


def traffic_shape(account: Account) -> Shape:
    """Shape the answer of `feeds traffic`: days and domains, those with the most first."""
    return {
        "days": [{"day": day.isoformat()} | _counts_shape(counts) for day, counts in account.days],
        "domains": [{"domain": domain} | _counts_shape(counts) for domain, counts in account.domains],
    }


def _counts_shape(counts: Traffic) -> Shape:
    return {
        "requests": counts.requests,
        "not_modified": counts.unchanged,
        "failed": counts.failed,
        "bytes": counts.bytes,
    }


def job_shape(counts: ImportCounts, notes: Sequence[str], items: Sequence[JobItem]) -> Shape:
    """Shape what an import did or would do; `note` is the code of a fault, or the address merged with."""
    return {
        "found": len(items),
        "new": counts.new,
        "already": counts.already,
        "merged": counts.merged,
        "refused": counts.refused,
        "recovered": list(notes),
        "feeds": [
            {
                "position": item.position,
                "url": item.address,
                "title": item.title,
                "state": item.state,
                "note": item.note,
            }
            for item in items
        ],
    }


def report_shape(report: RefreshReport) -> Shape:
    """Shape the answer of `feeds refresh`."""
    return {
        "fetched": report.fetched,
        "not_modified": report.not_modified,
        "failed": report.failed,
        "entries_new": report.entries_new,
        "entries_changed": report.entries_changed,
    }


def extras_shape(extras: Extras) -> Shape:
    """Shape what else is told of an entry: every field that is told, by name."""
    told = asdict(extras)
    return {name: told[name] for name in told_of(extras) if name != "unsubscribe"}  # it holds who subscribed


def entry_shape(entry: Entry, body: Body, feed_address: str | None) -> Shape:
    """Shape one of `entries list`: as stored, every field."""
    return {
        "id": entry.uid,
        "feed": feed_address,
        "guid": entry.guid,
        "title": entry.title,
        "link": entry.link,
        "authors": [{"name": author.name, "uri": author.uri} for author in entry.authors],
        "published": stamp(entry.published),
        "updated": stamp(entry.updated),
        "time": stamp(entry.time),
        "first_seen": stamp(entry.first_seen),
        "language": entry.language,
        "kind": entry.kind,
        "categories": list(entry.categories),
        "enclosures": [
            {"url": file.url, "type": file.type, "length": file.length, "title": file.title}
            for file in entry.enclosures
        ],
        "image": entry.image,
        "comments": entry.comments,
        "words": entry.words,
        "paid": entry.paid,
        "excerpt": entry.excerpt,
        "extras": extras_shape(entry.extras),
        "content_html": body.content_html,
        "summary_html": body.summary_html,
    }


def replay_shape(found: Replay) -> Shape:
    """Write down a replay; room in thousandths of all there was."""
    return {
        "list": found.list.slug,
        "before": rule_shape(found.before) | {"number": found.before.number},
        "after": rule_shape(found.after) | {"number": found.after.number},
        "overlap": found.overlap,
        "days": [
            {
                "at": stamp(day.at),
                "entries": day.candidates,
                "overlap": day.overlap,
                "entering": day.entering,
                "leaving": day.leaving,
                "moved": day.moved,
            }
            for day in found.days
        ],
        "sources": [{"source": key, "before": one, "after": other} for key, one, other in found.sources],
        "languages": [{"language": key, "before": one, "after": other} for key, one, other in found.languages],
    }


def rule_shape(rule: RuleVersion) -> Shape:
    """Shape a rule wherever one is named."""
    return {"id": rule.slug, "title": rule.title, "hash": rule.hash}


def rule_entry_shape(rule: RuleVersion) -> Shape:
    """Shape one of `rules list`."""
    return rule_shape(rule) | {"number": rule.number, "plain": rule.plain, "published": stamp(rule.published)}


def version_shape(rule: RuleVersion) -> Shape:
    """Shape one version of a rule; `version` is the id its publisher signed."""
    return rule_entry_shape(rule) | {"author": rule.author, "reason": rule.reason, "version": rule.identity}


def diff_shape(found: Diff) -> Shape:
    """Shape the answer of `rules diff`."""
    changes = [{"kind": change.kind, "line": change.line, "text": change.text} for change in found.changes]
    return {"same_order": found.same_order, "changes": changes}


def statement_shape(version: RuleVersion, spoken: str, sections: Sequence[Section]) -> Shape:
    """Shape the answer of `rules statement`; `spoken` is the language its sentences are really in."""
    return {
        "rule": rule_shape(version) | {"number": version.number},
        "language": spoken,
        "sections": [
            {
                "key": section.key,
                "heading": section.heading,
                "sentences": [
                    {"line": s.line, "text": s.text, "why": s.why, "points": s.points, "share": s.share}
                    for s in section.sentences
                ],
            }
            for section in sections
        ],
    }


def list_entry_shape(found: ReadingList) -> Shape:
    """Shape one of `lists list`."""
    return {
        "id": found.slug,
        "title": found.title,
        "max_age_days": found.max_age.days,
        "time_zone": found.time_zone,
        "scope": found.scope.told,
        "editions": _timetable_shape(found.timetable) if found.timetable else None,
        "personal": found.personal,
    }


def _timetable_shape(timetable: Timetable) -> Shape:
    """Shape when editions are made; days count from Monday 0."""
    return {
        "times": [f"{minutes // HOUR:02}:{minutes % HOUR:02}" for minutes in timetable.times],
        "weekdays": list(timetable.days),
    }


def edition_shape(edition: Edition) -> Shape:
    """Shape one of `lists editions`."""
    return {
        "at": stamp(edition.at),
        "made": stamp(edition.made),
        "shown": edition.shown,
        "candidates": edition.candidates,
    }


def list_shape(page: ListPage, items: Sequence[ListedEntry], addresses: Mapping[FeedId, str]) -> Shape:
    """Shape the answer of `lists show`; `items` may go on beyond the page, `addresses` are those of the feeds."""
    return {
        "list": page.list.slug,
        "rule": rule_shape(page.rule),
        "at": stamp(page.at),
        "edition": bool(page.edition),
        "entries": [_listed_shape(item, addresses) for item in items],
        "left_out": {"count": page.counts.withheld, "by": [_line_shape(line) for line in page.left_out_by]},
        "folded": page.counts.folded,
        "further_down": page.counts.further_down,
    }


def _listed_shape(item: ListedEntry, addresses: Mapping[FeedId, str]) -> Shape:
    return {
        "id": item.entry.uid,
        "title": item.entry.title,
        "link": item.entry.link,
        "feed": addresses.get(item.entry.feed_id),
        "source": item.source,
        "published": stamp(item.entry.published),
        "position": item.position,
        "total": item.explanation.total,
        "terms": [{"id": term.id, "points": term.points} for term in item.explanation.terms],
    }


def _line_shape(line: LeftOutLine) -> Shape:
    return {"line": line.line, "count": line.count}


def _named_shape(item: WithheldEntry | FoldedEntry) -> Shape:
    return {
        "id": item.entry.uid,
        "title": item.entry.title,
        "link": item.entry.link,
        "source": item.source,
        "published": stamp(item.entry.published),
    }


def withheld_shape(item: WithheldEntry) -> Shape:
    """Shape one of `lists show --left-out`: with every line of the rule that matches it."""
    return {
        **_named_shape(item),
        "lines": [{"line": line.line, "why": line.why} for line in item.lines],
    }


def folded_shape(item: FoldedEntry) -> Shape:
    """Shape an entry that is told under another, `lead`."""
    return {
        **_named_shape(item),
        "lead": item.lead.entry.uid,
        "lead_position": item.lead_position,
    }


def why_shape(uid: str, standing: Standing) -> Shape:
    """Shape the answer of `why`.

    An entry without a place has `position` null and says in `absence` what became of it.
    """
    told = standing.explanation
    what_if = standing.what_if
    return {
        "entry": uid,
        "list": standing.list.slug,
        "rule": rule_shape(standing.rule),
        "at": stamp(standing.at),
        "position": told.position if told else None,
        "newest_first_position": told.newest_first_position if told else None,
        "terms": [
            {
                "id": term.id,
                "signal": term.signal,
                "value": term.value,
                "curve_out": term.curve_out,
                "points": term.points,
                "why": term.why,
            }
            for term in (told.terms if told else ())
        ],
        "total": told.total if told else None,
        "moves": [_move_shape(move, standing.mentions) for move in (told.moves if told else ())],
        "what_if": [{"without": line, "position": position} for line, position in what_if] if what_if else None,
        "absence": None if told else _absence_shape(standing),
    }


def _move_shape(move: Move, mentions: Mapping[int, Mention]) -> Shape:
    because = [mentions[row].uid for row in move.because if row in mentions]
    return {"step": move.step, "from": move.from_, "to": move.to, "because": because}


def _absence_shape(standing: Standing) -> Shape:
    absence = standing.absence
    if absence is None:
        return {"place": standing.out_of_scope, "lines": [], "lead": None}
    lead = None if absence.lead is None else standing.mentions.get(absence.lead)
    return {
        "place": absence.place,
        "lines": [{"line": line, "why": reason} for line, reason in absence.lines],
        "lead": lead.uid if lead else None,
    }


def found_shape(found: Found) -> Shape:
    """Shape one of `search`."""
    return {
        "id": found.seen.entry.uid,
        "title": found.seen.entry.title,
        "link": found.seen.entry.link,
        "score": found.score,
        "snippet": "".join(part.text for part in found.snippet),
    }
