from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # tests are no package; served.py stands beside them

from served import opml, served

from aggregator.cli.main import run


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def environ(monkeypatch, tmp_path):
    """An environment of our own, with a data directory that is not there yet."""
    for name in [name for name in os.environ if name.startswith("BROADSHEET_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BROADSHEET_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("BROADSHEET_SEMANTIC", "none")  # a model is a process more, and a second of work
    return tmp_path / "data"


@pytest.fixture
def broadsheet(environ, capsys):  # noqa: ARG001  # the environment is set before a command runs
    """Run a command in this process."""

    def call(*arguments):
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        return Done(code, *capsys.readouterr())

    return call


@pytest.fixture(scope="session")
def instance(tmp_path_factory):
    """An instance with the served feeds, not fetched yet."""
    place = tmp_path_factory.mktemp("filled")
    data = place / "data"
    with served() as host, pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROADSHEET_DATA", str(data))
        patch.setenv("BROADSHEET_ALLOW_PRIVATE_HOSTS", host)
        (place / "feeds.opml").write_text(opml(host))
        with contextlib.redirect_stdout(io.StringIO()):
            assert run(["init", "--starter", str(place / "feeds.opml")]) == 0
        yield data, host


@pytest.fixture(scope="session")
def first_refresh(instance):
    """What the first refresh printed, as if at half past eleven of 18 February 2026."""
    data, host = instance
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()) as out:
        patch.setenv("BROADSHEET_ALLOW_PRIVATE_HOSTS", host)
        code = run(["feeds", "refresh", "--all", "--now", "2026-02-18T11:30:00Z", "--data", str(data), "--json"])
    return Done(code, out.getvalue(), "")


@pytest.fixture
def refreshed(first_refresh):
    return first_refresh


@pytest.fixture
def filled(broadsheet, instance, first_refresh, monkeypatch):  # noqa: ARG001  # fetched before a command looks
    """Run a command on the instance with entries."""
    data, host = instance
    monkeypatch.setenv("BROADSHEET_DATA", str(data))
    monkeypatch.setenv("BROADSHEET_ALLOW_PRIVATE_HOSTS", host)
    return broadsheet


@pytest.fixture
def own_filled(filled, instance, tmp_path, monkeypatch):
    """Like `filled`, on a copy that the test may change."""
    shutil.copytree(instance[0], tmp_path / "own")
    monkeypatch.setenv("BROADSHEET_DATA", str(tmp_path / "own"))
    return filled
