"""Addresses in documents: made absolute, of allowed schemes only, without tracking parameters (safety 23, 55)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Collection

LONGEST = 4_096  # characters; browsers and servers stop about here

_HOST = r"[^\x00-\x20\x7f-\x9f/?#@\\\"<>^`{|}\[\]:%\u2028\u2029]+"
_WEB = re.compile(
    rf"https?://(?:[^\x00-\x20\x7f-\x9f/?#@\\\"<>\[\]]*@)?(?:{_HOST}|\[[0-9A-Fa-f:.]+\])(?::[0-9]{{0,5}})?"
    r"(?:[/?#][^\x00-\x20\x7f-\x9f\"<>\\`\u2028\u2029]*)?"
)
_MAIL = re.compile(r"mailto:[^\x00-\x20\x7f-\x9f\"<>\\`\u2028\u2029]+")
_EDGES = "".join(map(chr, range(0x21))) + "\x7f\u00a0\u2028\u2029\ufeff"
_INNER_BREAKS = re.compile(r"[\t\r\n]")
_TO_QUOTE = re.compile(r"[\x00-\x20\x7f-\x9f\"<>\\`\u2028\u2029]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")

_TRACKING_NAME = (
    r"(?:utm_|mtm_|matomo_|pk_(?:campaign|kwd|source|medium|content|cid)|piwik_|at_(?:medium|campaign|custom)"
    r"|hsa_|fb_(?:action|source|ref)|ga_(?:source|medium|term|content|campaign|place))[a-z0-9_]*"
    r"|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid|li_fat_id|igshid|igsh|srsltid"
    r"|mc_cid|mc_eid|_hsenc|_hsmi|hsctatracking|vero_id|vero_conv|oly_anon_id|oly_enc_id|mkt_tok|wickedid"
    r"|_openstat|xtor|ns_mchannel|ns_source|ns_campaign|ns_linkname|ns_fee|irclickid|rb_clickid|epik|s_cid"
    r"|guccounter|guce_referrer|guce_referrer_sig|_branch_match_id|_ga|_gl|__twitter_impression|ref_src|ref_url"
    r"|wt\.mc_id|wt_mc|cmpid|ml_subscriber|ml_subscriber_hash|_ke|trk_contact|trk_msg|ss_email_id|elqtrackid"
)
_TRACKED = re.compile(rf"(?:^|(?<=[&;]))(?:{_TRACKING_NAME})(?:=[^&;]*)?(?:&amp;|[&;]|$)", re.IGNORECASE)
_TRACKED_FRAGMENT = re.compile(rf"(?:{_TRACKING_NAME})(?:=.*)?", re.IGNORECASE)


def absolutise(address: str, base: str | None, *, mail: bool = False) -> str | None:
    """Make an address of a document absolute and take its tracking parameters off.

    None for what is no http(s) address (nor mailto, where `mail` allows it), cannot be read, or is too long.
    White space and characters that would end an attribute are percent-encoded, as browsers do.
    """
    if _WEB.fullmatch(address) is None:
        found = _resolve(address, base)
        if found is None or len(found) > LONGEST:
            return None
        if found.startswith("mailto:"):
            return found if mail else None
        address = found
    elif len(address) > LONGEST:
        return None
    return without_tracking(address) if "?" in address or "#" in address else address


def without_tracking(address: str) -> str:
    """Take parameters off that tell a site who sent the reader; an address without any comes back as it is."""
    if "#" in address:
        address, _, fragment = address.partition("#")
        fragment = "" if _TRACKED_FRAGMENT.fullmatch(fragment) else "#" + fragment
        return without_tracking(address) + fragment
    path, question, query = address.partition("?")
    if not question:
        return address
    kept, times = _TRACKED.subn("", query)
    if not times:
        return address
    kept = kept.removesuffix("&amp;").rstrip("&;")
    return f"{path}?{kept}" if kept else path


def host_of(address: str | None) -> str | None:
    """Return the host name of an address in lower case, without port and trailing dot; None without one."""
    if not address:
        return None
    try:
        host = urlsplit(address).hostname
    except ValueError:
        return None
    return host.rstrip(".") or None if host else None


def _resolve(address: str, base: str | None) -> str | None:
    """Read an address as a browser would: edges trimmed, line ends inside dropped, relative to `base`."""
    address = _INNER_BREAKS.sub("", address.strip(_EDGES))
    if not address or len(address) > LONGEST:
        return None
    scheme = _SCHEME.match(address)
    if scheme is not None:
        name = scheme.group().lower()
        if name not in {"http:", "https:", "mailto:"}:
            return None
        address = name + address[scheme.end() :]
    if scheme is None or (name != "mailto:" and not address.startswith((name + "//", name + "\\"))):
        if base is None:
            return None
        try:
            address = urljoin(base, address.replace("\\", "/"))
        except ValueError:
            return None
    address = address.replace("\\", "/") if not address.startswith("mailto:") else address
    address = _TO_QUOTE.sub(lambda found: _percent(found.group()), address)
    pattern = _MAIL if address.startswith("mailto:") else _WEB
    return address if pattern.fullmatch(address) else None


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


ACTOR_MARK = "#activitypub"
"""Behind the address of an actor: it is read as ActivityPub. A fragment is never sent, and any other reader that is
handed such an address opens the actor's page (decision 15)."""


def is_actor(address: str) -> bool:
    """Say whether a source's address is an actor's."""
    return address.endswith(ACTOR_MARK)


def unmarked(address: str) -> str:
    """Return an actor's address without the mark."""
    return address.removesuffix(ACTOR_MARK)


def marked_like(address: str, pasted: str) -> str:
    """Return `address`, one spelling of `pasted`, with the mark where that has it."""
    return address + ACTOR_MARK if is_actor(pasted.strip()) else address


def is_beneath(address: str, domains: Collection[str]) -> bool:
    """Say whether a web address is on one of these domains, or beneath one."""
    if not domains:
        return False
    try:
        host = (urlsplit(address).hostname or "").lower().rstrip(".")
    except ValueError:
        return False
    labels = host.split(".")
    return any(".".join(labels[place:]) in domains for place in range(len(labels)))
