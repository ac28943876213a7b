"""`broadsheet feeds`: the sources."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli import faults
from aggregator.cli.console import Instant, command, table
from aggregator.cli.refreshing import find_feeds, refresh_sources
from aggregator.errors import BusyError, NotFoundError
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.job import ItemState, JobState
from aggregator.services import importing, keys, neighbour, subscribing
from aggregator.services.health import fault_sentence
from aggregator.services.shapes import discovery_shape, feed_shape, health_shape, job_shape, report_shape, traffic_shape

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.cli.console import Console
    from aggregator.model.ids import JobId
    from aggregator.model.job import Job, JobItem
    from aggregator.model.member import Actor
    from aggregator.model.traffic import Traffic
    from aggregator.services.desk import Desk

OPML = click.Path(path_type=Path, exists=True, dir_okay=False)
UNREACHED = frozenset({FaultCode.DNS, FaultCode.CONNECT, FaultCode.TLS, FaultCode.TIMEOUT})
LOOK_EVERY = 0.2
"""Seconds between two looks at a job that the worker runs."""


@click.group()
def feeds() -> None:
    """Add, list, refresh, import and export sources, and see how fetching goes."""


@command(feeds, "add")
@click.argument("url")
@click.option("--folder", metavar="PATH", help="File it under this folder, such as News/Local.")
@click.option("--title", help="Your own title for it.")
@click.option("--as-is", is_flag=True, help="Take URL for the feed's own address and do not look what is there.")
def add(console: Console, url: str, folder: str | None, title: str | None, *, as_is: bool) -> int:
    """Subscribe to the feed at URL, or to the one that the page, profile or site at URL has.

    Where it has several they are listed, and nothing is changed.
    """
    with console.desk() as (desk, actor):
        address = url if as_is else _only_feed_at(console, desk, actor, url)
        if address is None:
            return faults.WRONG_USE
        source = subscribing.add_source(desk, actor, address, folder=folder, title=title)
    console.show(feed_shape(source), [f"Subscribed to {source.feed.address}."])
    return faults.DONE


@command(feeds, "list")
def list_(console: Console) -> None:
    """Show the sources with when they were fetched last and what is wrong."""
    with console.desk() as (desk, actor):
        shapes = [feed_shape(source) for source in subscribing.sources(desk, actor)]
    rows = [
        (str(s["id"]), str(s["entries"]), s["last_ok"] or "never", s["folder"] or "-", s["title"], s["url"])
        for s in shapes
    ]
    console.show(shapes, table([("id", "entries", "last good", "folder", "title", "address"), *rows]))


@command(feeds, "source")
@click.argument("url")
@click.option("--source", metavar="KEY", help="Count it as this source; empty for the one proposed from its site.")
@click.option("--owner", metavar="KEY", help="The owner whose source it is; empty for the source itself.")
def source_(console: Console, url: str, source: str | None, owner: str | None) -> None:
    """Say what the feed at URL counts as in rules and in who has room; without options, show it."""
    with console.desk() as (desk, actor):
        feed = keys.source_at(desk, actor, url).feed
        if source is not None or owner is not None:
            told = feed.source if source is None else source
            theirs = owner if owner is not None else feed.owner if feed.owner != feed.source else ""
            keys.set_keys(desk, actor, feed.id, source=told, owner=theirs)
            feed = keys.source_at(desk, actor, url).feed
    shape = {"url": feed.address, "source": feed.source, "owner": feed.owner}
    console.show(shape, [f"{feed.address} counts as {feed.source}, of {feed.owner}."])


@command(feeds, "health")
def health(console: Console) -> int:
    """Show how fetching goes, failing sources first, and what was asked of others today."""
    with console.desk() as (desk, actor):
        held = sorted(subscribing.sources(desk, actor), key=lambda source: -source.feed.health.streak)
        shapes = [health_shape(source) for source in held]
        today = neighbour.account(desk, actor).of(desk.clock.now().date())
    lines = [f"Asked of others today (UTC): {_counts(today)}."]
    for shape in shapes:
        state = "paused" if shape["paused"] else f"{shape['failures']} failures" if shape["failures"] else "well"
        lines.append(f"{state}: {shape['title']} <{shape['url']}>")
        if shape["error"]:
            lines.append(
                f"    {shape['error']} Last good {shape['last_ok'] or 'never'}, next {shape['next'] or 'never'}."
            )
    console.show(shapes, lines)
    return faults.DONE


@command(feeds, "traffic")
def traffic(console: Console) -> None:
    """Show what was asked of others in the last seven days, by day and by domain."""
    with console.desk() as (desk, actor):
        account = neighbour.account(desk, actor)
    rows = [*((day.isoformat(), counts) for day, counts in account.days), *account.domains]
    console.show(traffic_shape(account), [f"{name}: {_counts(counts)}" for name, counts in rows])


@command(feeds, "refresh")
@click.option("--all", "everything", is_flag=True, help="Fetch every source, due or not.")
@click.option("--now", type=Instant(), metavar="T", help="Work as if it were T; for tests and looks at past days.")
def refresh(console: Console, *, everything: bool, now: datetime | None) -> int:
    """Fetch the sources that are due, through the running worker or, without one, here."""
    report = refresh_sources(console, everything=everything, now=now)
    shape = report_shape(report)
    console.show(
        shape,
        [
            f"{report.fetched} fetched, {report.not_modified} not modified, {report.failed} failed;",
            f"{report.entries_new} new entries, {report.entries_changed} changed.",
        ],
    )
    # A source that fails is told by `feeds health`; the refresh itself was done.
    return faults.DONE


@command(feeds, "full-text")
@click.argument("url")
@click.option("--on/--off", "on", required=True, help="Fetch whole texts from now on, or stop to.")
def full_text(console: Console, url: str, *, on: bool) -> None:
    """Fetch the whole text of entries from their pages for the feed at URL, where the site's robots.txt allows it."""
    with console.desk() as (desk, actor):
        found = next((each for each in subscribing.sources(desk, actor) if each.feed.address == url), None)
        if found is None:
            raise NotFoundError("feed", url)
        subscribing.set_full_text(desk, actor, found.feed.id, on=on)
    said = (
        "The newest and all coming entries are fetched with their whole text." if on else "Entries stay as they come."
    )
    console.show({"url": url, "full_text": on}, [said])


