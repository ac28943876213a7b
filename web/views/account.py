"""A member's own page: name and ways, password, passkeys, browsers, tokens, a file of everything, leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify, redirect, render_template, request, session, url_for

from aggregator.errors import BadInputError, ConflictError, WrongProofError
from aggregator.model.ids import PasskeyId, TokenId
from aggregator.services import own_account, passkeys, signing_in, tokens
from web import door
from web.door import actor, desk
from web.notices import notify
from web.speech import gettext
from web.views.sign_in import CHALLENGE
from web.visitor import origin, visit

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("account", __name__)


@bp.get("/account")
def show() -> ResponseReturnValue:
    """Show everything there is to choose."""
    return _page()


@bp.post("/account")
def change() -> ResponseReturnValue:
    """Change the name, the language, the time zone and the colours."""
    form = request.form
    try:
        own_account.change(
            desk(),
            actor(),
            name=form.get("name", ""),
            language=form.get("language"),
            theme=form.get("theme"),
        )
    except (BadInputError, ConflictError) as error:
        return _page(trouble={"ways": error.problem}), 400
    return _back(gettext("Kept."), "ways")


@bp.post("/account/password")
def password() -> ResponseReturnValue:
    """Set a password; all other browsers are signed out."""
    form = request.form
    try:
        token = signing_in.change_password(desk(), actor(), form.get("old", ""), form.get("new", ""), visit())
    except WrongProofError:
        return _page(trouble={"password": gettext("The password you have now is another one.")}), 400
    except BadInputError as error:
        return _page(trouble={"password": error.problem}), 400
    session[door.TOKEN] = token
    return _back(gettext("The password is set. All other browsers are signed out."), "password")


@bp.post("/account/passkeys/ask")
def ask() -> ResponseReturnValue:
    """Give the script what the browser is asked to make."""
    asked = passkeys.ask_to_register(desk(), actor(), origin())
    session[CHALLENGE] = asked.challenge
    return jsonify(asked.options)


@bp.post("/account/passkeys")
def add_passkey() -> ResponseReturnValue:
    """Keep the passkey a browser made."""
    form, challenge = request.form, session.pop(CHALLENGE, None)
    try:
        passkeys.register(
            desk(), actor(), form.get("answer", ""), challenge, name=form.get("name", ""), origin=origin()
        )
    except WrongProofError:
        return _page(trouble={"passkeys": gettext("That did not work. Nothing was kept; try again.")}), 400
    except (BadInputError, ConflictError) as error:
        return _page(trouble={"passkeys": error.problem}), 400
    return _back(gettext("The passkey is kept. You can sign in with it from now on."), "passkeys")


@bp.post("/account/passkeys/<int:passkey_id>/remove")
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    """Forget a passkey."""
    try:
        passkeys.remove_passkey(desk(), actor(), PasskeyId(passkey_id))
    except ConflictError as error:
        return _page(trouble={"passkeys": error.problem}), 409
    return _back(gettext("The passkey is forgotten."), "passkeys")


@bp.post("/account/sessions/end")
def end_session() -> ResponseReturnValue:
    """Sign out of one browser."""
    signing_in.end_session(desk(), actor(), request.form.get("id", ""))
    return _back(gettext("Signed out there."), "browsers")


@bp.post("/account/sessions/end-all")
def end_sessions() -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    signing_in.end_sessions(desk(), actor())
    session.clear()
    notify(gettext("You are signed out everywhere."))
    return redirect(url_for("sign_in.show"), 303)


@bp.post("/account/tokens")
def make_token() -> ResponseReturnValue:
    """Make a token and show it, this once."""
    form = request.form
    try:
        token = tokens.make_token(desk(), actor(), form.get("name", ""), form.get("scope", ""))
    except (BadInputError, ConflictError) as error:
        return _page(trouble={"tokens": error.problem}), 400
    page = render_template("shown_once.html", kind="token", word=token, back=url_for("account.show", _anchor="tokens"))
    return page, {"Cache-Control": "no-store"}


@bp.post("/account/tokens/<int:token_id>/revoke")
def revoke_token(token_id: int) -> ResponseReturnValue:
    """Take a token back."""
    tokens.revoke_token(desk(), actor(), TokenId(token_id))
    return _back(gettext("Taken back. Whatever used it is shut out."), "tokens")


@bp.get("/account.json")
def everything() -> ResponseReturnValue:
    """Give all that is kept of the member as a file."""
    answer = jsonify(own_account.everything(desk(), actor()))
    answer.headers["Content-Disposition"] = 'attachment; filename="broadsheet-account.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/account/leave")
def leave() -> ResponseReturnValue:
    """Remove the account: shut out now, forgotten some days after."""
    if request.form.get("sure") != "yes":
        return _page(trouble={"leave": gettext("Tick the box if you mean it.")}), 400
    try:
        own_account.leave(desk(), actor(), request.form.get("password", ""), visit())
    except WrongProofError:
        return _page(trouble={"leave": gettext("The password you have now is another one.")}), 400
    except ConflictError as error:
        return _page(trouble={"leave": error.problem}), 409
    session.clear()
    notify(gettext("Your account is removed. A steward can bring it back for 7 days; then all of it is forgotten."))
    return redirect(url_for("pages.home"), 303)


def _back(text: str, part: str) -> ResponseReturnValue:
    notify(text)
    return redirect(url_for("account.show", _anchor=part), 303)


def _page(*, trouble: dict[str, str] | None = None) -> str:
    member, profile = own_account.own_profile(desk(), actor())
    told: dict[str, Any] = {
        "own": member,
        "profile": profile,
        "role": actor().role,
        "has_password": signing_in.has_password(desk(), actor()),
        "passkeys": passkeys.own_passkeys(desk(), actor()),
        "sessions": signing_in.own_sessions(desk(), actor(), session.get(door.TOKEN)),
        "tokens": tokens.own_tokens(desk(), actor()),
        "trouble": trouble or {},
    }
    return render_template("account.html", **told)
