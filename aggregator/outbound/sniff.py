"""What kind of picture or sound some bytes are, by their first bytes and nothing else (safety 28)."""

from __future__ import annotations

from typing import Final

_STARTS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_AUDIO_STARTS: Final = (
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "audio/webm"),
)
_MPEG_LAYERS: Final = 0b110
_FRAME_SYNC: Final = 0xFFE0  # eleven bits
_AVIF_BRANDS: Final = (b"avif", b"avis")


def sniff_image(data: bytes) -> str | None:
    """Return the media type of a raster picture; None for anything else, SVG and HTML among it."""
    for start, kind in _STARTS:
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp" and data[8:12] in _AVIF_BRANDS:
        return "image/avif"
    return None


def sniff_audio(data: bytes) -> str | None:
    """Return the media type of a sound file by its beginning; None for anything else. Needs twelve bytes."""
    for start, kind in _AUDIO_STARTS:
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "audio/wav"
    if data[4:8] == b"ftyp" and data[8:12] not in _AVIF_BRANDS:
        return "audio/mp4"
    if len(data) > 1 and int.from_bytes(data[:2]) & _FRAME_SYNC == _FRAME_SYNC:
        return "audio/mpeg" if data[1] & _MPEG_LAYERS else "audio/aac"  # AAC says layer 0
    return None
