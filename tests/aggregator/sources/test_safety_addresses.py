"""Every field of an entry that holds an address, with addresses that nobody may follow (safety 23)."""

import re
from xml.sax.saxutils import escape, quoteattr

import pytest

URLS = [
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "javascript://e.example/%0aalert(1)",
    "vbscript:x",
    "data:text/html,x",
    "data:image/svg+xml,<svg/>",
    "DATA:x",
    "file:///etc/passwd",
    "file:x",
    "ftp://e.example/",
    "blob:https://e.example/1",
    "filesystem:x",
    "about:blank",
    "view-source:x",
    "chrome://x",
    "res://x",
    "jar:x!/",
    "ws://e.example/",
    "wss://e.example/",
    "intent://x",
    "tel:1",
    "sms:1",
    "skype:x",
    "magnet:?x",
    "feed:x",
    "feed://e.example/",
    "itms://x",
    "ms-word:x",
    "urn:x",
    "http:",
    "http://",
    "https://",
    "https:///",
    "http://[",
    "http://[::1",
    "gopher://x",
    "ldap://x",
    "mocha:x",
    "livescript:x",
    "\u00a0javascript:1",
    "\u3000javascript:1",
    "x" * 5_000,
    "web+feed:x",
    "mailto:a@b.example",
]
FIELDS = {
    "link": lambda url: f"<link>{escape(url)}</link>",
    "atom link": lambda url: f"<atom:link href={quoteattr(url)}/>",
    "guid as link": lambda url: f"<guid>{escape(url)}</guid>",
    "comments": lambda url: f"<comments>{escape(url)}</comments>",
    "enclosure": lambda url: f"<enclosure url={quoteattr(url)} type='audio/mpeg'/>",
    "atom enclosure": lambda url: f"<atom:link rel='enclosure' href={quoteattr(url)}/>",
    "media": lambda url: f"<media:content url={quoteattr(url)} type='video/mp4'/>",
    "media image": lambda url: f"<media:content url={quoteattr(url)} medium='image'/>",
    "thumbnail": lambda url: f"<media:thumbnail url={quoteattr(url)}/>",
    "image": lambda url: f"<itunes:image href={quoteattr(url)}/>",
    "author": lambda url: f"<atom:author><atom:name>N</atom:name><atom:uri>{escape(url)}</atom:uri></atom:author>",
    "body link": lambda url: f"<description>{escape(f'<a href={quoteattr(url)}>x</a>')}</description>",
    "body image": lambda url: f"<description>{escape(f'<img src={quoteattr(url)}>')}</description>",
}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("url", URLS)
def test_safety_23_every_field_holds_web_addresses_only(rss, field, url):
    entry = rss(f"<title>t</title>{FIELDS[field](url)}")
    found = [
        entry.link,
        entry.comments,
        entry.image,
        *(file.url for file in entry.enclosures),
        *(a.uri for a in entry.authors),
    ]
    for address in found:
        mail = field == "author" and (address or "").startswith("mailto:")
        assert address is None or mail or address.startswith(("http://", "https://")), address
    for address in re.findall(r'(?:href|src)="([^"]*)"', entry.content_html):
        assert address.startswith(("https://", "http://", "mailto:")), address
