"""What guards every answer: headers, cookies, hosts, the origin of unsafe requests, their size, and `next`."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import g, request
from flask_wtf.csrf import CSRFProtect  # type: ignore[import-untyped]  # publishes no types
from werkzeug.exceptions import Forbidden, MisdirectedRequest

from web.door import SAFE, desk_of
from web.html import csrf_field

if TYPE_CHECKING:
    from flask import Flask, Response

    from aggregator.settings import Settings

MIB = 1024 * 1024
BODY = 1 * MIB
OPML = 5 * MIB
"""A source list; the forms around it may take a little more (`uploads`)."""
UPLOADS = {"importing.preview": OPML + BODY, "importing.start": OPML + BODY}
ANOTHER_PROOF = {
    "web.views.websub.receive": "an address nobody can guess, and an HMAC of what is sent",
    "web.views.hub.ask": "nothing: the address that is named is asked itself before anything holds",
    "web.views.alerts.confirm": "the word in the link of a letter",
    "web.views.alerts.stop": "the word in the link of a letter",
    "web.views.activitypub.receive": "an HTTP signature, which the worker checks",
    "web.api.v1.marks.mark": "a member's token in the header Authorization",
    "web.api.v1.marks.undo": "a member's token in the header Authorization",
}
"""The routes that read no cookie, so that a cookie cannot be abused there, and what they go by (safety 34)."""
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})

POLICY = (
    "default-src 'none'",
    "script-src 'nonce-{nonce}'",
    "style-src 'self'",
    "img-src 'self'",
    "media-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "manifest-src 'self'",
    "worker-src 'self'",
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cache-Control": "private, no-cache",
}


def init_app(app: Flask, settings: Settings) -> None:
    """Set cookies, limits and checks. The checks run in this order: host, size, origin, token."""
    public = urlsplit(settings.public_url)
    https = public.scheme == "https"
    app.config.update(
        SECRET_KEY=desk_of(app).key("cookies"),
        SESSION_COOKIE_NAME="__Host-broadsheet" if https else "broadsheet",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=BODY,
        MAX_FORM_MEMORY_SIZE=BODY,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        # Our pages send no Referer at all, so there is none to check; _check_origin does more.
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    hosts = LOCAL | {name.lower() for name in (settings.host, public.hostname) if name}
    strict = {"Strict-Transport-Security": "max-age=31536000"} if https else {}

    def check_host() -> None:
        if (urlsplit(f"//{request.host}").hostname or "") not in hosts:
            raise MisdirectedRequest

    def add_headers(response: Response) -> Response:
        for name, value in {"Content-Security-Policy": _policy(), **HEADERS, **strict}.items():
            response.headers.setdefault(name, value)
        return response

    app.before_request(check_host)
    app.before_request(_allow_uploads)
    app.before_request(_check_origin)
    protect = CSRFProtect(app)
    for name in ANOTHER_PROOF:
        protect.exempt(name)
    app.after_request(add_headers)
    app.jinja_env.globals.update(nonce=nonce, csrf=csrf_field)


def nonce() -> str:
    """Return the number used once that lets this answer's own scripts run."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def safe_next(target: str | None, default: str) -> str:
    """Return `target` where it is a path of this instance beyond doubt, else `default`."""
    if not target or not target.startswith("/") or not target.isascii() or not target.isprintable():
        return default
    lowered = target.lower()
    if any(part in lowered for part in ("//", "\\", "%2f", "%5c", " ")):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target


def _policy() -> str:
    return "; ".join(POLICY).format(nonce=nonce())


def _allow_uploads() -> None:
    limit = UPLOADS.get(request.endpoint or "")
    if limit is not None:
        request.max_content_length = limit
        request.max_form_memory_size = limit


def _check_origin() -> None:
    """Refuse an unsafe request that a page of another origin sent, before its token is looked at.

    A browser that honours our Referrer-Policy sends `Origin: null` with our own forms; then Sec-Fetch-Site
    speaks, and where even that is missing (plain http on a local network) the token alone decides.
    """
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise Forbidden
        return
    origin = request.headers.get("Origin")
    if origin not in {None, "null"} and urlsplit(origin).netloc.lower() != request.host.lower():
        raise Forbidden
