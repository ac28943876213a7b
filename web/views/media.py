"""Pictures and sound from elsewhere, handed on under signed addresses."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from aggregator.errors import BusyError, FetchError
from aggregator.model.fault import FaultCode
from aggregator.model.ports import Span
from aggregator.services import media
from web.door import desk

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("media", __name__)

ONE_PART = re.compile(r"\s*bytes\s*=\s*([0-9]{1,15})-([0-9]{0,15})\s*")

# Opened on its own, a picture is no page: nothing in it may run or load.
ALONE = {"Content-Security-Policy": "default-src 'none'; sandbox", "Content-Disposition": "inline"}


@bp.get("/media/<signature>/<target>")
def show(signature: str, target: str) -> ResponseReturnValue:
    """Hand the picture on; where it cannot be had just now, a grey one that nothing keeps."""
    try:
        image = media.open_image(desk(), signature, target)
    except (FetchError, BusyError):
        stand_in = current_app.send_static_file("picture.svg")
        stand_in.headers["Cache-Control"] = "no-store"
        return stand_in
    kept = {"Cache-Control": "private, max-age=604800, immutable", **ALONE}
    return Response(image.data, mimetype=image.type, headers=kept)


@bp.get("/media/audio/<signature>/<target>")
def listen(signature: str, target: str) -> ResponseReturnValue:
    """Hand sound on as it comes, from where the player asks for it; at most a few MiB for each request."""
    span = _span(request.headers.get("Range"))
    try:
        audio = media.open_audio(desk(), signature, target, span)
    except FetchError as exc:
        if exc.fault.code is FaultCode.STATUS and exc.fault.detail == "416":
            raise RequestedRangeNotSatisfiable from exc
        raise
    head = audio.head
    headers = {"Cache-Control": "no-store", "Accept-Ranges": "bytes", **ALONE}
    if head.length is not None:
        headers["Content-Length"] = str(head.length)
    if head.first is None or head.length is None:
        return Response(audio.parts, HTTPStatus.OK, headers, mimetype=head.type)
    last, total = head.first + head.length - 1, "*" if head.total is None else head.total
    headers["Content-Range"] = f"bytes {head.first}-{last}/{total}"
    return Response(audio.parts, HTTPStatus.PARTIAL_CONTENT, headers, mimetype=head.type)


def _span(asked: str | None) -> Span | None:
    """Read a Range of one part; anything else is left out of account, as RFC 9110 (14.2) allows."""
    found = ONE_PART.fullmatch(asked or "")
    if found is None:
        return None
    first, last = int(found[1]), int(found[2]) if found[2] else None
    return Span(first, last) if last is None or last >= first else None
