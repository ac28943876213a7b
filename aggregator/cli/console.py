"""What every command shares: its options, the desk it opens, and how it says what it found."""

from __future__ import annotations

import functools
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate

import click

from aggregator.errors import BusyError
from aggregator.model.clocks import open_clock
from aggregator.settings import load_settings
from aggregator.wiring import open_desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk
    from aggregator.settings import Settings


@dataclass(frozen=True, slots=True)
class Console:
    """One command's surroundings: its settings, whom it acts as, and whether it speaks JSON."""

    settings: Settings
    json: bool
    member: str | None

    @contextmanager
    def desk(self, *, create: bool = False) -> Iterator[tuple[Desk, Actor]]:
        """Open the instance and say who acts. Raises NotFoundError where there is no instance.

        Beside a running worker the command reads the worker's clock, unless it was given one itself.
        """
        from aggregator.services.accounts import operator  # noqa: PLC0415  # loads the database's libraries

        with open_desk(self.settings, create=create) as desk:
            if not self.settings.clock:
                desk = replace(desk, clock=open_clock(_clock_of_worker(desk)))  # noqa: PLW2901  # the same desk at another time
            yield desk, operator(desk, self.member)

    def show(self, value: Any, lines: Iterable[str]) -> None:
        """Print the result: `value` as JSON, or `lines` for people."""
        if self.json:
            click.echo(json.dumps(value, ensure_ascii=False, indent=2))
            return
        for line in lines:
            click.echo(plain(line))

    def progress(self, sentence: str) -> None:
        """Say on stderr how far long work is."""
        click.echo(plain(sentence), err=True)


def _clock_of_worker(desk: Desk) -> str:
    try:
        return str(desk.ask.ping().get("clock", ""))
    except BusyError:
        return ""


def command(
    group: click.Group | None = None, name: str | None = None
) -> Callable[[Callable[Concatenate[Console, ...], object]], click.Command]:
    """Make a command of a function whose first argument is the Console; adds --data, --json and --as."""

    def wrap(function: Callable[Concatenate[Console, ...], object]) -> click.Command:
        @functools.wraps(function)
        def run(*, data: Path | None, as_json: bool, member: str | None, **options: Any) -> object:
            settings = load_settings(os.environ, {"data": data})
            return function(Console(settings, as_json, member), **options)

        with_options = _options(run)
        return group.command(name)(with_options) if group else click.command(name)(with_options)

    return wrap


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--as", "member", metavar="MEMBER", help="Act as this member; otherwise as the first steward."),
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option(
            "--data", type=click.Path(path_type=Path, file_okay=False), help="Data directory of the instance."
        ),
    ):
        function = option(function)
    return function


def plain(text: str) -> str:
    """Take out of a line what a terminal would obey: titles come from strangers."""
    return "".join(character for character in text if character.isprintable() or character in " \t")


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Write rows in columns, each as wide as its widest cell."""
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(len(rows[0]) if rows else 0)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


class Instant(click.ParamType[datetime]):
    """An option's value that is an instant, such as 2026-02-18T12:00:00Z; without an offset it is UTC."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it, or fail as wrong use."""
        try:
            instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no instant; write 2026-02-18T12:00:00Z", param, ctx)
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
