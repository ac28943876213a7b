"""A linear guard before the sanitizer, whose time grows with the square of the nesting depth (safety 22).

Tags deeper than DEEPEST are taken out and their text stays. The count follows the HTML parser closely enough that
its tree is never deeper than a few times DEEPEST: an end tag counts only where it closes what is open, tags that
close each other by themselves (p, li, td …) are not counted at all.
"""

from __future__ import annotations

import re

DEEPEST = 200
_MOST_REOPENED = 50_000  # formatting elements the parser would open again, summed over all blocks

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)[^<>]*>?")
_VOID_TAGS = "area base br col embed hr img input link meta param source track wbr"
_CLOSING_EACH_OTHER_TAGS = "p li dd dt tr td th thead tbody tfoot caption colgroup option optgroup rb rt rtc rp"
_FORMATTING_TAGS = "a b big code em font i nobr s small strike strong tt u"
_OTHER_INLINE_TAGS = "abbr acronym bdi bdo cite data del dfn ins kbd label mark q ruby samp span sub sup time var"
_UNCOUNTED = frozenset((_VOID_TAGS + " " + _CLOSING_EACH_OTHER_TAGS).split())
_FORMATTING = frozenset(_FORMATTING_TAGS.split())
_INLINE = _FORMATTING | frozenset(_OTHER_INLINE_TAGS.split())
_BARRIERS = frozenset(("applet", "marquee", "object", "table", "template"))


def limit_nesting(html: str) -> str | None:
    """Take out tags nested deeper than DEEPEST. None where unclosed formatting would multiply without end.

    Needed only where there are more than DEEPEST tags.
    """
    open_tags: list[str] = []
    formatting = reopened = copied = 0
    kept: list[str] = []
    for tag in _TAG.finditer(html):
        name = tag.group(2).lower()
        if name in _UNCOUNTED:
            reopened += formatting
        elif tag.group(1):
            closed = _close(open_tags, name)
            formatting -= sum(closed_name in _FORMATTING for closed_name in closed)
            if not closed and name not in _INLINE:
                reopened += formatting
        elif len(open_tags) >= DEEPEST:
            kept.append(html[copied : tag.start()])
            copied = tag.end()
        else:
            open_tags.append(name)
            if name in _FORMATTING:
                formatting += 1
            else:
                reopened += formatting
        if reopened > _MOST_REOPENED and formatting > 1:
            return None
    return "".join([*kept, html[copied:]])


def _close(open_tags: list[str], name: str) -> list[str]:
    """Take off what an end tag closes: inline only the innermost, a block all that is open within it."""
    if open_tags and open_tags[-1] == name:
        return [open_tags.pop()]
    if name in _INLINE:
        return []
    for place in range(len(open_tags) - 1, -1, -1):
        if open_tags[place] == name:
            closed = open_tags[place:]
            del open_tags[place:]
            return closed
        if open_tags[place] in _BARRIERS:
            break
    return []
