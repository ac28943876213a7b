"""Lists as feeds: for everybody where a list is public, for members, and by a secret address."""

from __future__ import annotations

import gzip
import hashlib
from typing import TYPE_CHECKING, NamedTuple

from flask import Blueprint, Response, g, request, url_for

from aggregator.errors import NotFoundError
from aggregator.services import outgoing, sharing
from web.asked import Asked
from web.door import actor, desk
from web.feeds_out import atom, jsonfeed, rss
from web.feeds_out.preparing import absolute, prepare
from web.language import page_language

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregator.model.member import Actor
    from aggregator.services.outgoing import OutgoingFeed, OutgoingState
    from web.feeds_out.document import FeedDocument

bp = Blueprint("feeds", __name__)
OPML = "opml"
OPML_TYPE = "text/x-opml"
SMALL = 1024


class Format(NamedTuple):
    """A format: its media type, its name, and what writes it."""

    type: str
    name: str
    write: Callable[[FeedDocument], bytes]


FORMATS = {
    "atom": Format(atom.TYPE, "Atom", atom.write),
    "rss": Format(rss.TYPE, "RSS", rss.write),
    "json": Format(jsonfeed.TYPE, "JSON Feed", jsonfeed.write),
}

KINDS = (*((kind, each.type, each.name) for kind, each in FORMATS.items()), (OPML, OPML_TYPE, "OPML"))


@bp.app_context_processor
def _kinds() -> dict[str, object]:
    """Give templates the formats of feeds, for links to them; OPML is of sources and no feed."""
    return {"feed_kinds": KINDS[:-1]}


@bp.get("/lists/<slug>.<any(atom, rss, json, opml):kind>")
def of_list(slug: str, kind: str) -> Response:
    """Hand out a list to everybody where it is public, else to members."""
    return _feed(_of_list(slug), kind)


@bp.get("/lists/<slug>/editions/<at>.<any(atom, rss, json):kind>")
def edition(slug: str, at: str, kind: str) -> Response:
    """Hand out a kept edition, at an address that stays (RFC 5005, 4)."""
    return _edition(_of_list(slug), kind, at)


@bp.get("/feeds/<word>.<any(atom, rss, json, opml):kind>")
def private(word: str, kind: str) -> Response:
    """Hand out the list of a secret address. No cookie is read: the address is the proof."""
    return _feed(_private(word), kind)


@bp.get("/feeds/<word>/editions/<at>.<any(atom, rss, json):kind>")
def private_edition(word: str, at: str, kind: str) -> Response:
    """Hand out a kept edition of the list of a secret address."""
    return _edition(_private(word), kind, at)


class _Door(NamedTuple):
    """How a list was asked for: in whose name, and where its documents stand."""

    reader: Actor
    slug: str
    secret: bool
    feed: Callable[[str], str]
    edition: Callable[[str, str], str]


def _of_list(slug: str) -> _Door:
    return _Door(
        sharing.reader_of(desk(), actor(), slug),
        slug,
        secret=False,
        feed=lambda kind: url_for("feeds.of_list", slug=slug, kind=kind),
        edition=lambda at, kind: url_for("feeds.edition", slug=slug, at=at, kind=kind),
    )


def _private(word: str) -> _Door:
    opened = sharing.open_address(desk(), word)
    g.actor = opened.actor  # who asks, for all of this request
    return _Door(
        opened.actor,
        opened.slug,
        secret=True,
        feed=lambda kind: url_for("feeds.private", word=word, kind=kind),
        edition=lambda at, kind: url_for("feeds.private_edition", word=word, at=at, kind=kind),
    )


def _feed(door: _Door, kind: str) -> Response:
    secret = door.secret
    if kind == OPML:
        data = outgoing.source_list(desk(), door.reader, door.slug)
        return _guarded(_packed(data, OPML_TYPE), public=False, secret=secret)
    state, asked = outgoing.state(desk(), door.reader, door.slug), Asked.of(request.args)
    public = state.sharing.public and not secret
    etag = f"{state.fingerprint}-{kind}-{page_language()}"
    live = asked.at is None and asked.start is None
    if live and _has(state, etag):
        return _dated(_guarded(Response(status=304), public=public, secret=secret), state, etag)
    found = outgoing.feed(
        desk(), door.reader, door.slug, start=asked.start or 0, at=asked.at, data_version=asked.data_version,
        language=page_language(),
    )  # fmt: skip
    response = _packed(_written(found, door, kind, door.feed(kind), public=public), FORMATS[kind].type)
    _guarded(response, public=public, secret=secret)
    return _dated(response, state, etag) if live else response


def _edition(door: _Door, kind: str, at: str) -> Response:
    """Answer with a kept edition: what it says is hashed, for what is deleted goes from it too."""
    asked = Asked.of({"at": at}).at
    if asked is None:
        raise NotFoundError("edition", at)
    found = outgoing.archive(desk(), door.reader, door.slug, asked, language=page_language())
    public = found.state.sharing.public and not door.secret
    data = _written(found, door, kind, door.edition(at, kind), public=False)
    etag = hashlib.sha256(data).hexdigest()[:32]
    response = Response(status=304) if request.if_none_match.contains_weak(etag) else _packed(data, FORMATS[kind].type)
    _guarded(response, public=public, secret=door.secret).set_etag(etag, weak=True)
    return response


def _written(found: OutgoingFeed, door: _Door, kind: str, here: str, *, public: bool) -> bytes:
    hub = absolute(url_for("hub.ask")) if public else None
    document = prepare(found, here, hub=hub, current=door.feed(kind), edition=lambda at: door.edition(at, kind))
    return FORMATS[kind].write(document)


def _has(state: OutgoingState, etag: str) -> bool:
    """Say whether whoever asks has this feed already (RFC 9110, 13.1): no ranking is needed to know."""
    if request.if_none_match:
        return request.if_none_match.contains_weak(etag)
    since = request.if_modified_since
    return since is not None and since >= state.at.replace(microsecond=0)


def _packed(data: bytes, kind: str) -> Response:
    """Answer with the data, packed where it is asked for and worth it."""
    packed = len(data) > SMALL and request.accept_encodings.quality("gzip") > 0
    response = Response(gzip.compress(data, 6, mtime=0) if packed else data, content_type=f"{kind}; charset=utf-8")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


def _dated(response: Response, state: OutgoingState, etag: str) -> Response:
    response.set_etag(etag, weak=True)  # packed or not, it is the same feed
    response.last_modified = state.at
    return response


def _guarded(response: Response, *, public: bool, secret: bool) -> Response:
    """Say who may keep it: what is everybody's is read by pages of other sites too, a secret address is in no index."""
    if public:
        response.headers["Cache-Control"] = f"public, max-age={outgoing.EVERY}"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Access-Control-Allow-Origin"] = "*"
    if secret:
        response.headers["X-Robots-Tag"] = "noindex"
    return response
