"""What differs from server to server: by which signs its posts are known, and what it does in its own way.

A new one: a line in `_SIGNS`, and a function in `_ADAPTERS` where reading by the vocabulary alone is not enough.
"""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Final

from aggregator.sources.fediverse.media import linked_page
from aggregator.sources.fediverse.shapes import Thing, origin_of, same_host, text_of, things, types_of, web_id
from aggregator.sources.raw import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aggregator.sources.raw import RawEntry

_SIGNS: Final = (
    # software, words of its context, keys of its own, types of its own
    ("PeerTube", ("joinpeertube.org",), ("waitTranscoding", "subtitleLanguage"), ("Video",)),
    ("Mobilizon", ("joinmobilizon.org",), ("joinMode", "repliesModerationOption"), ()),
    ("Gancio", ("gancio",), (), ()),
    ("Funkwhale", ("funkwhale.audio",), (), ()),
    ("Castopod", ("podlibre", "castopod"), (), ("PodcastEpisode",)),
    ("BookWyrm", ("bookwyrm",), ("inReplyToBook",), ("Review", "Quotation", "GeneratedNote")),
    ("Misskey", ("misskey-hub.net",), ("_misskey_content", "_misskey_quote", "_misskey_summary"), ()),
    ("Pixelfed", ("pixelfed.org",), ("commentsEnabled", "capabilities"), ()),
    ("Friendica", ("dfrn/1.0",), ("diaspora:guid",), ()),
    ("Hubzilla", ("purl.org/zot", "zot:"), ("zot:sourceContent",), ()),
    ("Pleroma", ("litepub",), ("context_id",), ("ChatMessage",)),
    ("WordPress", ("wordpress",), ("interactionPolicy",), ()),
    ("Ghost", ("ghost.org",), (), ()),
    ("Mastodon", ("votersCount", "atomUri"), ("atomUri", "inReplyToAtomUri", "votersCount"), ()),
)
_LEMMY_KEYS: Final = frozenset({"stickied", "audience", "commentsEnabled"})
OTHER: Final = "other"


def software_of(post: Thing) -> str:
    """Return which server a post looks to be from: a help for reading, never a proof of anything."""
    kinds = set(types_of(post))
    if "Page" in kinds and (_LEMMY_KEYS.intersection(post) or "join-lemmy.org" in _context(post)):
        return "Lemmy"
    if "Event" in kinds:
        return "Mobilizon"
    context = _context(post)
    if "join-lemmy.org" in context:
        return "Lemmy"
    for name, words, keys, own in _SIGNS:
        if kinds.intersection(own) or any(key in post for key in keys) or any(word in context for word in words):
            return name
    return OTHER


def adapt(software: str, post: Thing, entry: RawEntry) -> None:
    """Correct an entry by what is known of its software."""
    adapter = _ADAPTERS.get(software)
    if adapter is not None:
        adapter(post, entry)


def _lemmy(post: Thing, entry: RawEntry) -> None:
    """Link to the page a post is about; its own page is where it is talked about."""
    target = linked_page(post)
    if target and not same_host(target, entry.guid):
        entry.link, entry.comments = target, entry.guid
    community = web_id(post.get("audience"))
    if community and community.rpartition("/")[2]:
        entry.categories.append(community.rpartition("/")[2])


def _peertube(post: Thing, entry: RawEntry) -> None:
    category = post.get("category")
    if isinstance(category, dict) and (name := text_of(category, "name")):
        entry.categories.append(name)
    licence = post.get("licence")
    if isinstance(licence, dict) and (name := text_of(licence, "name")):
        entry.extras["licence"] = name


def _mobilizon(post: Thing, entry: RawEntry) -> None:
    """Say when and where above the text, so that it is read wherever the entry goes."""
    if isinstance(category := post.get("category"), str):
        entry.categories.append(category.replace("_", " ").capitalize())
    place = next(iter(things(post.get("location"))), {})
    if place:
        entry.extras["place"] = {
            "name": text_of(place, "name") or "",
            "latitude": str(place.get("latitude", "")),
            "longitude": str(place.get("longitude", "")),
        }
    starts, ends = text_of(post, "startTime"), text_of(post, "endTime")
    where = ", ".join(filter(None, (text_of(place, "name"), _street(place))))
    lines = [" - ".join(filter(None, (starts, ends))), where]
    told = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    if told:
        text = entry.content.value if entry.content else ""
        entry.content = Text("html", told + text)


def _street(place: Thing) -> str:
    address = place.get("address")
    if isinstance(address, str):
        return address
    parts = address if isinstance(address, dict) else {}
    return ", ".join(
        word for name in ("streetAddress", "addressLocality", "addressCountry") if (word := text_of(parts, name))
    )


def _misskey(post: Thing, entry: RawEntry) -> None:
    """Link to a note's id, which is its page."""
    if origin_of(entry.link) is None:
        entry.link = web_id(post)


def _friendica(post: Thing, entry: RawEntry) -> None:
    """Keep a shared page's own address as the link; the post is where it is talked about."""
    if entry.link and not same_host(entry.link, entry.guid):
        entry.comments = web_id(post)


def _bookwyrm(post: Thing, entry: RawEntry) -> None:
    quote = text_of(post, "quote")
    if "Quotation" in types_of(post) and quote:
        entry.content = Text(
            "html", f"<blockquote>{quote}</blockquote>" + (entry.content.value if entry.content else "")
        )


def _context(post: Thing) -> str:
    context = post.get("@context")
    return json.dumps(context)[:20_000] if context is not None else ""


_ADAPTERS: Mapping[str, Callable[[Thing, RawEntry], None]] = {
    "Lemmy": _lemmy,
    "PeerTube": _peertube,
    "Mobilizon": _mobilizon,
    "Misskey": _misskey,
    "Friendica": _friendica,
    "BookWyrm": _bookwyrm,
}
