"""Rules in plain words: all of them, one of them, its text and its versions."""

from __future__ import annotations

import json

from flask import Blueprint, Response, render_template, request

from aggregator.services import editing, versions
from rankers import LANGUAGES
from web import reasons
from web.asked import number
from web.door import actor, desk
from web.language import own_names, page_language

bp = Blueprint("rules", __name__)


@bp.get("/rules")
def index() -> str:
    """Show every rule; with `list`, for choosing the one to read that list by."""
    return render_template("rules.html", rules=editing.rules(desk(), actor()), slug=request.args.get("list") or None)


@bp.get("/rules/<slug>")
def show(slug: str) -> str:
    """Show one rule in plain words and as it is written."""
    page = editing.rule_page(
        desk(), actor(), slug, number("version", request.args.get("version")), language=page_language()
    )
    return render_template("rule.html", page=page, lines=reasons.lines(page.version, page.lines))


@bp.get("/rules/<slug>/versions/<int:number>")
def version(slug: str, number: int) -> str:
    """Show one version for good: what changed, why, and the whole rule in plain words."""
    asked = request.args.get("lang", "")
    language = asked if asked in LANGUAGES else page_language()
    page = editing.rule_page(desk(), actor(), slug, number, language=language)
    before = next((one for one in page.versions if one.number == number - 1), None)
    names = own_names(LANGUAGES)
    signed = json.loads(versions.envelope(desk(), actor(), page.version.id))
    return render_template(
        "rule_version.html",
        page=page,
        changes=editing.changes(before, page.version, language=language) if before else None,
        copied=signed["version"]["forked_from"],
        statement=editing.statement(page.version, language=language),
        spoken=language,
        direction={code: way for code, _, way in names}.get(language),
        languages=names,
    )


@bp.get("/rules/<slug>/versions/<int:number>.json")
def envelope(slug: str, number: int) -> Response:
    """Hand out a version as it was signed."""
    page = editing.rule_page(desk(), actor(), slug, number)
    return Response(versions.envelope(desk(), actor(), page.version.id), mimetype="application/json")


@bp.get("/rules/<slug>.toml")
def text(slug: str) -> Response:
    """Hand out the text of a rule as it was published."""
    page = editing.rule_page(desk(), actor(), slug, number("version", request.args.get("version")))
    return Response(page.version.toml, mimetype="application/toml")
