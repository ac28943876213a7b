from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.store.database import Database

ROOT = Path(__file__).resolve().parents[3]


class Clock:
    def __init__(self):
        self.instant = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def now(self):
        return self.instant

    def tick(self):
        self.instant += timedelta(seconds=1)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sqlite_database(tmp_path, clock):
    """A SQLite database of its own, migrated, that waits a fifth of a second for its turn."""
    database = Database.open(tmp_path / "broadsheet.db", clock=clock, patience=0.2)
    database.migrate()
    yield database
    database.close()


class Other:
    """Another process that runs a piece of Python, line by line with us."""

    def __init__(self, code, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def says(self):
        return self.process.stdout.readline().strip()

    def go_on(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self):
        """Let it come to its end and give its exit code."""
        self.process.stdin.close()
        code = self.process.wait(60)
        self.process.stdout.close()
        return code


@pytest.fixture
def other_process():
    """Starts other processes, and ends them."""
    started = []

    def start(code, *arguments):
        started.append(Other(code, *arguments))
        return started[-1]

    yield start
    for other in started:
        other.process.kill()
        other.end()
