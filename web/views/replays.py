"""Replays: a draft beside the current version on each of the last days; watched while the worker works it out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for

from aggregator.model.ids import ReplayId
from aggregator.services import drafting, editing, replays
from rankers import RuleError
from web.door import actor, desk
from web.language import page_language
from web.notices import notify
from web.speech import gettext

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from aggregator.model.trying import StoredReplay

bp = Blueprint("replays", __name__)


@bp.post("/rules/<slug>/try/replay")
def start(slug: str) -> ResponseReturnValue:
    """Have the draft, or the text that is sent along, replayed beside the current version."""
    text = request.form.get("toml", "").replace("\r\n", "\n") or drafting.desktop(desk(), actor(), slug).text
    try:
        made = replays.start_replay(desk(), actor(), request.form.get("list", ""), slug, text)
    except RuleError:
        notify(gettext("This text is no rule yet."))
        return redirect(url_for("trying.show", slug=slug, list=request.form.get("list")), 303)
    return redirect(url_for("replays.show", replay_id=made), 303)


@bp.get("/replays/<int:replay_id>")
def show(replay_id: int) -> str:
    """Show a replay, or how far it is."""
    page = replays.replay_page(desk(), actor(), ReplayId(replay_id))
    document = editing.check_rule(page.replay.toml).document
    return render_template(
        "replay.html",
        page=page,
        days=[{**day, "at": datetime.fromisoformat(day["at"])} for day in (page.replay.result or {}).get("days", [])],
        changes=editing.changes_to(page.before, document, language=page_language()) if document else None,
        text=_counted(page.replay),
    )


@bp.get("/replays/<int:replay_id>/progress")
def progress(replay_id: int) -> Response:
    """Say how far a replay is, for the script of its page."""
    page = replays.replay_page(desk(), actor(), ReplayId(replay_id))
    found = page.replay
    return jsonify(done=found.done, total=found.days, ended=page.over, text=_counted(found))


@bp.post("/replays/<int:replay_id>/cancel")
def cancel(replay_id: int) -> ResponseReturnValue:
    """End a replay."""
    replays.cancel(desk(), actor(), ReplayId(replay_id))
    return redirect(url_for("replays.show", replay_id=replay_id), 303)


def _counted(found: StoredReplay) -> str:
    return gettext("%(done)d of %(total)d days ranked", done=found.done, total=found.days)
