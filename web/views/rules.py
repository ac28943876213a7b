"""Rules in plain words: all of them, one of them, its text and its versions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, render_template, request, url_for

from aggregator.errors import BadInputError, ConflictError
from aggregator.services import drafting, editing, publishing, versions
from rankers import LANGUAGES, RuleError
from web import reasons
from web.asked import number
from web.door import actor, desk
from web.language import own_names, page_language
from web.notices import notify
from web.speech import gettext
from web.strangers import rule_reader

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("rules", __name__)


@bp.get("/rules")
def index() -> str:
    """Show every rule; with `list`, for choosing the one to read that list by."""
    return render_template(
        "rules.html",
        rules=editing.rules(desk(), actor()),
        drafts=dict(drafting.my_drafts(desk(), actor())),
        slug=request.args.get("list") or None,
    )


@bp.get("/rules/<slug>")
def show(slug: str) -> str:
    """Show one rule in plain words and as it is written."""
    page = editing.rule_page(
        desk(), rule_reader(slug), slug, number("version", request.args.get("version")), language=page_language()
    )
    return render_template("rule.html", page=page, lines=reasons.lines(page.version, page.lines))


@bp.get("/rules/<slug>/versions/<int:number>")
def version(slug: str, number: int) -> str:
    """Show one version for good: what changed, why, and the whole rule in plain words."""
    asked = request.args.get("lang", "")
    language = asked if asked in LANGUAGES else page_language()
    page = editing.rule_page(desk(), rule_reader(slug), slug, number, language=language)
    before = next((one for one in page.versions if one.number == number - 1), None)
    names = own_names(LANGUAGES)
    signed = json.loads(versions.envelope(desk(), rule_reader(slug), page.version.id))
    return render_template(
        "rule_version.html",
        page=page,
        changes=editing.changes(before, page.version, language=language) if before else None,
        copied=signed["version"]["forked_from"],
        signed=signed,
        statement=editing.statement(desk(), rule_reader(slug), page.version, language=language),
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
    page = editing.rule_page(desk(), rule_reader(slug), slug, number("version", request.args.get("version")))
    return Response(page.version.toml, mimetype="application/toml")


@bp.get("/rules/<slug>/changes")
def changes(slug: str) -> str:
    """Say what differs between any two versions of a rule."""
    page = editing.rule_page(desk(), rule_reader(slug), slug)
    numbers = (number("from", request.args.get("from")) or 1, number("to", request.args.get("to")))
    before, after = (editing.rule_page(desk(), rule_reader(slug), slug, each).version for each in numbers)
    found = editing.changes(before, after, language=page_language())
    return render_template("rule_changes.html", before=before, after=after, changes=found, versions=page.versions)


@bp.get("/rules/<slug>/copy")
def copy(slug: str) -> str:
    """Show the form for a copy of a version."""
    return _copy_page(slug, number("version", request.args.get("version")))


@bp.post("/rules/<slug>/copy")
def copy_it(slug: str) -> ResponseReturnValue:
    """Publish a copy of a version under a name of its own."""
    form, which = request.form, number("number", request.form.get("number"))
    try:
        reason = drafting.required(form.get("reason", ""))
        made = publishing.fork(
            desk(),
            actor(),
            slug,
            form.get("id", "").strip(),
            title=form.get("title"),
            reason=reason,
            number=which,
        )
    except (BadInputError, ConflictError) as exc:
        return _copy_page(slug, which, exc.problem), 409 if isinstance(exc, ConflictError) else 400
    except RuleError as exc:
        return _copy_page(slug, which, exc.problems[0].message), 400
    notify(gettext("The copy is published. It can be changed now."))
    return redirect(url_for("trying.show", slug=made.slug), 303)


@bp.post("/rules/<slug>/again")
def again(slug: str) -> ResponseReturnValue:
    """Publish an older version once more, with a reason: how what came after it is undone."""
    which = number("number", request.form.get("number")) or 0
    made = drafting.publish_again(desk(), actor(), slug, which, request.form.get("reason", ""))
    notify(gettext("Version %(old)d is published again, as version %(new)d.", old=which, new=made.number))
    return redirect(url_for("rules.version", slug=slug, number=made.number), 303)


def _copy_page(slug: str, which: int | None, problem: str | None = None) -> str:
    page = drafting.to_copy(desk(), actor(), slug, which)
    return render_template("rule_copy.html", page=page, problem=problem, given=request.form)
