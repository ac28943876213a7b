"""How our rules treat a source: as files beside its page, and for anybody what public lists make of it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, render_template, request

from aggregator.model.ids import FeedId
from aggregator.services import exposure
from aggregator.services.treatment import public_treatment, source_treatment
from web.asked import number, stamp
from web.door import actor, desk
from web.files import file_of, safe_cell
from web.strangers import passer_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aggregator.model.exposure import SourceRoom
    from aggregator.services.treatment import ListTreatment, SourceTreatment

bp = Blueprint("treatment", __name__)
LONGEST_ADDRESS = 2000


def treatment_of(feed_id: int) -> SourceTreatment:
    """Give how rules treat a source, over the days the address asks for."""
    days = number("days", request.args.get("days"))
    return source_treatment(desk(), actor(), FeedId(feed_id), exposure.SPANS[1] if days is None else days)


@bp.get("/about/source")
def about() -> str:
    """Say to a publisher, or anybody, what public lists make of the source at an address."""
    address = request.args.get("address", "").strip()[:LONGEST_ADDRESS]
    found = public_treatment(desk(), passer_by(), address) if address.isprintable() and address else None
    return render_template("about_source.html", address=address, treatment=found)


@bp.get("/sources/<int:feed_id>/treatment.json")
def as_json(feed_id: int) -> Response:
    """Hand it out with all counts; points in micro-points, room in millionths of a first place."""
    found = treatment_of(feed_id)
    lists = [_shape(each) for each in found.lists]
    return jsonify(source=found.source, days=found.days, lists=lists, lists_not_looked_at=found.more)


@bp.get("/sources/<int:feed_id>/treatment.csv")
def as_csv(feed_id: int) -> Response:
    """Hand it out as a table, a row a count."""
    found, out = treatment_of(feed_id), io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(["list", "rule", "version", "kind", "name", "count", "value", "beside"])
    for each in found.lists:
        for row in _rows(each):
            rows.writerow([each.list.slug, each.rule.slug, each.rule.number, *row])
    return file_of(out.getvalue().encode(), "text/csv; charset=utf-8", f"source-{feed_id}.csv")


def _rows(each: ListTreatment) -> Iterator[tuple[object, ...]]:
    """Give kind, name, how many entries, the value, and what it is to be read beside."""
    now = each.now
    for name in ("candidates", "shown", "further_down", "folded"):
        yield "entries", name, getattr(now, name), "", ""
    yield "room", "now", now.shown, now.room, now.newest_room
    if each.room:
        yield "room", f"since {stamp(each.room.since)}", each.room.shown, each.room.room, each.room.newest_room
    for left in now.left_out:
        yield "left out", safe_cell(left.line), left.count, "", ""
    for line in now.lines:
        yield "line", safe_cell(line.id), line.touched, line.points, line.of_all
    for step in now.steps:
        yield "step", step.step, step.up + step.down, step.up, step.down


def _shape(each: ListTreatment) -> dict[str, Any]:
    now, rule = each.now, each.rule
    return {
        "list": each.list.slug,
        "rule": {"id": rule.slug, "title": rule.title, "version": rule.number, "hash": rule.hash},
        "at": stamp(each.at),
        "entries": now.candidates,
        "places": now.places,
        "shown": now.shown,
        "further_down": now.further_down,
        "folded": now.folded,
        "left_out": [{"line": one.line, "why": one.why, "count": one.count} for one in now.left_out],
        "room": {"had": now.room, "newest_first": now.newest_room, "of": now.all_room},
        "room_over_days": each.room and _room(each.room),
        "lines": [
            {
                "line": one.id,
                "why": one.why,
                "points": one.points,
                "points_of_all": one.of_all,
                "touched": one.touched,
                "missing": one.missing,
            }
            for one in now.lines
        ],
        "steps": [{"step": one.step, "why": one.why, "up": one.up, "down": one.down} for one in now.steps],
    }


def _room(room: SourceRoom) -> dict[str, Any]:
    return {
        "records": room.records,
        "since": stamp(room.since),
        "entries": room.candidates,
        "shown": room.shown,
        "had": room.room,
        "newest_first": room.newest_room,
        "of": room.all_room,
    }
