"""From an address alone to where its feed may be: the services whose feeds have a known place. Pure.

A guess is only a guess: whoever uses one asks whether a feed is there. `SERVICES` is read from above; a service that
has a host of its own is sure of its addresses, one that runs on anybody's host is known by the shape of the path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from urllib.parse import SplitResult

_NAME: Final = r"[A-Za-z0-9_.\-]{1,100}"
_WELL_KNOWN: Final = (
    "feed/",
    "feed.xml",
    "rss.xml",
    "atom.xml",
    "index.xml",
    "rss",
    "feed.json",
    "feeds/posts/default",
)
MOST_GUESSES: Final = 8


_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*:(?![0-9]{1,5}(?:/|$))", re.IGNORECASE)
_FEED_SCHEME = re.compile(r"(?:web\+)?feed:(?://)?", re.IGNORECASE)
_HANDLE = re.compile(r"(?:acct:)?(?P<mark>[@!#])?(?P<who>[\w.\-]{1,100})@(?P<host>[^\s/@]{3,253})")
_HANDLE_PATHS: Final = {"@": "@", "!": "c/", "#": "tags/"}
"""How people write an account, a community and a hashtag, and where Mastodon, Lemmy and Mastodon keep them."""
_BLUESKY = re.compile(r"@(?P<who>(?:[A-Za-z0-9\-]{1,63}\.)+[A-Za-z]{2,24})")


@dataclass(frozen=True, slots=True)
class Service:
    """`host` and `path` are patterns that fit whole; `feeds` are written with the groups of both and `{site}`.

    `own_host`: no other software answers there, so that the page itself need not be asked.
    """

    name: str
    host: str
    path: str
    feeds: tuple[str, ...]
    own_host: bool = False


@dataclass(frozen=True, slots=True)
class Guesses:
    """Addresses at which a feed may be, the likeliest first."""

    service: str | None
    addresses: tuple[str, ...]
    own_host: bool = False


_ANY: Final = r"[^/]+"
_YOUTUBE: Final = r"(?:www\.|m\.)?youtube\.com"
_YOUTUBE_FEED: Final = "https://www.youtube.com/feeds/videos.xml"
_REDDIT: Final = r"(?:www\.|old\.|new\.)?reddit\.com"
_REDDIT_FEED: Final = "https://www.reddit.com"
_SUBSTACK: Final = r"[a-z0-9-]+\.substack\.com"
_WORDPRESS: Final = r"[a-z0-9-]+\.wordpress\.com"

SERVICES: Final = (
    Service(
        "YouTube",
        _YOUTUBE,
        r"/channel/(?P<id>UC[\w-]{10,40})(?:/.*)?",
        (_YOUTUBE_FEED + "?channel_id={id}",),
        own_host=True,
    ),
    Service("YouTube", _YOUTUBE, r"/user/(?P<id>[\w-]{1,60})(?:/.*)?", (_YOUTUBE_FEED + "?user={id}",), own_host=True),
    Service("YouTube", _YOUTUBE, r"/(?:playlist|watch)", (_YOUTUBE_FEED + "?playlist_id={list}",), own_host=True),
    Service(
        "Reddit",
        _REDDIT,
        rf"/(?P<kind>r|u|user)/(?P<id>{_NAME})/?",
        (_REDDIT_FEED + "/{kind}/{id}/.rss",),
        own_host=True,
    ),
    Service(
        "Reddit",
        _REDDIT,
        rf"/r/(?P<id>{_NAME})/(?P<order>new|top|rising|hot|best|controversial)/?",
        (_REDDIT_FEED + "/r/{id}/{order}/.rss",),
        own_host=True,
    ),
    Service(
        "Reddit",
        _REDDIT,
        rf"/r/(?P<id>{_NAME})/comments/(?P<post>\w+)(?:/.*)?",
        (_REDDIT_FEED + "/r/{id}/comments/{post}/.rss",),
        own_host=True,
    ),
    Service("Reddit", _REDDIT, r"/?", (_REDDIT_FEED + "/.rss",), own_host=True),
    Service(
        "GitHub",
        r"(?:www\.)?github\.com",
        rf"/(?P<who>{_NAME})/(?P<what>{_NAME})(?:/(?:releases|tags|commits|tree)?(?:/.*)?)?",
        (
            "https://github.com/{who}/{what}/releases.atom",
            "https://github.com/{who}/{what}/tags.atom",
            "https://github.com/{who}/{what}/commits.atom",
        ),
        own_host=True,
    ),
    Service(
        "GitHub", r"(?:www\.)?github\.com", rf"/(?P<who>{_NAME})/?", ("https://github.com/{who}.atom",), own_host=True
    ),
    Service(
        "Bluesky",
        r"bsky\.app",
        r"/profile/(?P<who>[A-Za-z0-9_.:\-]{3,250})(?:/.*)?",
        ("https://bsky.app/profile/{who}/rss",),
        own_host=True,
    ),
    Service("Substack", _SUBSTACK, r"/.*", ("{site}/feed",), own_host=True),
    Service(
        "Substack",
        r"(?:www\.)?substack\.com",
        rf"/@(?P<who>{_NAME})(?:/.*)?",
        ("https://{who}.substack.com/feed",),
        own_host=True,
    ),
    Service(
        "WordPress",
        _WORDPRESS,
        r"/(?P<kind>category|tag|author)/(?P<id>[^/]+)/?",
        ("{site}/{kind}/{id}/feed/",),
        own_host=True,
    ),
    Service("WordPress", _WORDPRESS, r"/.*", ("{site}/feed/",), own_host=True),
    Service("WriteFreely", r"write\.as", rf"/(?P<who>{_NAME})(?:/.*)?", ("{site}/{who}/feed/",), own_host=True),
    # From here on by the shape of the path: these run on many hosts.
    Service(
        "Mastodon",
        _ANY,
        r"/(?:web/)?@(?P<who>[A-Za-z0-9_.\-]{1,100})(?:/(?:with_replies|media|\d+))?/?",
        (
            "{site}/@{who}.rss",  # Mastodon, and Misskey since 13
            "{site}/@{who}.atom",  # Misskey
            "{site}/users/{who}.atom",  # Pixelfed
        ),
    ),
    Service(
        "Mastodon",
        _ANY,
        rf"/users/(?P<who>{_NAME})/?",
        ("{site}/users/{who}.rss", "{site}/users/{who}.atom", "{site}/@{who}.rss"),
    ),
    Service(
        "Mastodon",
        _ANY,
        r"/tags/(?P<tag>[^/]+)/?",
        ("{site}/tags/{tag}.rss", "{site}/api/v1/timelines/tag/{tag}?limit=40"),
    ),
    Service("Mastodon", _ANY, r"/public/local/?", ("{site}/api/v1/timelines/public?local=true&limit=40",)),
    Service("Mastodon", _ANY, r"/public/?", ("{site}/api/v1/timelines/public?limit=40",)),
    Service("Mastodon", _ANY, r"/lists/(?P<id>\d{1,20})/?", ("{site}/api/v1/timelines/list/{id}?limit=40",)),
    Service(
        "Lemmy",
        _ANY,
        rf"/c/(?P<who>[A-Za-z0-9_.\-]{{1,100}}(?:@{_NAME})?)/?",
        (
            "{site}/feeds/c/{who}.xml",
            "{site}/feeds/videos.xml?videoChannelName={who}",  # PeerTube calls its channels so too
        ),
    ),
    Service("Lemmy", _ANY, rf"/u/(?P<who>{_NAME})/?", ("{site}/feeds/u/{who}.xml",)),
    Service(
        "PeerTube",
        _ANY,
        rf"/(?:c|video-channels)/(?P<who>{_NAME})(?:/videos)?/?",
        ("{site}/feeds/videos.xml?videoChannelName={who}",),
    ),
    Service(
        "PeerTube",
        _ANY,
        rf"/(?:a|accounts)/(?P<who>{_NAME})(?:/(?:videos|video-channels))?/?",
        ("{site}/feeds/videos.xml?accountName={who}",),
    ),
    Service(
        "PeerTube", _ANY, r"/videos/(?:local|recently-added|trending|overview|browse)/?", ("{site}/feeds/videos.xml",)
    ),
    Service("Pixelfed", _ANY, rf"/(?:i/web/profile|p)/(?P<who>{_NAME})(?:/\d+)?/?", ("{site}/users/{who}.atom",)),
    Service(
        "WordPress",
        _ANY,
        r"(?P<before>/.*)?/(?P<kind>category|tag|author)/(?P<id>[^/]+)/?",
        ("{site}{before}/{kind}/{id}/feed/",),
    ),
)


def pasted_address(text: str) -> str:
    """Read what somebody pasted as an address: `feed:` taken off, a handle of the fediverse, a name without scheme."""
    text = text.strip()
    if _FEED_SCHEME.match(text):
        text = _FEED_SCHEME.sub("", text, count=1)
    handle = _HANDLE.fullmatch(text)
    if handle is not None:
        return f"https://{handle['host']}/{_HANDLE_PATHS[handle['mark'] or '@']}{handle['who']}"
    bluesky = _BLUESKY.fullmatch(text)
    if bluesky is not None:
        return f"https://bsky.app/profile/{bluesky['who']}"
    if text and not _SCHEME.match(text) and "." in text.partition("/")[0]:
        return f"https://{text}"
    return text


def service_guesses(address: str) -> Guesses:
    """Return where the service at `address` keeps its feeds; no addresses where none of `SERVICES` fits."""
    known_host = False
    for service in SERVICES:
        if not _is_on(service, address) or (known_host and not service.own_host):
            continue
        known_host = known_host or service.own_host
        found = places(service, address)
        if found:
            return Guesses(service.name, found, service.own_host)
    return Guesses(None, ())


def places(service: Service, address: str) -> tuple[str, ...]:
    """Return where a service keeps the feeds of an address; none where the address is not one of its own."""
    parts = _split(address)
    if parts is None or not _is_on(service, address):
        return ()
    path = re.fullmatch(service.path, parts.path)
    if path is None:
        return ()
    words = {key: values[0] for key, values in parse_qs(parts.query).items() if re.fullmatch(r"[\w-]+", values[0])}
    site = {"site": f"{parts.scheme}://{parts.netloc}"}
    groups = words | {key: value or "" for key, value in path.groupdict().items()} | site
    return tuple(filled for feed in service.feeds if (filled := _filled(feed, groups)))


def _is_on(service: Service, address: str) -> bool:
    parts = _split(address)
    return parts is not None and re.fullmatch(service.host, parts.netloc, re.IGNORECASE) is not None


def _split(address: str) -> SplitResult | None:
    try:
        return urlsplit(address)
    except ValueError:
        return None


def well_known(address: str) -> tuple[str, ...]:
    """Return the usual places of feeds on a site, for a page that names none: beneath the page, then at the top."""
    parts = _split(address)
    if parts is None:
        return ()
    site = f"{parts.scheme}://{parts.netloc}"
    return tuple(dict.fromkeys(_usual(site, parts.path)))[:MOST_GUESSES]


def _usual(site: str, path: str) -> Iterator[str]:
    beneath = path.strip("/")
    if beneath and "." not in beneath.rpartition("/")[2]:
        yield f"{site}/{beneath}/feed/"
        yield f"{site}/{beneath}/rss"
    for name in _WELL_KNOWN:
        yield f"{site}/{name}"


def _filled(feed: str, groups: dict[str, str]) -> str | None:
    try:
        return feed.format_map(groups)
    except KeyError:  # a parameter of the query that this address does not have
        return None
