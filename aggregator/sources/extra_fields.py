"""What the elements of podcasts, places, licences and described pictures say: they fill RawEntry.extras.

Podcasting 2.0 (podcastindex.org/namespace/1.0), Podlove Simple Chapters, iTunes, GeoRSS Simple and GML, W3C geo,
creativeCommons and cc. Of several that mean one thing the first counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.sources.xmltext import name_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregator.sources.raw import RawEntry
    from aggregator.sources.xmltext import Element

_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"


def _first(name: str) -> Callable[[RawEntry, Element], None]:
    """Return a reader that keeps an element's text under a name."""

    def read(entry: RawEntry, element: Element) -> None:
        text = text_of(element)
        if text:
            entry.extras.setdefault(name, text)

    return read


def _chapters(entry: RawEntry, element: Element) -> None:
    if "chapters" not in entry.extras:
        entry.extras["chapters"] = [
            (child.get("start") or "", child.get("title") or "", child.get("href"))
            for child in element
            if name_of(child) == "psc:chapter"
        ]


def _chapters_file(entry: RawEntry, element: Element) -> None:
    if address := element.get("url"):
        entry.extras.setdefault("chapters_file", address)


def _transcript(entry: RawEntry, element: Element) -> None:
    if address := element.get("url"):
        told = (address, element.get("type"), element.get("language"))
        entry.extras.setdefault("transcripts", []).append(told)


def _licence(entry: RawEntry, element: Element) -> None:
    told = element.get("url") or element.get(_RESOURCE) or element.get("href") or text_of(element)
    if told:
        entry.extras.setdefault("licence", told)


def licence_link(entry: RawEntry, address: str) -> None:
    """Keep the address of a link whose relation is `license` (RFC 4946)."""
    entry.extras.setdefault("licence", address)


def _place_name(entry: RawEntry, element: Element) -> None:
    if text := text_of(element):
        _place(entry).setdefault("name", text)


def _location(entry: RawEntry, element: Element) -> None:
    _place_name(entry, element)
    latitude, _, longitude = (element.get("geo") or "").removeprefix("geo:").partition(";")[0].partition(",")
    _put_point(entry, latitude, longitude.partition(",")[0])


def _point(entry: RawEntry, element: Element) -> None:
    if name := element.get("featurename"):
        _place(entry).setdefault("name", name)
    parts = (text_of(element) or "").replace(",", " ").split()
    if len(parts) == 2:  # noqa: PLR2004  # latitude and longitude
        _put_point(entry, *parts)


def _where(entry: RawEntry, element: Element) -> None:
    for child in element.iterdescendants():
        if isinstance(child.tag, str) and name_of(child) == "gml:pos":
            _point(entry, child)


def _latitude(entry: RawEntry, element: Element) -> None:
    _place(entry).setdefault("latitude", text_of(element) or "")


def _longitude(entry: RawEntry, element: Element) -> None:
    _place(entry).setdefault("longitude", text_of(element) or "")


def _geo_point(entry: RawEntry, element: Element) -> None:
    for child in element:
        {"geo:lat": _latitude, "geo:long": _longitude}.get(name_of(child), _nothing)(entry, child)


def _nothing(_entry: RawEntry, _element: Element) -> None:
    """Pass an element over."""


def _put_point(entry: RawEntry, latitude: str, longitude: str) -> None:
    if latitude and longitude and "latitude" not in _place(entry):
        _place(entry).update(latitude=latitude, longitude=longitude)


def _place(entry: RawEntry) -> dict[str, str]:
    place: dict[str, str] = entry.extras.setdefault("place", {})
    return place


def picture(entry: RawEntry, address: str, element: Element) -> None:
    """Keep what a picture's element says of what is to be seen."""
    for child in element:
        if name_of(child) == "media:description" and (text := text_of(child)):
            entry.extras.setdefault("pictures", []).append((address, text))


EXTRA_FIELDS: dict[str, Callable[[RawEntry, Element], None]] = {
    "cc:license": _licence,
    "creativecommons:license": _licence,
    "dcterms:license": _licence,
    "geo:lat": _latitude,
    "geo:long": _longitude,
    "geo:point": _geo_point,
    "georss:featurename": _place_name,
    "georss:point": _point,
    "georss:where": _where,
    "itunes:duration": _first("seconds"),
    "itunes:episode": _first("episode"),
    "itunes:explicit": _first("explicit"),
    "itunes:season": _first("season"),
    "media:license": _licence,
    "podcast:chapters": _chapters_file,
    "podcast:episode": _first("episode"),
    "podcast:license": _licence,
    "podcast:location": _location,
    "podcast:season": _first("season"),
    "podcast:transcript": _transcript,
    "psc:chapters": _chapters,
}
