"""Documents that went wrong: seeds taken apart along their structure and put together otherwise. Pure, from a seed."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

_TAG = re.compile(rb"<[^<>]{1,400}>")
_TEXT = re.compile(rb">([^<>]{1,2000})<")
_VALUE = re.compile(rb"""=\s*("[^"<>]*"|'[^'<>]*')""")
_ITEM = re.compile(rb"<(item|entry)\b.*?</\1>", re.DOTALL)
LONGEST = 300_000
"""Bytes of a mutated document: longer ones are the business of the tests of limits."""

TEXTS = (
    b"",
    b" ",
    b"0",
    b"-1",
    b"99999999999999999999999",
    b"1e308",
    b"NaN",
    b"\x00",
    b"\x0b\x1f",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    "\u202e\u2066".encode(),
    "\ue000".encode(),
    "e\u0301\u0301\u0301\u0301".encode(),
    "\U0010ffff\ufffe".encode(),
    "ﷺ".encode() * 50,
    b"&amp;lt;b&amp;gt;",
    b"&#0;",
    b"&#xD800;",
    b"&#99999999;",
    b"&nosuch;",
    b"&a;",
    b"]]>",
    b"<![CDATA[",
    b"<![CDATA[<b>]]>",
    b"--",
    b"%s%n{0}",
    b"&lt;script&gt;alert(1)&lt;/script&gt;",
    b"&lt;svg/onload=alert(1)&gt;",
    b"&lt;a href=&quot;java&amp;#9;script:alert(1)&quot;&gt;x",
    b"&lt;math&gt;&lt;mtext&gt;&lt;table&gt;&lt;mglyph&gt;&lt;style&gt;&lt;img src onerror=alert(1)&gt;",
    b"&lt;p" * 50,
    b"&lt;img src='data:image/svg+xml,x' srcset='javascript:x 2x' width=1&gt;",
    b"&lt;noscript&gt;&lt;p title='&lt;/noscript&gt;&lt;img src=x onerror=alert(1)&gt;'&gt;",
    b"http://[::1",
    b"http://\xe2\x80\xae.example/",
    b"//x",
    b"javascript:alert(1)",
    b"http://a/" + b"b" * 3_000,
    b"urn:uuid:1",
    b"http://x.example:99999/",
    b"\\\\x\\y",
    b"data:,x",
    b"Mon, 32 Foo 2026 25:61:61 +9999",
    b"0000-00-00T00:00:00Z",
    b"9999-12-31T23:59:60+14:00",
    b"1970-01-01",
    b"-1-1-1",
    b"20261122",
    b"Thu, 01 Jan 1970 00:00:00 GMT",
    b"12:00",
    b"x" * 5_000,
    b"a b " * 3_000,
    b"(" * 500,
    b"name@example.org (" + b"(" * 200,
)
TAGS = (
    b"<item>",
    b"</item>",
    b"<entry>",
    b"</entry>",
    b"<title>",
    b"<title type='xhtml'>",
    b"<content type='html'>",
    b"<content type='xhtml'><div>",
    b"<content src='http://x.example/'/>",
    b"<guid/>",
    b"<guid isPermaLink='true'>",
    b"<link/>",
    b"<link rel='self' href=''/>",
    b"<link rel='enclosure' length='-5' href='http://x.example/a.mp3'/>",
    b"<description>",
    b"<enclosure url='x' length='abc' type='///'/>",
    b"<media:group><media:content url='http://x.example/v' width='-1'/>",
    b"<itunes:duration>99:99:99</itunes:duration>",
    b"<pubDate>",
    b"<updated>",
    b"<author><name>",
    b"<dc:creator>",
    b"<category term=''/>",
    b"<ttl>-1</ttl>",
    b"<skipHours><hour>99</hour></skipHours>",
    b"<source url='x'>",
    b"<!-- ",
    b"-->",
    b"<?xml-stylesheet href='x'?>",
    b"<!DOCTYPE rss [<!ENTITY a 'b'>]>",
    b"<base href='javascript:x'/>",
    b"<a xml:base='../..' xml:lang='\xc3\xa9'>",
    b"<x:y:z>",
    b"<rss>",
    b"</rss>",
    b"<feed>",
)
CHARSETS = (
    "utf-8",
    "utf-16",
    "utf-16-le",
    "utf-32",
    "latin-1",
    "cp1252",
    "koi8-r",
    "shift_jis",
    "gb18030",
    "utf-7",
    "iso-2022-jp",
    "nonsense",
    "",
)
TYPES = (
    "",
    "text/html",
    "application/rss+xml",
    "application/atom+xml; charset=UTF-16",
    "text/xml; charset=x",
    "application/feed+json",
    "text/plain",
    "\"; '",
)
VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1e308,
    10**400,
    "",
    " ",
    "x" * 5_000,
    "\ud800",
    "\x00",
    [],
    {},
    [[]],
    [None],
    {"a": []},
    "http://[",
    "javascript:1",
    "2026-13-45",
    "<script>alert(1)</script>",
)


