"""What comes from servers that stewards keep out is not taken in, whoever passes it on. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aggregator.text.address import is_beneath

if TYPE_CHECKING:
    from aggregator.model.entry import EntryData


def without(arriving: tuple[EntryData, ...], domains: frozenset[str]) -> tuple[EntryData, ...]:
    """Return the entries that are not of these domains; what they quote from there is not named either."""
    if not domains:
        return arriving
    kept = (each for each in arriving if not is_beneath(each.guid or "", domains))
    return tuple(_without_quote(each, domains) for each in kept)


def _without_quote(data: EntryData, domains: frozenset[str]) -> EntryData:
    if data.extras.quote is None or not is_beneath(data.extras.quote, domains):
        return data
    return replace(data, extras=replace(data.extras, quote=None))
