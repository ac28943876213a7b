"""The stewards' page: who is here as what, invitations, and whether strangers may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from aggregator.errors import BadInputError, ConflictError
from aggregator.model.ids import InvitationId, MemberId, OwnerId
from aggregator.services import inviting, membership
from web.asked import number
from web.door import actor, desk
from web.notices import notify
from web.speech import gettext

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk

bp = Blueprint("members", __name__)


@bp.get("/members")
def index() -> ResponseReturnValue:
    """Show the members and the open invitations."""
    return _page()


@bp.post("/members/invite")
def invite() -> ResponseReturnValue:
    """Make an invitation and show its link, this once."""
    form = request.form
    try:
        token = inviting.invite(
            desk(),
            actor(),
            role=form.get("role", ""),
            days=number("days", form.get("days")) or 0,
            uses=number("uses", form.get("uses")) or 0,
        )
    except (BadInputError, ConflictError) as error:
        return _page(problem=error.problem), 400
    return _shown_once("invitation", inviting.invitation_address(desk(), token))


@bp.post("/members/invitations/<int:invitation_id>/revoke")
def revoke(invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    inviting.revoke(desk(), actor(), InvitationId(invitation_id))
    return _back(gettext("Taken back. Nobody can join by it any more."))


@bp.post("/members/<int:member_id>/role")
def role(member_id: int) -> ResponseReturnValue:
    """Change what a member is."""
    try:
        membership.set_role(desk(), actor(), _id(member_id), request.form.get("role", ""))
    except ConflictError as error:
        return _page(problem=error.problem), 409
    return _back(gettext("Changed. The member signs in anew."))


@bp.post("/members/<int:member_id>/suspend")
def suspend(member_id: int) -> ResponseReturnValue:
    """Shut a member out."""
    return _do(membership.suspend, member_id, gettext("Shut out, and signed out everywhere."), "members.resume")


@bp.post("/members/<int:member_id>/resume")
def resume(member_id: int) -> ResponseReturnValue:
    """Let a suspended member in again."""
    return _do(membership.resume, member_id, gettext("Let in again."), None)


@bp.get("/members/<int:member_id>/remove")
def consider(member_id: int) -> ResponseReturnValue:
    """Say what removing a member does, before it is done."""
    line = membership.member_line(desk(), actor(), _id(member_id))
    return render_template("remove_member.html", line=line, days=membership.UNDO_DAYS)


@bp.post("/members/<int:member_id>/remove")
def remove(member_id: int) -> ResponseReturnValue:
    """Remove a member."""
    return _do(membership.remove, member_id, gettext("Removed. For 7 days it can be undone."), "members.restore")


@bp.post("/members/<int:member_id>/restore")
def restore(member_id: int) -> ResponseReturnValue:
    """Bring a removed member back."""
    return _do(membership.restore, member_id, gettext("Brought back, with everything."), None)


@bp.post("/members/<int:member_id>/password-link")
def password_link(member_id: int) -> ResponseReturnValue:
    """Make a link by which a member sets a new password, and show it, this once."""
    try:
        return _shown_once("password", membership.password_link(desk(), actor(), _id(member_id)))
    except ConflictError as error:
        return _page(problem=error.problem), 409


def _do(
    change: Callable[[Desk, Actor, MemberId], None], member_id: int, text: str, undo: str | None
) -> ResponseReturnValue:
    try:
        change(desk(), actor(), _id(member_id))
    except ConflictError as error:
        return _page(problem=error.problem), 409
    notify(text, undo=url_for(undo, member_id=member_id) if undo else None)
    return redirect(url_for("members.index"), 303)


def _back(text: str) -> ResponseReturnValue:
    notify(text)
    return redirect(url_for("members.index"), 303)


def _shown_once(kind: str, word: str) -> ResponseReturnValue:
    page = render_template("shown_once.html", kind=kind, word=word, back=url_for("members.index"))
    return page, {"Cache-Control": "no-store"}


def _page(*, problem: str | None = None) -> str:
    return render_template(
        "members.html",
        lines=membership.member_lines(desk(), actor()),
        invitations=inviting.open_invitations(desk(), actor()),
        problem=problem,
        days=membership.UNDO_DAYS,
    )


def _id(number_of_member: int) -> MemberId:
    return MemberId(OwnerId(number_of_member))
