"""Signing in by name and password, which works without script, and by passkey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, jsonify, redirect, render_template, request, session, url_for

from aggregator.errors import WrongProofError
from aggregator.services import accounts, passkeys, signing_in
from web import door
from web.notices import notify
from web.security import safe_next
from web.speech import gettext
from web.visitor import origin, visit

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("sign_in", __name__)

CHALLENGE = "challenge"


@bp.get("/sign-in")
def show() -> ResponseReturnValue:
    """Show the form; whoever is signed in goes on."""
    if door.actor().member:
        return redirect(_onward())
    return _form()


@bp.post("/sign-in")
def enter() -> ResponseReturnValue:
    """Sign in by name and password."""
    name = request.form.get("name", "")
    try:
        token = signing_in.sign_in(door.desk(), name, request.form.get("password", ""), visit())
    except WrongProofError:
        return _form(name=name, wrong=True), 401
    begin(token)
    return redirect(_onward(), 303)


@bp.post("/sign-in/passkey/ask")
def ask() -> ResponseReturnValue:
    """Give the script what the browser's passkeys are asked."""
    asked = passkeys.ask_to_sign_in(door.desk(), origin())
    session[CHALLENGE] = asked.challenge
    return jsonify(asked.options)


@bp.post("/sign-in/passkey")
def by_passkey() -> ResponseReturnValue:
    """Sign in by what a passkey signed."""
    challenge = session.pop(CHALLENGE, None)
    try:
        token = passkeys.sign_in(door.desk(), request.form.get("answer", ""), challenge, origin=origin(), visit=visit())
    except WrongProofError:
        return _form(passkey_wrong=True), 401
    begin(token)
    return redirect(_onward(), 303)


def begin(token: str) -> None:
    """Begin a session in a new cookie: nothing of before signing in lives on, and the session before it is over."""
    before = session.get(door.TOKEN)
    if before:
        accounts.sign_out(door.desk(), before)
    session.clear()
    session.permanent = True
    session[door.TOKEN] = token
    notify(gettext("You are signed in on this browser."))


def _onward() -> str:
    return safe_next(request.values.get("next"), url_for("pages.home"))


def _form(*, name: str = "", wrong: bool = False, passkey_wrong: bool = False) -> str:
    return render_template(
        "sign_in.html",
        name=name[:200],
        wrong=wrong,
        passkey_wrong=passkey_wrong,
        onward=safe_next(request.values.get("next"), ""),
    )
