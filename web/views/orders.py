"""What stands behind the order of a list: its receipt, and who has room in it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, render_template, request

from aggregator.services import exposure, receipts
from web.asked import Asked, number, stamp
from web.door import desk
from web.files import file_of, safe_cell
from web.places import ListPlaces
from web.strangers import reader

if TYPE_CHECKING:
    from datetime import timedelta

    from aggregator.services.exposure import Room, RoomPage, Variety

bp = Blueprint("orders", __name__)
MOST_SOURCES = 50
"""Sources on the page; the files have them all."""


@bp.get("/lists/<slug>/check")
def check(slug: str) -> str:
    """Work the order of a list out again from its receipt, and say what that proves."""
    asked = Asked.of(request.args)
    checked = receipts.check_order(desk(), reader(slug), slug, **asked.snapshot)
    receipt = checked.receipt
    to = ListPlaces(slug, receipt.rule, receipt.at, receipt.data_version, asked.rule)
    return render_template("check_order.html", checked=checked, to=to, most=MOST_SOURCES)


@bp.get("/lists/<slug>/receipt.json")
def receipt(slug: str) -> Response:
    """Hand out the receipt of a list."""
    made = receipts.make(desk(), reader(slug), slug, **Asked.of(request.args).snapshot)
    name = f"{slug}-{stamp(made.at).replace(':', '')}.json"
    return file_of(made.data, "application/json", name)


@bp.get("/lists/<slug>/room")
def room(slug: str) -> str:
    """Show who has room in a list over weeks."""
    return render_template("who_has_room.html", page=_room(slug), spans=exposure.SPANS, most=MOST_SOURCES)


@bp.get("/lists/<slug>/room.json")
def room_json(slug: str) -> Response:
    """Hand out who has room, with its measures."""
    page = _room(slug)
    sources = [{**_shape(one), "title": page.titles.get(one.key)} for one in page.by_kind["source"]]
    return jsonify(
        list=page.list.slug,
        days=page.days,
        records=page.records,
        since=stamp(page.since) if page.since else None,
        sources=sources,
        languages=[_shape(one) for one in page.by_kind["language"]],
        folders=[_shape(one) for one in page.by_kind["folder"]],
        variety=_variety(page.variety),
        newest_variety=_variety(page.newest_variety),
        median_age_seconds=_seconds(page.median_age),
        newest_median_age_seconds=_seconds(page.newest_median_age),
        stories=page.stories,
        left_out=[{"line": line, "count": count} for line, count in page.left_out],
    )


@bp.get("/lists/<slug>/room.csv")
def room_csv(slug: str) -> Response:
    """Hand out who has room as a table."""
    page, out = _room(slug), io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(["kind", "key", "entries", "shown", "share", "newest_shown", "newest_share", "title"])
    for kind, rooms in page.by_kind.items():
        for one in rooms:
            title = safe_cell(page.titles.get(one.key, "")) if kind == "source" else ""
            counts = (one.candidates, one.shown, one.share, one.newest_shown, one.newest_share)
            rows.writerow([kind, safe_cell(one.key), *counts, title])
    return file_of(out.getvalue().encode(), "text/csv; charset=utf-8", f"{slug}-room.csv")


def _room(slug: str) -> RoomPage:
    days = number("days", request.args.get("days"))
    return exposure.room_page(desk(), reader(slug), slug, exposure.SPANS[1] if days is None else days)


def _shape(one: Room) -> dict[str, Any]:
    return {
        "key": one.key,
        "entries": one.candidates,
        "shown": one.shown,
        "share": one.share,
        "newest_shown": one.newest_shown,
        "newest_share": one.newest_share,
    }


def _variety(found: Variety) -> dict[str, Any]:
    return {
        "sources_shown": found.shown,
        "sources_with_entries": found.there,
        "gini": round(found.gini, 4),
        "gini_floor": round(found.floor, 4),
        "gini_among_shown": round(found.among_shown, 4),
        "effective_sources": round(found.effective, 2),
    }


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())
