"""Bundles: ours with their versions, those of others that are followed, and deciding about their changes."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, render_template, request, url_for

from aggregator.errors import BadInputError, ConflictError
from aggregator.model.bundle import FollowedId
from aggregator.services import accounts, bundle_copying, bundle_following, bundles
from aggregator.services.bundle_proof import fingerprint, publisher_of
from rankers import RuleError
from web.door import actor, desk
from web.feeds_out import atom, versions
from web.language import page_language
from web.notices import notify
from web.speech import gettext, ngettext

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("bundles", __name__)
MAX_AGE = 600  # s


@bp.get("/bundles")
def index() -> str:
    """Show our bundles and those that are followed."""
    return _index()


@bp.post("/bundles")
def publish() -> ResponseReturnValue:
    """Make the next version of a bundle."""
    form = request.form
    try:
        version = bundles.publish_bundle(
            desk(), actor(), form.get("name", "").strip(), form.get("reason"), licence=form.get("licence")
        )
    except BadInputError as exc:
        return _index(exc), HTTPStatus.UNPROCESSABLE_ENTITY
    notify(gettext("Version %(number)d of %(name)s is the newest.", number=version.number, name=version.name))
    return redirect(url_for("bundles.index"), 303)


@bp.post("/bundles/<name>/everybody")
def decide_public(name: str) -> ResponseReturnValue:
    """Let everybody follow a bundle, or members alone."""
    bundles.set_public(desk(), actor(), name, public=request.form.get("public") == "yes")
    return redirect(url_for("bundles.index"), 303)


@bp.get("/bundles/<name>.opml")
def newest(name: str) -> Response:
    """Hand out the newest version of a bundle."""
    return _file(bundles.bundle_file(desk(), actor(), name))


@bp.get("/bundles/<name>.atom")
def changelog(name: str) -> Response:
    """Hand out what is new of a bundle, version by version, for any feed reader."""
    found = bundles.bundle_versions(desk(), actor(), name)
    return _open(versions.write(name, found, host=desk().address, publisher=accounts.instance(desk()).name), atom.TYPE)


@bp.get("/bundles/<name>/<int:number>.opml")
def version(name: str, number: int) -> Response:
    """Hand out a version as it was signed."""
    return _file(bundles.bundle_file(desk(), actor(), name, number))


@bp.post("/bundles/follow")
def follow() -> ResponseReturnValue:
    """Follow the bundle at an address."""
    try:
        followed = bundle_following.follow(desk(), actor(), request.form.get("address", "").strip())
    except (BadInputError, ConflictError) as exc:
        return _index(exc), HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(url_for("bundles.show", followed=followed), 303)


@bp.get("/bundles/followed/<int:followed>")
def show(followed: int) -> str:
    """Show a followed bundle with the changes that wait."""
    return _show(followed)


@bp.post("/bundles/followed/<int:followed>/look")
def look(followed: int) -> ResponseReturnValue:
    """Have it looked at now."""
    bundle_following.look_again(desk(), actor(), FollowedId(followed))
    notify(gettext("It is looked at. Open this page again in a moment."))
    return redirect(url_for("bundles.show", followed=followed), 303)


@bp.post("/bundles/followed/<int:followed>/decide")
def decide(followed: int) -> ResponseReturnValue:
    """Accept the ticked changes and refuse the others, or refuse all."""
    form = request.form
    accepted = [] if form.get("decision") == "refuse" else form.getlist("change")
    job = bundle_following.decide(desk(), actor(), FollowedId(followed), form.get("identity", ""), accepted)
    if job is not None:
        return redirect(url_for("importing.show", job_id=job), 303)
    notify(gettext("Nothing was taken in."))
    return redirect(url_for("bundles.show", followed=followed), 303)


@bp.post("/bundles/followed/<int:followed>/fork")
def fork(followed: int) -> ResponseReturnValue:
    """Publish a copy of one of its rules under a name of ours."""
    form = request.form
    rule, new = form.get("rule", ""), form.get("new", "").strip()
    try:
        made = bundle_copying.fork_rule(desk(), actor(), FollowedId(followed), rule, new=new, reason=form.get("reason"))
    except RuleError as fault:
        return _show(followed, f"{fault.problems[0].message}"), HTTPStatus.UNPROCESSABLE_ENTITY
    except ConflictError as exc:
        return _show(followed, exc.problem), HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(url_for("rules.show", slug=made.slug), 303)


@bp.post("/bundles/followed/<int:followed>/list")
def copy_list(followed: int) -> ResponseReturnValue:
    """Make a list like one of its lists, with the rule that ranks it."""
    form = request.form
    name, new = form.get("list", ""), form.get("new", "").strip()
    try:
        made = bundle_copying.copy_list(desk(), actor(), FollowedId(followed), name, new=new, reason=form.get("reason"))
    except RuleError as fault:
        return _show(followed, f"{fault.problems[0].message}"), HTTPStatus.UNPROCESSABLE_ENTITY
    except (BadInputError, ConflictError) as exc:
        return _show(followed, exc.problem), HTTPStatus.UNPROCESSABLE_ENTITY
    if made.missing:
        num = len(made.missing)
        notify(
            ngettext(
                "One source or folder it draws on is not here.",
                "%(num)d sources or folders it draws on are not here.",
                num,
            )
        )
    return redirect(url_for("lists.show", slug=made.list.slug), 303)


@bp.post("/bundles/followed/<int:followed>/stop")
def stop(followed: int) -> ResponseReturnValue:
    """Follow it no longer."""
    bundle_following.stop_following(desk(), actor(), FollowedId(followed))
    notify(gettext("It is not followed any more. The sources that came by it stay."))
    return redirect(url_for("bundles.index"), 303)


def _index(problem: BadInputError | ConflictError | None = None) -> str:
    return render_template(
        "bundles.html",
        own=bundles.own_bundles(desk(), actor()),
        followed=bundle_following.followed_bundles(desk(), actor()),
        fingerprint=fingerprint(publisher_of(desk().signing_key)),
        address=desk().address,
        problem=problem and problem.problem,
        form=request.form,
    )


def _show(followed: int, problem: str | None = None) -> str:
    page = bundle_following.followed_page(desk(), actor(), FollowedId(followed), language=page_language())
    return render_template(
        "bundle.html",
        page=page,
        followed=page.followed,
        feeds=[each for each in page.changes if not each.kind.copied],
        copied=[each for each in page.changes if each.kind.copied],
        fingerprint=fingerprint(page.followed.publisher) if page.followed.publisher else None,
        problem=problem,
    )


def _file(data: bytes) -> Response:
    return _open(data, "text/x-opml")


def _open(data: bytes, kind: str) -> Response:
    response = Response(data, content_type=f"{kind}; charset=utf-8")
    response.headers["Cache-Control"] = f"max-age={MAX_AGE}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.add_etag()
    response.make_conditional(request)
    return response
