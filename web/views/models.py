"""The model of meaning: what it is, what it cannot read, how far it has come."""

from __future__ import annotations

from flask import Blueprint, render_template

from aggregator.services import current_model
from web.door import actor, desk

bp = Blueprint("models", __name__)


@bp.get("/about/models")
def show() -> str:
    """Show the model whose findings count here."""
    return render_template("models.html", page=current_model.model_page(desk(), actor()))
