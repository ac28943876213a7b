"""Where hubs call (WebSub). No cookie is read here: the proof is an address nobody can guess, and a signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from aggregator.model.ids import FeedId
from aggregator.services import websub
from web.door import desk

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("websub", __name__)
LONGEST = 2000
UNKNOWN = ("", 404)
"""Not our page about what is not there: that one knows who is signed in."""


@bp.get("/websub/<int:feed_id>/<word>")
def confirm(feed_id: int, word: str) -> ResponseReturnValue:
    """Give the hub its challenge back where we asked for this. WebSub makes this a GET, though it keeps a date."""
    told = request.args
    seconds, challenge = told.get("hub.lease_seconds", ""), told.get("hub.challenge", "")
    agreed = len(challenge) <= LONGEST and websub.confirm(
        desk(),
        FeedId(feed_id),
        word,
        mode=told.get("hub.mode", ""),
        topic=told.get("hub.topic", ""),
        lease_seconds=int(seconds[:9]) if seconds.isascii() and seconds.isdigit() else None,
    )
    if not agreed:
        return UNKNOWN
    return challenge, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}


@bp.post("/websub/<int:feed_id>/<word>")
def receive(feed_id: int, word: str) -> ResponseReturnValue:
    """Look at the feed; nothing of what is sent is read, and a wrong signature is answered like a right one."""
    signature = request.headers.get("X-Hub-Signature", "")
    if not websub.receive(desk(), FeedId(feed_id), word, request.get_data(), signature):
        return UNKNOWN
    return "", 202
