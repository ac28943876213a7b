"""`broadsheet up`: everything, under one thin parent; `web` and `worker` start one role each.

The parent loads no library of the roles: it would carry their memory for as long as the instance runs.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from aggregator.cli.console import command, plain
from aggregator.errors import BroadsheetError, ConflictError
from aggregator.model.clocks import pin_clock
from aggregator.settings import PREFIX
from aggregator.wiring import make_data_directory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from aggregator.cli.console import Console
    from aggregator.settings import Settings

BROADSHEET = (sys.executable, "-c", "from aggregator.cli.main import main; main()")
DATABASE = "broadsheet.db"


def _address(function: Callable[..., None]) -> Callable[..., None]:
    function = click.option("--port", type=click.IntRange(1, 65_535), help="Port to listen on.")(function)
    return click.option("--host", help="Address to listen on.")(function)


def _clock(function: Callable[..., None]) -> Callable[..., None]:
    return click.option("--clock", metavar="T", help="Start the instance's clock at this instant.")(function)


@command(name="up")
@_address
@_clock
def up(console: Console, host: str | None, port: int | None, clock: str | None) -> None:
    """Start everything: the web pages and the worker."""
    from aggregator.cli.supervise import Child, Supervisor  # noqa: PLC0415  # for this command alone

    settings = _with(console.settings, host=host, port=port, clock=clock)
    make_data_directory(settings.data, create=True)
    environ = _environ(settings)
    with _alone(settings.data):
        _check_port(settings)
        # granian's handler sets the very event its main thread waits for: a SIGTERM at the wrong instant locks it up
        # for good. We would kill it then; killed ourselves, nobody would. Its processes go with it (wsgi.py).
        pages = Child("web server", web_command(settings), environ, bereaved=signal.SIGKILL)
        fetching = Child("worker", (*BROADSHEET, "worker"), environ)
        supervisor = Supervisor(
            [pages, fetching], lambda sentence: click.echo(f"broadsheet: {plain(sentence)}", err=True)
        )
        supervisor.watch()
        try:
            if (settings.data / DATABASE).exists():
                # A filled data directory is served at once, with the machine to itself; the web server brings the
                # schema up to date, and the worker starts when the instance is open.
                pages.start()
            opening = _open_instance(environ)
            _tell(settings, opening)
            supervisor.run()
        finally:
            supervisor.stop()


@command(name="web")
@_address
@_clock
def web(console: Console, host: str | None, port: int | None, clock: str | None) -> None:
    """Start the web pages alone."""
    settings = _with(console.settings, host=host, port=port, clock=clock)
    make_data_directory(settings.data, create=False)
    _check_port(settings)
    arguments = web_command(settings)
    os.execve(arguments[0], arguments, _environ(settings))  # noqa: S606  # our own interpreter, no shell


@command(name="worker")
@_clock
def worker(console: Console, clock: str | None) -> None:
    """Start the worker alone."""
    from aggregator.worker.main import run_worker  # noqa: PLC0415  # all that fetching takes

    run_worker(_with(console.settings, clock=clock))


def web_command(settings: Settings) -> tuple[str, ...]:
    """Return the command line of the web server."""
    return (
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", settings.host, "--port", str(settings.port),
        "--workers", str(settings.web_workers), "--blocking-threads", str(settings.web_threads),
        "--backpressure", str(16 * settings.web_threads), "--respawn-failed-workers", "--workers-kill-timeout", "8",
        "--log-level", "warning", "--no-ws", "web.wsgi:app",
    )  # fmt: skip


def _with(settings: Settings, *, host: str | None = None, port: int | None = None, clock: str | None) -> Settings:
    """Put the flags over the settings, the clock tied to the machine's so that all processes share it."""
    return replace(
        settings,
        host=host or settings.host,
        port=port or settings.port,
        clock=pin_clock(clock or settings.clock),
        data=settings.data.absolute(),
    )


def _environ(settings: Settings) -> dict[str, str]:
    """Return the environment of the children: ours, with what the flags say."""
    told = {"DATA": settings.data, "HOST": settings.host, "PORT": settings.port, "CLOCK": settings.clock}
    return {**os.environ, **{PREFIX + name: str(value) for name, value in told.items()}}


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Be the only `up` on a data directory. Raises ConflictError."""
    with (data / "up.lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            problem = f"`broadsheet up` is at work in {data} already, as process {lock.read().strip() or '?'}"
            raise ConflictError("instance", problem) from None
        lock.truncate(0)
        with suppress(OSError):  # the number is a courtesy; a full disk must not keep the pages from coming up
            os.write(lock.fileno(), str(os.getpid()).encode())
        yield


def _check_port(settings: Settings) -> None:
    """See that the address can be listened on. Raises ConflictError with a sentence, where the server shows a trace."""

    async def listen() -> None:
        server = await asyncio.start_server(lambda _reader, writer: writer.close(), settings.host, settings.port)
        server.close()
        await server.wait_closed()

    try:
        asyncio.run(listen())
    except OSError as exc:
        reason = "something else listens there" if exc.errno == errno.EADDRINUSE else exc.strerror or str(exc)
        raise ConflictError(f"address {settings.host}:{settings.port}", reason) from exc


def _open_instance(environ: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start `broadsheet init`, which makes or migrates the instance and gives the link, in a process of its own."""
    return subprocess.Popen(  # noqa: S603  # our own module under our own interpreter
        (*BROADSHEET, "init", "--json"), env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )


def _tell(settings: Settings, opening: subprocess.Popen[bytes]) -> None:
    """Wait for the instance to be open and say where it is. Raises BroadsheetError where it cannot be opened."""
    output, _ = opening.communicate()
    if opening.returncode:
        raise BroadsheetError("the instance cannot be opened, see above")
    opened = json.loads(output)
    lines = [f"Broadsheet is at {settings.public_url or f'http://{settings.host}:{settings.port}'}"]
    if settings.clock:
        lines.append(f"Its clock started at {settings.clock.partition('@')[0]}.")
    if not opened["set_up"]:
        lines += ["Open this link to set the instance up; it works once, within 24 hours:", opened["link"]]
    for line in lines:
        click.echo(line)
    sys.stdout.flush()
