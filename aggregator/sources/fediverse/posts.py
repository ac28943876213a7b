"""A post of the fediverse as a RawEntry, or the reason why it is none. What counts people is not read."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from aggregator.model.entry import Kind
from aggregator.sources.fediverse.actor import ACTOR_TYPES, name_of
from aggregator.sources.fediverse.audience import Audience, audience_of
from aggregator.sources.fediverse.media import add_files, described_pictures, html_of_pictures, web_page
from aggregator.sources.fediverse.refusal import Refused
from aggregator.sources.fediverse.shapes import (
    Thing,
    flag,
    id_of,
    ids_of,
    language_of,
    listed,
    same_host,
    text_of,
    things,
    types_of,
    web_id,
)
from aggregator.sources.fediverse.software import adapt, software_of
from aggregator.sources.raw import RawEntry, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS: Final = {
    "Note": Kind.NOTE,
    "Question": Kind.NOTE,
    "Article": Kind.ARTICLE,
    "Page": Kind.ARTICLE,
    "Video": Kind.VIDEO,
    "Audio": Kind.AUDIO,
    "Event": Kind.EVENT,
    "Image": Kind.NOTE,
    # BookWyrm
    "Review": Kind.ARTICLE,
    "Comment": Kind.NOTE,
    "Quotation": Kind.NOTE,
    "GeneratedNote": Kind.NOTE,
}
_PRIVATE: Final = frozenset({"ChatMessage", "EncryptedMessage"})
_SAID_SHORT: Final = frozenset({"Note", "Question", "Image"})
"""Of these the summary is a warning, of all others an excerpt."""
_QUOTES: Final = ("quote", "quoteUrl", "quoteUri", "_misskey_quote")
_ACTIVITY_JSON: Final = ("application/activity+json", "application/ld+json")
_MOST_OPTIONS: Final = 40
_REFUSALS: Final = {
    Audience.FOLLOWERS: "it is for its author's followers only",
    Audience.NAMED: "it is for the people it names only",
    Audience.UNSAID: "it does not say that it is public",
}


def read_post(
    post: Thing, activity: Thing | None = None, *, names: Mapping[str, str] | None = None, reserved: bool = False
) -> RawEntry:
    """Read a post; `names` are what actors are called, by id. Raises Refused.

    `reserved`: its author did not agree to be found by search.
    """
    kind = _kind(post)
    post_id = web_id(post)
    if post_id is None:
        raise Refused("it has no address of its own")
    audience = audience_of(post, activity)
    if audience is not Audience.EVERYBODY:
        raise Refused(_REFUSALS[audience], private=True)
    authors = _authors(post)
    if not authors:
        raise Refused("it names no author")
    if not any(same_host(author, post_id) for author in authors):
        raise Refused("its author is on another host than itself")
    content = text_of(post, "content")
    entry = RawEntry(
        guid=post_id,
        link=web_page(post) or post_id,
        published=text_of(post, "published"),
        updated=text_of(post, "updated"),
        language=language_of(post, content),
        kind=kind,
        authors=[(_named(post, author, names or {}), author) for author in authors],
        categories=_hashtags(post),
    )
    _texts(post, entry, content)
    _ties(post, entry)
    pictures = described_pictures(post)
    if pictures:
        entry.extras["pictures"] = pictures
    add_files(post, entry)
    adapt(software_of(post), post, entry)
    _body(post, entry)
    if reserved:
        entry.extras["reserved"] = True
    if not (entry.content or entry.summary or entry.title or entry.enclosures):
        raise Refused("there is nothing in it")
    return entry


def authors_of(post: Thing) -> tuple[str, ...]:
    """Return the actors a post is attributed to."""
    return ids_of(post.get("attributedTo"))


def _authors(post: Thing) -> tuple[str, ...]:
    """Return who wrote it. PeerTube names the account and its channel, others repeat `actor` on the post."""
    return tuple(dict.fromkeys(filter(web_id, authors_of(post) or ids_of(post.get("actor")))))


def _kind(post: Thing) -> Kind:
    kinds = types_of(post)
    if "Tombstone" in kinds:
        raise Refused("it was deleted")
    if not _PRIVATE.isdisjoint(kinds):
        raise Refused("it is a private message", private=True)
    if not ACTOR_TYPES.isdisjoint(kinds):
        raise Refused("it is somebody, not a post")
    known = next((KINDS[kind] for kind in kinds if kind in KINDS), None)
    if known is None:
        raise Refused(f"it is no kind of post we know: {(kinds or ('without a type',))[0][:40]}")
    if "Note" in kinds and text_of(post, "name") and not text_of(post, "content") and post.get("inReplyTo"):
        raise Refused("it is a vote")
    return known


def _texts(post: Thing, entry: RawEntry, content: str | None) -> None:
    title, summary = text_of(post, "name"), text_of(post, "summary")
    entry.title = Text("text", title) if title else None
    markdown = str(post.get("mediaType", "")).startswith(("text/markdown", "text/plain"))
    if content:
        entry.content = Text("text" if markdown else "html", content)
    if summary is None:
        pass
    elif flag(post, "sensitive") or not _SAID_SHORT.isdisjoint(types_of(post)):
        entry.extras["warning"] = summary
    else:
        entry.summary = Text("html", summary)
    if flag(post, "sensitive") and "warning" not in entry.extras:
        entry.extras["warning"] = ""


def _ties(post: Thing, entry: RawEntry) -> None:
    """Keep what the post answers and what it quotes; the kind follows from that."""
    answered = next((found for each in listed(post.get("inReplyTo")) if (found := web_id(each))), None)
    quoted = _quoted(post)
    if answered:
        entry.extras["in_reply_to"] = answered
    if quoted:
        entry.extras["quote"] = quoted
    if entry.kind is Kind.NOTE and (answered or quoted):
        entry.kind = Kind.REPLY if answered else Kind.QUOTE


def _quoted(post: Thing) -> str | None:
    """Return the post it quotes: FEP-044f, the older names of Misskey and Fedibird, else a link tag (FEP-e232)."""
    for name in _QUOTES:
        found = web_id(post.get(name))
        if found:
            return found
    for tag in things(post.get("tag")):
        media = str(tag.get("mediaType", "")).lower()
        if "Link" in types_of(tag) and media.startswith(_ACTIVITY_JSON) and (found := web_id(tag.get("href"))):
            return found
    return None


def _hashtags(post: Thing) -> list[str]:
    tags = [tag for tag in things(post.get("tag")) if "Hashtag" in types_of(tag)]
    return [name.lstrip("#") for tag in tags if (name := text_of(tag, "name")) and name.lstrip("#")]


def _named(post: Thing, author: str, names: Mapping[str, str]) -> str:
    told = next((t for t in things(post.get("attributedTo")) if id_of(t) == author), None)
    name = text_of(told, "name") or text_of(told, "preferredUsername") if told else None
    return name or names.get(author) or name_of(author)


def _body(post: Thing, entry: RawEntry) -> None:
    """Put what a poll offers and the pictures beneath the text, as HTML."""
    more = _poll(post) + html_of_pictures(post)
    if not more:
        return
    if entry.content is None:
        entry.content = Text("html", more)
    elif entry.content.type == "html":
        entry.content = Text("html", entry.content.value + more)
    else:
        paragraphs = escape(entry.content.value).replace("\r\n", "\n").replace("\n", "<br>")
        entry.content = Text("html", f"<p>{paragraphs}</p>{more}")


def _poll(post: Thing) -> str:
    options = [*things(post.get("oneOf")), *things(post.get("anyOf"))][:_MOST_OPTIONS]
    names = [name for option in options if (name := text_of(option, "name"))]
    return f"<ul>{''.join(f'<li>{escape(name)}</li>' for name in names)}</ul>" if names else ""
