"""Who a feed comes from: the proposed source key (ranking-semantics 2), and when two addresses mean one feed.

A source is a registrable domain, or a person's or channel's place on hosts that people share. The key is a
proposal: editors see it and may change it.
"""

from __future__ import annotations

import re
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from aggregator.text.address import host_of, without_tracking

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAME = r"[A-Za-z0-9_.~%\-]+"
# Where the path says whose it is. The first group that matches is the owner's place.
_SHARED_PATHS = {
    host: re.compile(pattern, re.IGNORECASE)
    for host, pattern in {
        "youtube.com": rf"/(channel/{_NAME}|user/{_NAME}|c/{_NAME}|@{_NAME})",
        "medium.com": rf"/(?:feed/)?(@?{_NAME})",
        "reddit.com": rf"/((?:r|u|user)/{_NAME})",
        "github.com": rf"/({_NAME})",
        "gitlab.com": rf"/({_NAME})",
        "codeberg.org": rf"/({_NAME})",
        "bitbucket.org": rf"/({_NAME})",
        "sr.ht": rf"/(~{_NAME})",
        "dev.to": rf"/(?:feed/)?({_NAME})",
        "vimeo.com": rf"/((?:channels/|groups/)?{_NAME})",
        "dailymotion.com": rf"/({_NAME})",
        "twitch.tv": rf"/({_NAME})",
        "tiktok.com": rf"/(@{_NAME})",
        "soundcloud.com": rf"/({_NAME})",
        "mixcloud.com": rf"/({_NAME})",
        "bsky.app": rf"/profile/({_NAME})",
        "twitter.com": rf"/({_NAME})",
        "x.com": rf"/({_NAME})",
        "facebook.com": rf"/({_NAME})",
        "instagram.com": rf"/({_NAME})",
        "flickr.com": rf"/(?:photos|people)/({_NAME})",
        "note.com": rf"/({_NAME})",
        "qiita.com": rf"/({_NAME})",
        "zenn.dev": rf"/({_NAME})",
        "ameblo.jp": rf"/({_NAME})",
        "patreon.com": rf"/({_NAME})",
        "ko-fi.com": rf"/({_NAME})",
        "buttondown.email": rf"/({_NAME})",
        "buttondown.com": rf"/({_NAME})",
        "tinyletter.com": rf"/({_NAME})",
        "anchor.fm": rf"/({_NAME})",
        "podcasters.spotify.com": rf"/pod/show/({_NAME})",
        "open.spotify.com": rf"/(show/{_NAME})",
        "podcasts.apple.com": r"/(?:[a-z]{2}/)?podcast/(?:[^/]+/)?(id\d+)",
        "sites.google.com": rf"/((?:site|view)/{_NAME}|a/{_NAME}/{_NAME})",
        "hubpages.com": rf"/(@?{_NAME})",
        "tumblr.com": rf"/({_NAME})",
        "substack.com": rf"/(@{_NAME})",
        "feedburner.com": rf"/({_NAME})",
        "archive.org": rf"/details/({_NAME})",
    }.items()
}
# Where each sub-domain is somebody else's, though the public suffix list does not say so.
_SHARED_DOMAIN_LIST = """
    bandcamp.com beehiiv.com blog.de canalblog.com captivate.fm dreamwidth.org ghost.io hashnode.dev hypotheses.org
    insanejournal.com itch.io libsyn.com listed.to livejournal.com mataroa.blog medium.com micro.blog neocities.org
    over-blog.com pika.page podbean.com posthaven.com prose.sh simplecast.com skyrock.com substack.com svbtle.com
    tistory.com transistor.fm tumblr.com typepad.com weebly.com wixsite.com wordpress.com write.as
"""
# Where letters come from on behalf of many.
_MAIL_DOMAIN_LIST = """
    buttondown.com buttondown.email convertkit-mail.com convertkit-mail2.com fastmail.com gmail.com gmx.de gmx.net
    googlemail.com hotmail.com icloud.com list-manage.com mail.ru mailchimpapp.net mailgun.org outlook.com posteo.de
    proton.me protonmail.com qq.com revue.email sendgrid.net yahoo.com yandex.ru
"""
_SHARED_DOMAINS = frozenset(_SHARED_DOMAIN_LIST.split())
_MAIL_DOMAINS = frozenset(_MAIL_DOMAIN_LIST.split())
_NOBODYS = frozenset(("www", "blog", "news", "feeds", "help", "support", "about", "m", "old", "status"))
_FEDIVERSE = re.compile(r"/(?:users/|@)([A-Za-z0-9_.\-]+)(?:@[A-Za-z0-9.\-]+)?(?:\.rss|\.atom|\.json|/|$)")
_LEMMY = re.compile(r"/(?:feeds/)?(c|u)/([A-Za-z0-9_]+)(?:\.xml)?/?$")
_PLANET = re.compile(r"\bplanet\b", re.IGNORECASE)


