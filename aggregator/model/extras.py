"""What a publisher may tell of an entry besides what nearly all tell: kept together, as most entries have none of it.

A new field: give it a default here; where it holds values of ours, add a line to _VALUES. It then travels between
processes and is stored by itself. What a document says of it is cleaned in sources/extras.py.
None of it is a column of any ranking, and nothing that counts people is among it (ranking.md, promise 1).
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a recording, from `start` on, in seconds."""

    start: int
    title: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is said in a recording, as a file."""

    url: str
    type: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where on Earth an entry belongs. Degrees, north and east positive; both or neither are told."""

    name: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that comes with an entry, and what its publisher says is to be seen."""

    url: str
    description: str


@dataclass(frozen=True, slots=True)
class Extras:
    """The rest of a publisher's word about one entry. Addresses are absolute, texts are plain lines."""

    chapters: tuple[Chapter, ...] = ()
    chapters_file: str | None = None
    transcripts: tuple[Transcript, ...] = ()
    seconds: int | None = None  # how long the recording is
    season: int | None = None
    episode: int | None = None
    explicit: bool = False  # only where the publisher says that it is
    place: Place | None = None
    licence: str | None = None  # its address, or its name where it has none
    pictures: tuple[Picture, ...] = ()
    unsubscribe: str | None = None  # of a newsletter: acts for all who read it here
    boosted_by: tuple[str, ...] = ()  # names of those who passed it on to us; none where its author's own
    warning: str | None = None  # of what it shows; "" where it only says that it is sensitive
    in_reply_to: str | None = None  # the post it answers
    quote: str | None = None  # the post it quotes
    reserved: bool = False  # its author did not agree to its being found by search


NO_EXTRAS = Extras()

_DEFAULTS = {f.name: f.default for f in fields(Extras)}
_VALUES: dict[str, type] = {"chapters": Chapter, "transcripts": Transcript, "place": Place, "pictures": Picture}


def told_of(extras: Extras) -> dict[str, Any]:
    """Return what is told as plain values by name: rows for values of ours, nothing for defaults."""
    if extras is NO_EXTRAS:
        return {}
    values = {name: getattr(extras, name) for name in _DEFAULTS}
    return {name: _plain(value) for name, value in values.items() if value != _DEFAULTS[name]}


def extras_of(told: Mapping[str, Any]) -> Extras:
    """Undo told_of; lists may have taken the place of tuples. Names of a newer release are passed over."""
    if not told:
        return NO_EXTRAS
    return Extras(**{name: _value(name, plain) for name, plain in told.items() if name in _DEFAULTS})


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return astuple(value) if is_dataclass(value) and not isinstance(value, type) else value


def _value(name: str, plain: Any) -> Any:
    made = _VALUES.get(name)
    if made is None:
        return tuple(plain) if isinstance(plain, list) else plain
    return tuple(made(*row) for row in plain) if isinstance(_DEFAULTS[name], tuple) else made(*plain)
