"""Source lists in and out: look first, then import as a job one can watch and undo; export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for

from aggregator.errors import BadDocumentError
from aggregator.model.ids import JobId
from aggregator.model.job import ItemState, JobState
from aggregator.services import importing, undoing
from web.asked import number
from web.carried import pack, unpack
from web.door import actor, desk
from web.notices import notify
from web.security import OPML
from web.speech import gettext, ngettext

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from aggregator.model.job import Job

bp = Blueprint("importing", __name__)

PAGE = 100
OVER = {JobState.DONE, JobState.FAILED}


@bp.get("/import")
def index() -> str:
    """Show where to choose a file."""
    return _choose()


@bp.post("/import/preview")
def preview() -> ResponseReturnValue:
    """Say what importing the file would do; nothing is changed yet."""
    file = request.files.get("file")
    data = file.read(OPML + 1) if file else b""
    try:
        found = importing.preview(desk(), actor(), data)
    except BadDocumentError as exc:
        return _choose(exc), 400
    name = (file.filename if file else None) or ""
    return render_template("import_preview.html", found=found, name=name, carried=pack(data), most=PAGE)


@bp.post("/import")
def start() -> ResponseReturnValue:
    """Put the import in the queue."""
    data = unpack(request.form.get("document", ""), OPML)
    job_id = importing.start_import(desk(), actor(), request.form.get("name", ""), data)
    return redirect(url_for("importing.show", job_id=job_id), 303)


@bp.get("/import/<int:job_id>")
def show(job_id: int) -> str:
    """Show how far an import is, and what became of each feed."""
    state = _state(request.args.get("state"))
    after = number("after", request.args.get("after")) or 0
    items = importing.job_items(desk(), actor(), JobId(job_id), state=state, after=after, limit=PAGE + 1)
    job = importing.job(desk(), actor(), JobId(job_id))
    return render_template(
        "import_job.html",
        job=job,
        over=job.state in OVER,
        text=_progress(job),
        counts=importing.counts(desk(), actor(), JobId(job_id)),
        items=items[:PAGE],
        state=state,
        next_after=items[PAGE - 1].position if len(items) > PAGE else None,
    )


@bp.get("/import/<int:job_id>/progress")
def progress(job_id: int) -> Response:
    """Say how far an import is, for the script of its page."""
    job = importing.job(desk(), actor(), JobId(job_id))
    return jsonify(done=job.done, total=job.total, ended=job.state in OVER, text=_progress(job))


@bp.post("/import/<int:job_id>/undo")
def undo(job_id: int) -> ResponseReturnValue:
    """Take back what an import added."""
    count = undoing.undo_import(desk(), actor(), JobId(job_id))
    text = ngettext("Taken back: %(num)d source is gone.", "Taken back: %(num)d sources are gone.", count)
    notify(text)
    return redirect(url_for("importing.show", job_id=job_id), 303)


@bp.get("/sources.opml")
def export() -> Response:
    """Hand out the sources, or those of a folder, as a file any reader can open."""
    headers = {"Content-Disposition": 'attachment; filename="sources.opml"'}
    folder = request.args.get("folder") or None
    return Response(importing.export_opml(desk(), actor(), folder=folder), mimetype="text/x-opml", headers=headers)


def _choose(problem: BadDocumentError | None = None) -> str:
    kept_back = importing.left_out_of_export(desk(), actor())
    return render_template("import.html", problem=problem, kept_back=kept_back)


def _progress(job: Job) -> str:
    return gettext("%(done)d of %(total)d looked at", done=job.done, total=job.total)


def _state(text: str | None) -> ItemState | None:
    return ItemState(text) if text in set(ItemState) else None
