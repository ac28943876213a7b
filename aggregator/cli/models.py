"""`broadsheet models`: which model reads the entries, how far it has come, and which one suits this machine."""

from __future__ import annotations

import re
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.console import command, table

if TYPE_CHECKING:
    from aggregator.cli.console import Console

MIB = 1024 * 1024
_LANGUAGE = re.compile(r'\blanguage="([A-Za-z-]{2,20})"')
_AVAILABLE = re.compile(r"^MemAvailable:\s+(\d+) kB$", re.MULTILINE)


@command(name="models")
@click.option(
    "--choose",
    type=click.Path(path_type=Path),
    metavar="FILE.opml",
    help="Say what suits this machine and these sources, and nothing else.",
)
def models(console: Console, choose: Path | None) -> None:
    """Say which model reads the entries and how far it has come."""
    from aggregator.services.models import choose_engine, model_state  # noqa: PLC0415  # SQLAlchemy

    if choose is not None:
        text = choose.read_text(encoding="utf-8", errors="replace") if choose.is_file() else ""
        engine, why = choose_engine(
            memory_mib=_free_memory(),
            disk_mib=shutil.disk_usage(Path.cwd()).free // MIB,
            languages=set(_LANGUAGE.findall(text)),
        )
        console.show({"engine": engine.value, "why": why}, [f"{engine.value} {why}"])
        return
    with console.desk() as (desk, actor):
        state = model_state(desk, actor)
    rows = [("engine", state.engine.value), ("model", state.current or "none yet")]
    rows += [
        ("read", f"{state.given - state.unread}"),
        ("cannot be read", f"{state.unread}"),
        ("waiting", f"{state.left}"),
    ]
    for card in state.cards:
        rows.append((card.name, f"{card.engine.value}, {card.licence}, {card.id}, reads {' '.join(card.languages)}"))
        rows += [("", f"{what}: {value}") for what, value in card.measured]
    console.show(asdict(state), table(rows))


def _free_memory() -> int:
    try:
        found = _AVAILABLE.search(Path("/proc/meminfo").read_text(encoding="ascii"))
    except OSError:
        found = None
    return int(found[1]) // 1024 if found else 0
