"""A web page as a tree, whatever its bytes; for looking things up in it, never for showing it."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree
from lxml import html as lxml_html

_HEAD: Final = 4_096
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:\-]{2,40})", re.IGNORECASE)
_ENCODINGS: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_.:\-]{2,40})", re.IGNORECASE)


def page_tree(data: bytes, content_type: str) -> lxml_html.HtmlElement | None:
    """Return the tree of a page; None where there is nothing in it. libxml2's own limits on depth and size hold."""
    text = page_text(data, content_type)
    # No huge_tree: what is nested deeper than libxml2 allows is no page anybody reads.
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return None
    return root


def page_text(data: bytes, content_type: str) -> str:
    """Return a page's text by its byte order mark, its answer's charset, its own, else UTF-8, else Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    told = _CHARSET.search(content_type)
    own = _ENCODINGS.search(data[:_HEAD])
    for name in (told and told.group(1), own and own.group(1).decode("ascii"), "utf-8-sig"):
        if name:
            try:
                return data.decode(name)
            except (LookupError, UnicodeDecodeError, ValueError):
                continue
    return data.decode("cp1252", "replace")
