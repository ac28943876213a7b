"""The one sanitizer: whatever HTML a publisher sends, what comes out of `HtmlCleaner.clean` may be shown.

nh3 holds the allow-list; a filter on every URL attribute makes it absolute and http(s) (mailto in links) or drops
it; images that only count readers go. `clean` is idempotent: taking a forbidden element out can leave markup that
reads differently the next time, so the result is cleaned again until it stays. One pass is enough, and known to
be, where the tags that came out are those that went in: the same tags give the same tree.
"""

from __future__ import annotations

import re
from html import unescape

import nh3

from aggregator.sources.embeds import plain_embeds
from aggregator.sources.nesting import limit_nesting
from aggregator.text.address import absolutise

_ALLOWED = (
    "a abbr article aside b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl"
    " dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p pre q rp rt ruby"
    " s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var"
    " wbr"
)
TAGS = frozenset(_ALLOWED.split())
ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "hreflang", "title"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "dfn": {"title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"start", "reversed", "type"},
    "q": {"cite"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
# Elements whose text is no reading matter either.
_EMPTIED = {"iframe", "noscript", "script", "select", "style", "svg", "template", "textarea", "title"}
_MOST_PASSES = 5
_MOST_REFERENCES = 50_000  # "&"s: nh3's time grows with the square of their number in one text
_SMALL = re.compile(r"\d{1,5}")
_IMAGE = re.compile(r"<img[^>]*>")
_SHOWN_IMAGE = re.compile(r'<img(?: [a-z]+="[^"]*")*? src="')
_TINY = re.compile(r' (?:width|height)="0*[01]"')
_TAGS_IN = re.compile(r"</?[a-z][^\s/>]*")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_COUNTING = re.compile(
    r"https?://(?:[^/]*\.)?(?:feeds\.feedburner\.com/~(?:r|ff|f|4)/|feeds\.wordpress\.com/1\.0/|pixel\.wp\.com/"
    r"|stats\.wordpress\.com/|doubleclick\.net/|google-analytics\.com/|feedsportal\.com/|scorecardresearch\.com/"
    r"|quantserve\.com/|pheedo\.com/|feedblitz\.com/~|imp\.constantcontact\.com/|facebook\.com/tr\b"
    r"|analytics\.twitter\.com/|t\.co/i/adsct|bat\.bing\.com/|pixel\.quantserve|rss-tracking|statcounter\.com/"
    r"|list-manage\.com/track|mailchimp\.com/track|sendgrid\.net/wf/open|api\.follow\.it/track-rss"
    r"|vg0[0-9]\.met\.vgwort\.de/|ssl-vg0[0-9]\.met\.vgwort\.de/|[^/]*\.met\.vgwort\.de/|feedpress\.me/|ioam\.de/"
    r"|chartbeat\.net/|parsely\.com/p|hits\.blogsoft\.org/|blogblog\.com/img/blank)",
    re.IGNORECASE,
)


class HtmlCleaner:
    """The sanitizer with its one nh3 cleaner. Not for use from several threads at once."""

    def __init__(self) -> None:
        self._base: str | None = None
        self._nh3 = nh3.Cleaner(
            tags=set(TAGS),
            attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
            clean_content_tags=set(_EMPTIED),
            url_schemes={"http", "https", "mailto"},
            attribute_filter=self._attribute,
            link_rel="noopener noreferrer",
        )

    def clean(self, html: str, base: str | None) -> str:
        """Return `html` safe to show, its addresses absolute by `base`. The same input gives the same output."""
        if "<" not in html and "&" not in html and ">" not in html:
            return _escape(html).strip()
        self._base = base
        flat = limit_nesting(plain_embeds(html)) if html.count("&") <= _MOST_REFERENCES else None
        if flat is None:
            return _plain(html)
        before, after = html, self._pass(flat)
        for _ in range(_MOST_PASSES):
            if _TAGS_IN.findall(before) == _TAGS_IN.findall(after) and "<pre" not in after:
                return after
            before, after = after, self._pass(after)
            if before == after:
                return after
        return _plain(after)

    def _pass(self, html: str) -> str:
        out = self._nh3.clean(html)
        if "<img" in out:
            out = _IMAGE.sub(_seen, out)
        if "&#" in html or not html.isascii():
            out = _CONTROLS.sub("", out)
        return out.strip()

    def _attribute(self, tag: str, name: str, value: str) -> str | None:
        """Decide on one attribute; None drops it. Must not raise."""
        if name in {"href", "cite"}:
            return absolutise(value, self._base, mail=tag == "a")
        if name == "src":
            source = absolutise(value, self._base)
            return None if source is None or _COUNTING.match(source) else source
        if name in {"width", "height", "colspan", "rowspan", "span", "start", "value"}:
            return value if _SMALL.fullmatch(value) else None
        return value


def text_html(text: str) -> str:
    """Write plain text as HTML: escaped, blank lines end paragraphs, line ends stay."""
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", _escape(text))]
    return "\n".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in paragraphs if part)


def _escape(text: str) -> str:
    """Escape as nh3 does, so that it has nothing to change."""
    if not text.isprintable():
        text = _CONTROLS.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\u00a0", "&nbsp;")


def _plain(html: str) -> str:
    """Give up on markup that stays tangled: the text alone."""
    return text_html(unescape(re.sub(r"<[^<>]*>", " ", html)))


def _seen(image: re.Match[str]) -> str:
    """Keep an image that has a source and is more than a dot."""
    tag = image.group()
    return tag if _SHOWN_IMAGE.match(tag) and not _TINY.search(tag) else ""
