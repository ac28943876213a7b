"""`broadsheet settings`: every setting, with secrets masked."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aggregator.cli.console import command
from aggregator.settings import OPTIONS, PREFIX

if TYPE_CHECKING:
    from aggregator.cli.console import Console
    from aggregator.settings import Settings

MASKED = "(set, not shown)"


@command(name="settings")
def settings(console: Console) -> None:
    """Show every setting, with secrets masked."""
    values = {field.name: _shown(console.settings, field.name) for field in fields(console.settings)}
    lines = []
    for name, value in values.items():
        lines += [f"{name} = {_written(value)}", f"    {OPTIONS[name].sentence} ({PREFIX}{name.upper()})"]
    console.show(values, lines)


def _shown(held: Settings, name: str) -> Any:
    value = getattr(held, name)
    if OPTIONS[name].secret and value:
        return MASKED
    if isinstance(value, Path):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _written(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(value) or "(none)"
    return str(value) if value != "" else "(empty)"
