"""Folders: their names, their order, and what goes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from aggregator.errors import BadInputError, ConflictError
from aggregator.services import filing
from web.door import actor, desk
from web.errors import told_of
from web.notices import notify
from web.speech import gettext

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("folders", __name__)


@bp.get("/sources/folders")
def index() -> str:
    """Show the folders as a tree, each with what relies on it."""
    return _page()


@bp.post("/sources/folders/rename")
def rename() -> ResponseReturnValue:
    """Give a folder another name or place; what is wrong with it stands above the tree."""
    path = request.form.get("path", "")
    try:
        new = filing.rename_folder(desk(), actor(), path, request.form.get("name", ""))
    except (BadInputError, ConflictError) as exc:
        return _page(exc), told_of(exc).status
    notify(
        gettext("The folder is called %(name)s now.", name=new),
        undo=url_for("folders.rename"),
        fields={"path": new, "name": path},
    )
    return redirect(url_for("folders.index"), 303)


@bp.post("/sources/folders/shift")
def shift() -> ResponseReturnValue:
    """Put a folder one place earlier or later."""
    filing.shift_folder(desk(), actor(), request.form.get("path", ""), earlier=request.form.get("way") == "earlier")
    return redirect(url_for("folders.index"), 303)


@bp.post("/sources/folders/remove")
def remove() -> ResponseReturnValue:
    """Remove a folder, with the way back in the notice."""
    path = request.form.get("path", "")
    try:
        filing.remove_folder(desk(), actor(), path)
    except ConflictError as exc:
        return _page(exc), told_of(exc).status
    notify(gettext("The folder is removed; its sources stay."), undo=url_for("folders.restore"), fields={"path": path})
    return redirect(url_for("folders.index"), 303)


@bp.post("/sources/folders/restore")
def restore() -> ResponseReturnValue:
    """Take a removal back."""
    filing.restore_folder(desk(), actor(), request.form.get("path", ""))
    notify(gettext("It is back, with its sources."))
    return redirect(url_for("folders.index"), 303)


def _page(problem: BadInputError | ConflictError | None = None) -> str:
    return render_template(
        "folders.html",
        folders=filing.folders_to_change(desk(), actor()),
        problem=problem and {"title": told_of(problem).title, "sentence": problem.problem},
    )
