from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module

import click
import pytest

from aggregator.cli import faults, main
from aggregator.errors import (
    BadDocumentError,
    BadInputError,
    BadSettingError,
    BroadsheetError,
    BusyError,
    ConflictError,
    FetchError,
    NotAllowedError,
    NotFoundError,
    NotSignedInError,
    StorageFullError,
)
from aggregator.model.fault import Fault, FaultCode

HEAVY = ("flask", "numpy", "lxml", "feedparser", "aiohttp", "sqlalchemy", "pysqlite3", "granian", "apscheduler", "nh3")


def python(code, *, environ=None):
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={**os.environ, **(environ or {})}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_help_loads_no_heavy_library():
    code = (
        "import sys\nfrom aggregator.cli.main import run\nassert run(['--help']) == 0\n"
        f"import json\nprint(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    assert [] == json.loads(python(code).splitlines()[-1])


def test_wiring_and_console_load_no_heavy_library():
    code = (
        "import sys, json\nimport aggregator.wiring, aggregator.cli.console, aggregator.cli.up\n"
        f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    assert [] == json.loads(python(code))


@pytest.mark.parametrize("name", main.NOUNS)
def test_line_in_the_table_is_the_commands_own(name):
    noun = main.NOUNS[name]
    found = getattr(import_module(noun.module), noun.name)
    assert noun.line == (found.help or "").partition("\n")[0]


def commands(command=main.broadsheet, path=()):
    """All commands that do something, with their words."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from commands(command.get_command(context, name), (*path, name))
    else:
        yield pytest.param(command, id=" ".join(path))


@pytest.mark.parametrize("command", list(commands()))
def test_every_command_takes_data_and_json(command):
    options = {option for parameter in command.params for option in parameter.opts}
    assert {"--data", "--json", "--as"} <= options


def test_unknown_command_is_wrong_use(broadsheet):
    assert broadsheet("sing").code == faults.WRONG_USE


def test_no_instance_is_told_with_the_way_out(broadsheet, environ):
    done = broadsheet("feeds", "list")
    assert (faults.WRONG_USE, "", True) == (done.code, done.out, f"broadsheet init --data {environ}" in done.err)
    assert not environ.exists()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotFoundError("list", "x"), faults.WRONG_USE),
        (NotAllowedError("x"), faults.WRONG_USE),
        (NotSignedInError("x"), faults.WRONG_USE),
        (BadInputError("x", "y"), faults.WRONG_USE),
        (BadDocumentError("x", "y"), faults.WRONG_USE),
        (BadSettingError("x", "y"), faults.WRONG_USE),
        (ConflictError("x", "y"), faults.WRONG_USE),
        (BusyError("the worker"), faults.FAULT),
        (StorageFullError(), faults.FAULT),
        (FetchError(Fault(FaultCode.DNS)), faults.FAULT),
        (BroadsheetError("x"), faults.FAULT),
    ],
)
def test_our_errors_are_told_in_one_line_and_a_code(broadsheet, monkeypatch, error, code):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("aggregator.cli.console.load_settings", fail)
    done = broadsheet("settings")
    assert (code, "", 1) == (done.code, done.out, done.err.count("\n"))
    assert done.err.startswith("broadsheet: ")


def test_error_of_our_own_making_is_a_fault_and_asks_for_a_report(broadsheet, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("made for this test")

    monkeypatch.setattr("aggregator.cli.console.load_settings", fail)
    done = broadsheet("settings")
    assert (faults.FAULT, True) == (done.code, "please report it" in done.err)


def test_output_that_nobody_reads_is_no_fault(environ):
    code = "from aggregator.cli.main import main; main()"
    done = subprocess.run(
        f"{sys.executable} -c '{code}' settings | head -1; echo ${{PIPESTATUS[0]}}",
        shell=True, executable="/bin/bash", capture_output=True, text=True, check=True,
        env={**os.environ, "BROADSHEET_DATA": str(environ)},
    )  # fmt: skip
    assert (str(faults.DONE), "") == (done.stdout.split()[-1], done.stderr)