def mutated(seeds: Sequence[bytes], chance: Random) -> tuple[bytes, str, str]:
    """Make a document of the seeds; gives its bytes, its encoding on the wire, and its content type."""
    body = chance.choice(seeds)
    as_json = body.lstrip()[:1] in (b"{", b"[") and chance.random() < 0.9
    for _ in range(chance.choice((1, 1, 2, 3, 5, 8, 20))):
        body = _json(body, chance) if as_json else chance.choice(STEPS)(body, seeds, chance)
        body = body[:LONGEST]
    kind = chance.choice(TYPES)
    if chance.random() < 0.1:
        body = _recoded(body, chance)
    if chance.random() < 0.05:
        packed = bytearray(gzip.compress(body, 1, mtime=0))
        for _ in range(chance.choice((0, 0, 1, 3))):
            packed[chance.randrange(len(packed))] ^= 1 << chance.randrange(8)
        return bytes(packed), "gzip", kind
    return body, "", kind


def _place(body: bytes, pattern: re.Pattern[bytes], chance: Random, group: int = 0) -> tuple[int, int]:
    """Return the span of one match after a random place, else of nothing there."""
    at = chance.randrange(len(body) + 1)
    found = pattern.search(body, at) or pattern.search(body)
    return found.span(group) if found else (at, at)


def _put(body: bytes, span: tuple[int, int], new: bytes) -> bytes:
    return body[: span[0]] + new + body[span[1] :]


def _other_text(body: bytes, _: Sequence[bytes], chance: Random) -> bytes:
    return _put(body, _place(body, _TEXT, chance, 1), chance.choice(TEXTS))


def _other_value(body: bytes, _: Sequence[bytes], chance: Random) -> bytes:
    span = _place(body, _VALUE, chance, 1)
    return _put(body, span, b'"' + chance.choice(TEXTS).replace(b'"', b"") + b'"') if span[0] < span[1] else body


def _other_tag(body: bytes, _: Sequence[bytes], chance: Random) -> bytes:
    return _put(body, _place(body, _TAG, chance), chance.choice((b"", chance.choice(TAGS))))


def _more_tags(body: bytes, _: Sequence[bytes], chance: Random) -> bytes:
    start, _end = _place(body, _TAG, chance)
    return _put(body, (start, start), chance.choice(TAGS) * chance.choice((1, 1, 2, 40, 2_000)))


def _swapped(body: bytes, _: Sequence[bytes], chance: Random) -> bytes:
    one, two = sorted((_place(body, _TAG, chance), _place(body, _TAG, chance)))
    if one[1] > two[0]:
        return body
    return body[: one[0]] + body[slice(*two)] + body[one[1] : two[0]] + body[slice(*one)] + body[two[1] :]


def _items(body: bytes, seeds: Sequence[bytes], chance: Random) -> bytes:
    other = chance.choice(seeds)
    item = other[slice(*_place(other, _ITEM, chance))]
    start, end = _place(body, _ITEM, chance)
    return _put(body, chance.choice(((start, start), (start, end))), item * chance.choice((0, 1, 1, 2, 30)))


def _spliced(body: bytes, seeds: Sequence[bytes], chance: Random) -> bytes:
    other = chance.choice(seeds)
    return body[: chance.randrange(len(body) + 1)] + other[chance.randrange(len(other) + 1) :]


def _bytes(body: bytes, _: Sequence[bytes], chance: Random) -> bytes:
    at = chance.randrange(len(body) + 1)
    if chance.random() < 0.2:
        return body[:at]
    return _put(body, (at, at + chance.choice((0, 1, 40))), chance.randbytes(chance.choice((0, 1, 4))))


STEPS = (_other_text, _other_text, _other_value, _other_tag, _more_tags, _swapped, _items, _items, _spliced, _bytes)


def _recoded(body: bytes, chance: Random) -> bytes:
    """Say that it is in some charset, and perhaps put it into that or into another."""
    told, true = chance.choice(CHARSETS), chance.choice(CHARSETS)
    head = f"<?xml version='1.0' encoding='{told}'?>".encode()
    text = (head + re.sub(rb"^\s*<\?xml[^>]*>", b"", body)).decode("utf-8", "replace")
    try:
        return text.encode(true, "replace")
    except LookupError:
        return text.encode()


def _json(body: bytes, chance: Random) -> bytes:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return _bytes(body, (), chance)
    holders = [each for each in _holders(document) if each]
    if not holders:
        return _bytes(body, (), chance)
    holder = chance.choice(holders)
    key = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    if chance.random() < 0.2:
        del holder[key]
    elif chance.random() < 0.3:
        holder[key] = chance.choice((holder[key], [holder[key]] * 3, {"url": holder[key]}))
    else:
        holder[key] = chance.choice(VALUES)
    try:
        return json.dumps(document, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    except ValueError:  # an int of 400 digits read back as such
        return body


def _holders(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return [] if inner is None else [value, *(found for each in list(inner) for found in _holders(each))]
