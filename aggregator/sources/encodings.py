"""UTF-8 that was written wrongly: text encoded twice, and Windows-1252 signs passed through as control characters.

Text encoded twice reads "cafÃ©". It is told from text that only looks so by the rest of the document: where all was
encoded twice no accented letter stands alone, since each is the first half of a pair.
"""

from __future__ import annotations

import re

_NO_SIGN = frozenset((0x81, 0x8D, 0x8F, 0x90, 0x9D))  # bytes to which Windows-1252 gives no sign
_SIGNS = {bytes([code]).decode("cp1252"): bytes([code]) for code in range(0x80, 0xA0) if code not in _NO_SIGN}
_SECOND_HALF = "[\u0080-\u00bf" + "".join(_SIGNS) + "]"
_TWICE = re.compile(f"(?:[\u00c2-\u00f4]{_SECOND_HALF}{{1,3}})+")
_ALONE = re.compile(f"[\u00c0-\u00ff](?!{_SECOND_HALF})")
_LIKELY = re.compile(rb"\xc3[\x82-\xa2](?:\xc2[\x80-\xbf]|\xe2\x82\xac)")  # Â, Ã or â with a second half
_CONTROL = re.compile(rb"\xc2[\x80-\x9f]")


def mend_encoding(data: bytes) -> bytes:
    """Decode once what was encoded twice; UTF-8 with nothing to mend comes back as it is."""
    if _LIKELY.search(data):
        text = data.decode("utf-8", "surrogateescape")
        if _ALONE.search(text) is None:
            data = _TWICE.sub(_once, text).encode("utf-8", "surrogateescape")
    return _CONTROL.sub(_sign, data)


def _once(run: re.Match[str]) -> str:
    halves = b"".join(_SIGNS.get(letter) or letter.encode("latin-1") for letter in run.group())
    try:
        return halves.decode("utf-8")
    except UnicodeDecodeError:
        return run.group()


def _sign(control: re.Match[bytes]) -> bytes:
    return bytes([control.group()[1]]).decode("cp1252", "replace").encode("utf-8")
