"""`broadsheet why`: why an entry stands where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aggregator.cli.console import Instant, command
from aggregator.services import reading
from aggregator.services.pages import OutOfScope
from aggregator.services.shapes import why_shape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from aggregator.cli.console import Console
    from aggregator.services.pages import EntryPage, Standing

_OUT_OF_SCOPE = {
    OutOfScope.TOO_OLD: "It is older than this list goes back.",
    OutOfScope.NOT_ARRIVED: "It came after the instant looked at.",
    OutOfScope.CUT: "The list has more entries than can be ranked, and newer ones than this.",
    OutOfScope.NOT_FOUND: "The search that the list keeps does not find it.",
    OutOfScope.OTHER_SOURCES: "The list draws from other sources, folders or languages.",
}


@command(name="why")
@click.argument("entry")
@click.option("--list", "slug", required=True, metavar="LIST", help="In this list.")
@click.option("--rule", metavar="RULE", help="Under this rule; otherwise under the list's own.")
@click.option("--at", type=Instant(), metavar="T", help="As it stood at T.")
@click.option("--what-if", is_flag=True, help="And where it would stand without each line.")
def why(console: Console, entry: str, slug: str, rule: str | None, at: datetime | None, *, what_if: bool) -> None:
    """Say why an entry stands where it stands.

    ENTRY is its id or its link.
    """
    with console.desk() as (desk, actor):
        uid = reading.find_uid(desk, actor, entry)
        page = reading.entry_page(desk, actor, uid, slug, rule=rule, at=at, what_if=what_if)
    standing = page.standing
    if standing is not None:  # a list was named, so there is one
        console.show(why_shape(uid, standing), _lines(page, standing))


def _lines(page: EntryPage, standing: Standing) -> Iterator[str]:
    yield page.seen.entry.title
    if page.seen.entry.published is None:
        yield "Its feed gives no date: its age counts from when it was first seen here."
    yield from _place(standing)
    told = standing.explanation or standing.absence
    for term in told.terms if told else ():
        yield f"  {_tenths(term.tenths):>8}  {term.id}: {term.value_text or 'not known'}. {term.why}"
    if told:
        yield f"  {_tenths(told.total_tenths):>8}  in all"
    if standing.explanation:
        for move in standing.explanation.moves:
            why = move.why or "The line could not be kept here: nothing that fits better was waiting."
            yield f"  {move.step}: from {move.from_} to {move.to}. {why}"
    for without, position in standing.what_if or ():
        yield f"  without {without}: {position or 'not in the order'}"


def _place(standing: Standing) -> Iterator[str]:
    name = f"{standing.rule.title}, version {standing.rule.number}"
    if standing.explanation:
        told = standing.explanation
        yield f"Place {told.position} by {name}; by time alone it would stand {told.newest_first_position}."
    elif standing.absence:
        yield f"{standing.absence.place} by {name}."
        for line, reason in standing.absence.lines:
            yield f"  left out by {line}: {reason}"
    elif standing.out_of_scope:
        yield _OUT_OF_SCOPE[standing.out_of_scope]


def _tenths(tenths: int) -> str:
    return f"{'-' if tenths < 0 else ''}{abs(tenths) // 10}.{abs(tenths) % 10}"
