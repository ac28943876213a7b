from __future__ import annotations

import pytest

from web.security import safe_next

LEAVE = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/%2fevil.example",
    "/%2Fevil.example", "/%5cevil.example", "/%5Cevil.example", "https://evil.example", "http:evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "evil.example", "evil.example/path", "",
    None, " /lists", "\t//evil.example", "/\t/evil.example", "/\n/evil.example", "/\r\nSet-Cookie: a=b", "/x\x00",
    "/x\x7f", "/a//b", "/..//evil.example", "/./\\evil", "?next=/x", "#here", "./x", "../x", "mailto:a@b", "/\u2028x",
    "/x y", "/\u00e9", "/\uff0fevil.example", "@evil.example", "/x?u=//evil.example", "/x?u=%2f%2fevil.example",
    "/x#\\evil", "ftp://evil.example", ":80", "https:///evil.example", "/%2F%2Fevil.example",
]  # fmt: skip


@pytest.mark.parametrize("target", LEAVE)
def test_safety_37_next_never_leaves_the_instance(target):
    assert safe_next(target, "/home") == "/home"


@pytest.mark.parametrize(
    "target", ["/", "/lists/front-page", "/lists/front-page?at=2026-11-22T12:00:00Z&v=5", "/entries/0a#why"]
)
def test_a_path_of_our_own_is_followed(target):
    assert safe_next(target, "/home") == target


def test_there_are_forty_vectors():
    assert len(LEAVE) >= 40
