"""The pages for operators say what the code does, and nothing else."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from pathlib import Path

import click
import pytest

from aggregator.cli import main
from aggregator.settings import OPTIONS, PREFIX, Settings

PAGES = Path(__file__).resolve().parents[3] / "docs" / "operators"


def rows(page):
    """The tables of a page, cell by cell."""
    lines = (PAGES / page).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]


def written(default):
    if default in ("", ()):
        return "empty"
    return f"`{default}`"


def test_every_setting_is_documented_with_name_default_and_sentence():
    documented = {row[0]: row[1:] for row in rows("settings.md")}
    expected = {
        f"`{field.name}`": [f"`{PREFIX}{field.name.upper()}`", written(field.default), OPTIONS[field.name].sentence]
        for field in fields(Settings)
    }
    assert expected == documented


def test_every_setting_has_a_default_and_a_sentence():
    assert {field.name for field in fields(Settings) if field.default is not MISSING} == set(OPTIONS)


def commands(command=main.broadsheet, words=("broadsheet",)):
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from commands(command.get_command(context, name), (*words, name))
    else:
        yield " ".join(words), command


COMMANDS = dict(commands())


def test_every_command_is_documented_and_no_other():
    documented = [row[0].strip("`") for row in rows("commands.md") if row[0].startswith("`broadsheet")]
    assert sorted(COMMANDS) == sorted(documented)


@pytest.mark.parametrize("words", COMMANDS)
def test_every_option_is_documented_and_no_other(words):
    shared = {"--data", "--json", "--as"}
    real = {
        option
        for parameter in COMMANDS[words].params
        if isinstance(parameter, click.Option)
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    line = next(row[1] for row in rows("commands.md") if row[0] == f"`{words}`")
    assert real - shared == set(re.findall(r"--[a-z-]+", line))
