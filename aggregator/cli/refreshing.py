"""How what needs the network is done: by the running worker, which is asked and waited for, or here where none runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aggregator.errors import BusyError, ConflictError
from aggregator.model.ports import RefreshReport
from aggregator.services import discovering, subscribing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from aggregator.cli.console import Console
    from aggregator.model.discovery import Discovery
    from aggregator.model.ids import FeedId
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk

LONGEST = 24 * 3600.0
"""Seconds waited for the worker: thousands of sources at one a second on one host take hours."""


def refresh_sources(console: Console, *, everything: bool, now: datetime | None) -> RefreshReport:
    """Refresh what is due, or everything. Raises ConflictError where `now` is given and a worker runs."""
    if now is not None:
        console = replace(console, settings=replace(console.settings, clock=now.isoformat()))
    with console.desk() as (desk, actor):
        wanted = None if everything else subscribing.due_sources(desk, actor)
        if wanted == ():
            return RefreshReport()
        if _worker_runs(desk):
            if now is not None:
                raise ConflictError("--now", "a worker is running, and it keeps its own clock; stop it first")
            return _ask(desk, actor, wanted)
        return _refresh_here(desk, wanted)


def find_feeds(desk: Desk, actor: Actor, address: str) -> Discovery:
    """Find the feeds at an address. Raises BadInputError, and BusyError while its site is to be left alone."""
    return discovering.discover(desk, actor, address, without_worker=_discover_here)


def _worker_runs(desk: Desk) -> bool:
    try:
        desk.ask.ping()
    except BusyError:
        return False
    return True


def _ask(desk: Desk, actor: Actor, wanted: Sequence[FeedId] | None) -> RefreshReport:
    report = subscribing.refresh(desk, actor, wanted, wait=LONGEST)
    if report is None:
        raise BusyError("the worker", retry_after=60)
    return report


def _refresh_here(desk: Desk, wanted: Sequence[FeedId] | None) -> RefreshReport:
    from aggregator.worker.once import refresh  # noqa: PLC0415  # the outward client and the parsers

    return refresh(desk, wanted)


def _discover_here(desk: Desk, address: str) -> Discovery:
    from aggregator.worker.once import discover  # noqa: PLC0415  # the outward client and the parsers

    return discover(desk, address)
