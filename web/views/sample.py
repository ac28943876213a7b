"""The sample edition: what anybody sees without signing in."""

from __future__ import annotations

from flask import Blueprint, render_template

bp = Blueprint("sample", __name__)


@bp.get("/sample")
def show() -> str:
    return render_template("sample.html")
