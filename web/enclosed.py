"""The files that come with an entry as they stand in its page: sound with a player, film as a picture and a link."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aggregator.services import media
from web.door import desk
from web.pictures import SCHEMES, picture_path

if TYPE_CHECKING:
    from aggregator.model.entry import Body, Enclosure, Entry
    from aggregator.model.extras import Picture

SOUND = (".mp3", ".m4a", ".ogg", ".oga", ".opus", ".flac", ".wav", ".aac")
FILM = (".mp4", ".m4v", ".webm", ".mov", ".mkv", ".ogv")


@dataclass(frozen=True, slots=True)
class EnclosedFile:
    """One file. `listen` is the path of its sound on this instance, `picture` that of what stands for a film."""

    file: Enclosure
    listen: str | None = None
    film: bool = False
    picture: str | None = None


def enclosed_files(entry: Entry) -> tuple[EnclosedFile, ...]:
    """Give the files of an entry in the publisher's order."""
    picture = picture_path(entry.image) if entry.image else None
    return tuple(_enclosed(file, picture) for file in entry.enclosures)


def described_pictures(entry: Entry, body: Body) -> tuple[tuple[str, Picture], ...]:
    """Give the pictures whose publisher says what is to be seen, with their paths here, unless the body has them."""
    text = body.content_html or body.summary_html
    paths = ((picture_path(one.url), one) for one in entry.extras.pictures if escape(one.url) not in text)
    return tuple((path, one) for path, one in paths if path)


def _enclosed(file: Enclosure, picture: str | None) -> EnclosedFile:
    kind = _kind(file)
    if kind == "audio" and file.url.lower().startswith(SCHEMES) and len(file.url) <= media.ADDRESS_LENGTH:
        return EnclosedFile(file, listen=media.sign_audio(desk(), file.url), picture=picture)
    return EnclosedFile(file, film=kind == "video", picture=picture if kind == "video" else None)


def _kind(file: Enclosure) -> str:
    """Return "audio", "video" or something else: by the declared type, else by the name of the file."""
    told = (file.type or "").partition("/")[0].strip().lower()
    if told in {"audio", "video", "image", "text"}:
        return told
    name = urlsplit(file.url).path.lower()
    return "audio" if name.endswith(SOUND) else "video" if name.endswith(FILM) else told
