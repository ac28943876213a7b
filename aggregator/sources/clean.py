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
from aggregator.sources.nesting import DEEPEST, limit_nesting
from aggregator.sources.raw import NOT_TEXT
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
_ADDRESSES = frozenset(("href", "cite"))
_FREE = frozenset(("alt", "datetime", "dir", "hreflang", "lang", "open", "rel", "reversed", "scope", "title", "type"))
# Elements whose text is no reading matter either.
_EMPTIED = {"iframe", "noscript", "script", "select", "style", "svg", "template", "textarea", "title"}
_MOST_PASSES = 5
_MOST_REFERENCES = 50_000  # "&"s: nh3's time grows with the square of their number in one text
_SMALL = re.compile(r"\d{1,5}")
_IMAGE = re.compile(r"<img[^>]*>")
_SHOWN_IMAGE = re.compile(r'<img(?: [a-z]+="[^"]*")*? src="')
_TINY = re.compile(r' (?:width|height)="0*[01]"')
_TAGS_IN = re.compile(r"</?[a-zA-Z][^\s/>]*")
_ONLY_COUNTING = (
    "chartbeat.net doubleclick.net feedblitz.com feedsportal.com google-analytics.com ioam.de pheedo.com"
    " quantserve.com scorecardresearch.com statcounter.com"
)
# Hosts by their last two labels, and what of them only counts.
_COUNTING = {
    "feedburner.com": re.compile(r"feeds\.feedburner\.com/~(?:r|f+|4)/"),
    "wordpress.com": re.compile(r"(?:stats|feeds|pixel)\.wordpress\.com/"),
    "wp.com": re.compile(r"(?:pixel|stats)\.wp\.com/"),
    "facebook.com": re.compile(r"(?:[a-z]+\.)?facebook\.com/tr\b"),
    "twitter.com": re.compile(r"analytics\.twitter\.com/"),
    "t.co": re.compile(r"t\.co/i/adsct"),
    "bing.com": re.compile(r"bat\.bing\.com/"),
    "constantcontact.com": re.compile(r"imp\.constantcontact\.com/"),
    "list-manage.com": re.compile(r"[^/]*/track/"),
    "sendgrid.net": re.compile(r"[^/]*/wf/open"),
    "follow.it": re.compile(r"api\.follow\.it/track-rss"),
    "vgwort.de": re.compile(r"[^/]*\bmet\.vgwort\.de/"),
    "blogblog.com": re.compile(r"[^/]*/img/blank"),
    "parsely.com": re.compile(r"[^/]*/p"),
} | dict.fromkeys(_ONLY_COUNTING.split(), re.compile(r""))


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
        """Return `html` safe to show, its addresses absolute by `base`. The same input gives the same output.

        `html` holds no control characters and no half surrogates: readers of formats that allow them take them out.
        """
        if "<" not in html and "&" not in html and ">" not in html:
            return _escape(html).strip()
        self._base = base
        before = _TAGS_IN.findall(html)
        flat: str | None = plain_embeds(html, set(before))
        if len(before) > DEEPEST:
            flat = limit_nesting(flat or "")
        if flat is None or (len(html) > _MOST_REFERENCES and html.count("&") > _MOST_REFERENCES):
            return _plain(html)
        out = self._pass(flat)
        for _ in range(_MOST_PASSES):
            after = _TAGS_IN.findall(out)
            if before == after and "<pre" not in after:
                return out
            last, before = out, after
            out = self._pass(last)
            if out == last:
                return out
        return _plain(out)

    def _pass(self, html: str) -> str:
        out = self._nh3.clean(html)
        if "<img" in out:
            out = _IMAGE.sub(_seen, out)
        if "&#" in html:
            out = NOT_TEXT.sub("", out)
        return out.strip()

    def _attribute(self, tag: str, name: str, value: str) -> str | None:
        """Decide on one attribute; None drops it. Must not raise."""
        if name in _FREE:
            return value
        if name == "src":
            source = absolutise(value, self._base)
            return None if source is None or _counts_readers(source) else source
        if name in _ADDRESSES:
            return absolutise(value, self._base, mail=tag == "a")
        return value if _SMALL.fullmatch(value) else None


def text_html(text: str) -> str:
    """Write plain text as HTML: escaped, blank lines end paragraphs, line ends stay."""
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", _escape(text))]
    return "\n".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in paragraphs if part)


def _escape(text: str) -> str:
    """Escape as nh3 does, so that it has nothing to change."""
    if not text.isprintable():
        text = NOT_TEXT.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\u00a0", "&nbsp;")


def _plain(html: str) -> str:
    """Give up on markup that stays tangled: the text alone."""
    return text_html(unescape(re.sub(r"<[^<>]*>", " ", html)))


def _counts_readers(source: str) -> bool:
    """Tell whether an image's address serves only for counting readers."""
    place = source.partition("//")[2].lower()
    host = place.partition("/")[0]
    counting = _COUNTING.get(".".join(host.rsplit(".", 2)[-2:]))
    return counting is not None and counting.match(place) is not None


def _seen(image: re.Match[str]) -> str:
    """Keep an image that has a source and is more than a dot."""
    tag = image.group()
    return tag if _SHOWN_IMAGE.match(tag) and not _TINY.search(tag) else ""
