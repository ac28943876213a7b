from __future__ import annotations

import pytest

from aggregator.outbound.sniff import sniff_image


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"GIF87arest", "image/gif"),
        (b"GIF89arest", "image/gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x20ftypavif\0\0\0\0", "image/avif"),
        (b"\0\0\0\x20ftypavis\0\0\0\0", "image/avif"),
        (b"", None),
        (b"GIF", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"<?xml version='1.0'?><svg/>", None),
        (b"<!DOCTYPE html><img src=x>", None),
        (b" \x89PNG\r\n\x1a\n", None),
        (b"RIFF\x10\0\0\0WAVEfmt ", None),
        (b"\0\0\0\x20ftypisom\0\0\0\0", None),
        (b"%PDF-1.7", None),
        (b"BM\x10\0\0\0", None),
    ],
)
def test_safety_28_only_raster_pictures_are_known_by_their_bytes(data, kind):
    assert sniff_image(data) == kind