def source_key(address: str, site: str | None, *, title: str | None = None) -> str:
    """Propose the key of the source a feed at `address` belongs to, from its `site` link.

    A feed without a site link, of a host without registrable domain (an IP address, one label, .onion), or a
    planet (many authors' feeds in one) is its own source: the key is its canonical address.
    """
    host = host_of(site)
    if site is None or host is None or _is_planet(host, title):
        return canonical_address(address)
    domain = registrable_domain(host)
    if domain is None:
        return canonical_address(address)
    path = urlsplit(site).path
    return _on_shared_host(host, domain, path) or _account(host, path, address) or domain


def sender_key(mail: str) -> str:
    """Propose the key of the source of letters from a mail address.

    It is its domain, so that a site's letters and its feed count as one; the whole address on a shared one.
    """
    host = mail.rpartition("@")[2]
    domain = registrable_domain(host)
    return mail if domain is None or domain in _SHARED_DOMAINS or domain in _MAIL_DOMAINS else domain


def registrable_domain(host: str) -> str | None:
    """Return what somebody registered: one label more than the public suffix, ICANN's or private.

    None for IP addresses, single labels, .onion and public suffixes themselves.
    """
    host = _ascii_host(host)
    if "." not in host or host.endswith(".onion") or _is_ip(host):
        return None
    domain: str | None = _suffixes().privatesuffix(host)
    return domain


def canonical_address(address: str) -> str:
    """Return one spelling for the addresses that mean one feed: scheme, case, port, tracking, final slash aside."""
    address = re.sub(r"^feed:(?://)?(?=https?:)|^feed:(?=//)", "", address.strip(), flags=re.IGNORECASE)
    if address.startswith("//"):
        address = "http:" + address
    try:
        parts = urlsplit(without_tracking(address))
        host, port = parts.hostname, parts.port
    except ValueError:
        return address
    if not host or parts.scheme.lower() not in _DEFAULT_PORTS:
        return address
    place = _ascii_host(host)
    if port is not None and port != _DEFAULT_PORTS[parts.scheme.lower()]:
        place += f":{port}"
    query = f"?{parts.query}" if parts.query else ""
    path = parts.path if query else parts.path.rstrip("/")
    return f"https://{place}{path or ''}{query}"


def _on_shared_host(host: str, domain: str, path: str) -> str | None:
    shared = _SHARED_PATHS.get(host.removeprefix("www.")) or _SHARED_PATHS.get(domain)
    found = shared.match(path) if shared else None
    if found:
        place = unquote(found.group(1))
        # YouTube's keys of channels tell apart what differs in case only; names of people do not anywhere.
        return f"{domain}/{place if domain == 'youtube.com' and place.startswith('channel/') else place.lower()}"
    label = host.removesuffix("." + domain)
    if domain in _SHARED_DOMAINS and label != host and label not in _NOBODYS:
        return f"{label.rpartition('.')[2]}.{domain}"
    return None


def _account(host: str, path: str, address: str) -> str | None:
    """Return `@name@host` for a fediverse account: Mastodon's and its relatives' paths, Lemmy's feeds."""
    account = _FEDIVERSE.match(path)
    if account:
        return f"@{account.group(1).lower()}@{host}"
    group = _LEMMY.match(path)
    if group and "/feeds/" in urlsplit(address).path:
        return f"{'!' if group.group(1) == 'c' else '@'}{group.group(2).lower()}@{host}"
    return None


def _is_planet(host: str, title: str | None) -> bool:
    return host.startswith("planet.") or ".planet." in host or bool(_PLANET.match(title or ""))


def _ascii_host(host: str) -> str:
    host = host.lower().rstrip(".")
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _is_ip(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


@cache
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415  # reading its list takes 30 ms; only some commands need it

    return PublicSuffixList()
