"""Every error as people meet it: one table of class, status and sentence, and one page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from flask import Response, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]  # publishes no types
from werkzeug.exceptions import HTTPException

from aggregator.errors import (
    BadDocumentError,
    BadInputError,
    BroadsheetError,
    BusyError,
    ConflictError,
    FetchError,
    NotAllowedError,
    NotFoundError,
    NotSignedInError,
    StorageFullError,
    TooManyTriesError,
    UnusableRuleError,
    WrongProofError,
)
from web.speech import lazy_gettext as _l
from web.words import fault_sentence

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue


API = "/api/v1/"
"""Below this programs ask, and are answered in their way."""


class Told(NamedTuple):
    """What a person is told: a short title, and a sentence that says what to do."""

    status: int
    title: str
    sentence: str


ERRORS: dict[type[Exception], Told] = {
    NotFoundError: Told(
        404,
        _l("There is no such page"),
        _l("It may have been removed, or the address is not whole. Go to the front page or search for it."),
    ),
    NotSignedInError: Told(
        401,
        _l("Sign in to see this"),
        _l("Only members of this instance read here."),
    ),
    NotAllowedError: Told(
        403, _l("You may not do this"), _l("Your role does not include it. Ask a steward of this instance.")
    ),
    BadDocumentError: Told(
        400, _l("This file cannot be used"), _l("Nothing was changed. Mend the file or choose another, and try again.")
    ),
    BadInputError: Told(400, _l("This cannot be used"), _l("Nothing was changed. Go back, correct it and try again.")),
    ConflictError: Told(
        409,
        _l("This was done already"),
        _l("Nothing was changed. Go back and load the page again to see how it stands."),
    ),
    UnusableRuleError: Told(
        409,
        _l("This rule cannot be worked out here"),
        _l("It reads a fact that is missing here, or that failed. Read the list by another rule meanwhile."),
    ),
    WrongProofError: Told(
        401,
        _l("That does not belong together"),
        _l("Nothing was changed. Go back, look at what you entered, and try again."),
    ),
    TooManyTriesError: Told(
        429,
        _l("Too many tries"),
        _l("Wait a quarter of an hour and try again. Browsers that are signed in go on; so do passkeys elsewhere."),
    ),
    StorageFullError: Told(
        503,
        _l("The disk is full"),
        _l("Reading goes on; changes wait until whoever runs this instance has made space. Nothing was lost."),
    ),
    BusyError: Told(
        503,
        _l("Busy just now"),
        _l("Something else is being written. Wait a few seconds and try again. Nothing was lost."),
    ),
    FetchError: Told(502, _l("The address could not be fetched"), _l("Check the address, or try again later.")),
    BroadsheetError: Told(
        500,
        _l("Something went wrong here"),
        _l("It was written to the log of this instance. Nothing you did was lost."),
    ),
    CSRFError: Told(
        403,
        _l("This form is too old"),
        _l("Nothing was changed. Go back, load the page again and send the form once more."),
    ),
}

STATUSES: dict[int, Told] = {
    400: Told(400, _l("This request makes no sense here"), _l("Go back and try again from the page you came from.")),
    403: Told(
        403, _l("Not from there"), _l("Nothing was changed. This can only be sent from a page of this instance.")
    ),
    404: ERRORS[NotFoundError],
    405: Told(
        405, _l("Not this way"), _l("This address takes no such request. Go to the front page and use its buttons.")
    ),
    413: Told(413, _l("This is too large"), _l("A form may hold 1 MiB and a source list 5 MiB. Nothing was changed.")),
    429: Told(429, _l("Asked too often"), _l("Wait a little, as long as the header Retry-After says, and go on.")),
    421: Told(
        421,
        _l("This instance has another name"),
        _l("Open it under its own address. Whoever runs it can set that address with BROADSHEET_PUBLIC_URL."),
    ),
    500: ERRORS[BroadsheetError],
}


def init_app(app: Flask) -> None:
    """Answer every error with a page of the house."""
    app.register_error_handler(BroadsheetError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unknown)


def told_of(error: Exception) -> Told:
    """Return what to tell of `error`: the entry of its own class, else of the nearest above."""
    for kind in type(error).__mro__:
        if kind in ERRORS:
            return ERRORS[kind]
    return ERRORS[BroadsheetError]


def _known(error: BroadsheetError) -> ResponseReturnValue:
    told = told_of(error)
    if told.status == ERRORS[BroadsheetError].status:
        current_app.logger.error("error.known path=%s", request.path, exc_info=error)
    headers = {}
    if isinstance(error, BusyError):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, NotSignedInError):
        headers["WWW-Authenticate"] = "Bearer" if request.path.startswith(API) else "Link"
    return _page(told, detail=_detail(error), headers=headers)


def _http(error: HTTPException) -> ResponseReturnValue:
    told = ERRORS[CSRFError] if isinstance(error, CSRFError) else STATUSES.get(error.code or 500)
    if told is None:
        status = error.code or 500
        told = Told(status, STATUSES[400].title, STATUSES[400].sentence)
    allow = {"Allow": ", ".join(sorted(error.valid_methods or ()))} if hasattr(error, "valid_methods") else {}
    wait = getattr(error, "retry_after", None)
    return _page(told, headers=allow | ({"Retry-After": str(wait)} if wait else {}))


def _unknown(error: Exception) -> ResponseReturnValue:
    current_app.logger.error("error.unknown path=%s", request.path, exc_info=error)
    return _page(ERRORS[BroadsheetError])


def _problem(told: Told, detail: str | None, headers: dict[str, str]) -> ResponseReturnValue:
    """Tell a program (RFC 9457)."""
    content = {"type": "about:blank", "title": str(told.title), "status": told.status}
    data = json.dumps(content | {"detail": detail or str(told.sentence)}, ensure_ascii=False)
    return Response(
        data, told.status, {"Cache-Control": "no-store", **headers}, content_type="application/problem+json"
    )


def _detail(error: BroadsheetError) -> str | None:
    """Return the particulars that help: what was wrong with which part, never a trace."""
    if isinstance(error, BadInputError) and request.path.startswith(API):
        return f"{error.part}: {error.problem}"
    if isinstance(error, BadInputError | ConflictError | UnusableRuleError):
        return error.problem
    if isinstance(error, FetchError):
        return str(fault_sentence(error.fault))
    return None


def _page(told: Told, *, detail: str | None = None, headers: dict[str, str] | None = None) -> ResponseReturnValue:
    # A page about a failure asks no service: what failed may be the database.
    g.failing = told.status >= ERRORS[BroadsheetError].status
    if request.path.startswith(API):
        return _problem(told, detail, headers or {})
    page = render_template("error.html", told=told, detail=detail)
    return page, told.status, {"Cache-Control": "no-store", **(headers or {})}
