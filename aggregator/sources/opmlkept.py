"""Elements in outlines that we do not know: kept as they stand, so that who put them there finds them again.

They come in one canonical form (Exclusive XML Canonicalization 1.0), which says all it needs, so that they can be
written into any other file and come out of that as the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from aggregator.model.ids import NAMESPACE

if TYPE_CHECKING:
    from collections import Counter

    from aggregator.sources.xmltext import Element

INSIDE: Final = "<>"
"""What stands among the unknown attributes of an outline for the elements in it: no attribute can be called that."""
LONGEST: Final = 8_192
"""Characters of all that is kept of one outline."""
_REFUSED: Final = {
    "http://www.w3.org/1999/xhtml": "markup of web pages",
    "http://www.w3.org/2000/svg": "drawings",
    "http://www.w3.org/1999/XSL/Transform": "stylesheets",
    "http://www.w3.org/2001/XInclude": "elements that include other files",
    NAMESPACE: "elements of ours where none belong",
}
"""What a program may act on that opens a file of ours, and what would speak for us in it."""


def elements_within(outline: Element, notes: Counter[str]) -> str:
    """Return what stands in an outline beside outlines, as XML; adds to `notes` what is left out."""
    kept = []
    for child in outline.iterchildren(etree.Element):
        if _local(child) == "outline":
            continue
        if refused := _refused(child):
            notes[f"{refused} inside an outline were left out"] += 1
        elif any(_local(below) == "outline" for below in child.iterdescendants(etree.Element)):
            notes["an element around outlines was left out; the outlines in it were read"] += 1
        else:
            kept.append(_canonical(child))
    together = "".join(kept)
    if len(together) > LONGEST:
        notes[f"elements inside an outline that are longer than {LONGEST:,} characters were left out"] += 1
        return ""
    return together


def _refused(element: Element) -> str | None:
    spaces = (etree.QName(each).namespace for each in element.iter(etree.Element))
    return next((_REFUSED[space] for space in spaces if space in _REFUSED), None)


def _canonical(element: Element) -> str:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False).decode()


def _local(element: Element) -> str:
    return etree.QName(element).localname.lower()