@command(feeds, "import")
@click.argument("file", type=OPML)
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
def import_(console: Console, file: Path, *, dry_run: bool) -> int:
    """Import the sources of an OPML file. Twice changes nothing."""
    data = file.read_bytes()
    with console.desk() as (desk, actor):
        if dry_run:
            found = importing.preview(desk, actor, data)
            told = job_shape(found.counts, found.recovered, found.items)
            console.show(told, [*_lines(found.counts, found.recovered, found.items), "Nothing was changed."])
            return faults.DONE
        job_id = importing.start_import(desk, actor, file.name, data)
        job = _finish(console, desk, actor, job_id)
        counts = importing.counts(desk, actor, job_id)
        items = importing.job_items(desk, actor, job_id, limit=job.total or 1)
    console.show(
        {"job": job.id, "state": job.state} | job_shape(counts, job.notes, items), _lines(counts, job.notes, items)
    )
    return faults.DONE if job.state is JobState.DONE else faults.FAULT


@command(feeds, "export")
def export(console: Console) -> None:
    """Write the sources as OPML to standard output."""
    with console.desk() as (desk, actor):
        data = importing.export_opml(desk, actor)
        left_out = importing.left_out_of_export(desk, actor)
    for address in left_out:
        console.progress(f"left out, it holds a secret: {address}")
    if console.json:
        console.show({"opml": data.decode(), "left_out": list(left_out)}, ())
    else:
        click.echo(data, nl=False)


def _counts(counts: Traffic) -> str:
    return (
        f"{counts.requests} requests, {counts.unchanged_percent} % not modified, {counts.failed} failed, "
        f"{counts.bytes / 1e6:.1f} MB"
    )


def _only_feed_at(console: Console, desk: Desk, actor: Actor, url: str) -> str | None:
    """Find the one feed at an address; where there is none, or a choice, say so."""
    found = find_feeds(desk, actor, url)
    if len(found.feeds) == 1:
        return found.feeds[0].address
    if not found.feeds and all(tried.fault and tried.fault.code in UNREACHED for tried in found.tried):
        console.progress(f"{found.asked} could not be asked just now; subscribing to it as it is")
        return found.asked
    if found.feeds:
        head = f"{len(found.feeds)} feeds are there; add the one you mean, with --as-is:"
        rows = [(feed.address, feed.title or "") for feed in found.feeds]
    else:
        head = "No feed was found there. This was tried:"
        rows = [(t.address, fault_sentence(t.fault) if t.fault else "names no feed") for t in found.tried]
    console.show(discovery_shape(found), [head, *table(rows)])
    return None


def _finish(console: Console, desk: Desk, actor: Actor, job_id: JobId) -> Job:
    """See an import to its end: the worker runs it, or we do where there is none, or none any more."""
    while (job := importing.job(desk, actor, job_id)).ended is None:
        try:
            desk.ask.ping()
        except BusyError:
            importing.run_waiting(desk, progress=lambda done, total: console.progress(f"{done} of {total}"))
        else:
            console.progress(f"{job.done} of {job.total}")
            time.sleep(LOOK_EVERY)
    return job


def _lines(counts: importing.ImportCounts, notes: tuple[str, ...], items: tuple[JobItem, ...]) -> list[str]:
    lines = [
        (
            f"{len(items)} found: {counts.new} new, {counts.already} already had, {counts.merged} merged, "
            f"{counts.refused} refused."
        )
    ]
    lines += [f"Mended: {note}" for note in notes]
    lines += [f"Merged: {item.address} is {item.note}" for item in items if item.state is ItemState.MERGED]
    lines += [
        f"Refused: {item.address}: {fault_sentence(Fault(FaultCode(item.note or '')))}"
        for item in items
        if item.state is ItemState.REFUSED
    ]
    return lines
