"""`broadsheet search`: find entries by their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aggregator.cli.console import command
from aggregator.errors import BadInputError
from aggregator.services import searching, sensing
from aggregator.services.shapes import found_shape

if TYPE_CHECKING:
    from aggregator.cli.console import Console

PATIENCE = 10.0
"""Seconds a command waits for the model, which may still be loading."""


@command(name="search")
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--limit", type=click.IntRange(1, 1_000), default=50, show_default=True, metavar="N", help="At most so many."
)
@click.option("--semantic", is_flag=True, help="By words and by meaning, the best first; needs a running worker.")
def search(console: Console, words: tuple[str, ...], limit: int, semantic: bool) -> None:  # noqa: FBT001  # click
    """Find entries by their words.

    They hold all of WORDS: "quoted" for a phrase, a final * for a beginning.
    """
    asked = " ".join(words)
    with console.desk() as (desk, actor):
        if semantic:
            page = sensing.search_by_sense(desk, actor, asked, limit=limit, wait=PATIENCE)
        else:
            page = searching.search(desk, actor, asked, limit=limit)
    if page.problem:
        raise BadInputError(asked.strip() or "search", page.problem)
    shapes = [found_shape(found) for found in page.items]
    lines: list[str] = []
    for shape in shapes:
        lines += [f"{shape['id']}  {shape['title']}", f"    {shape['snippet']}"]
    if semantic and not page.by_sense:
        click.echo("There is no worker with a model to ask: these are found by words alone.", err=True)
    console.show(shapes, lines or ["Nothing found."])
