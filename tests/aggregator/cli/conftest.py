from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

import pytest

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
    return tmp_path / "data"


@pytest.fixture
def broadsheet(environ, capsys):  # noqa: ARG001  # the environment is set before a command runs
    """Run a command in this process."""

    def call(*arguments):
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        return Done(code, *capsys.readouterr())

    return call
