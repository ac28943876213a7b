"""Pictures from elsewhere, handed on under signed addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app

from aggregator.errors import BusyError, FetchError
from aggregator.services import media
from web.door import desk

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("media", __name__)

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
