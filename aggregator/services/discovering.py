"""Finding the feeds of whatever address a person pastes: a page, a profile, a site, or a feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.errors import BadInputError, BusyError, FetchError
from aggregator.model.discovery import DiscoveredFeed, Discovery, Tried
from aggregator.outbound.guard import check_url, private_hosts
from aggregator.services.health import fault_sentence
from aggregator.services.rights import Right, require
from aggregator.sources.places import pasted_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk

WAIT = 30.0
"""Seconds somebody waits for it, who has pasted an address and looks on."""


def discover(
    desk: Desk, actor: Actor, address: str, *, without_worker: Callable[[Desk, str], Discovery] | None = None
) -> Discovery:
    """Find the feeds at an address, through the worker; faults are in what was tried.

    Where no worker answers, `without_worker` looks instead; without it the address is given back as if it were a feed,
    unasked: what is there shows once a worker fetches it. Raises BadInputError for what is no address, and BusyError
    while its site is to be left alone.
    """
    require(actor, Right.CHANGE_SOURCES)
    try:
        url = check_url(pasted_address(address), private_hosts(desk.settings.allow_private_hosts)).url
    except FetchError as exc:
        raise BadInputError("address", fault_sentence(exc.fault)) from exc
    if not _worker_answers(desk):
        return without_worker(desk, url) if without_worker else Discovery(url, (DiscoveredFeed(url),))
    try:
        return desk.ask.discover(url, wait=WAIT)
    except FetchError as exc:
        return Discovery(url, (), (Tried(url, exc.fault),))


def _worker_answers(desk: Desk) -> bool:
    try:
        desk.ask.ping()
    except BusyError:
        return False
    return True
