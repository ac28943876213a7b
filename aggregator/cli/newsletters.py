"""`broadsheet newsletters`: the IMAP folder that newsletters are read from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aggregator.cli.console import command
from aggregator.model.clocks import stamp
from aggregator.model.mailbox import Mailbox
from aggregator.services import newsletters as service
from aggregator.services.health import fault_sentence

if TYPE_CHECKING:
    from typing import TextIO

    from aggregator.cli.console import Console


@click.group()
def newsletters() -> None:
    """Read newsletters from an IMAP folder, one source per sender."""


@command(newsletters, "show")
def show(console: Console) -> None:
    """Show where newsletters are read from, and how that goes."""
    with console.desk() as (desk, actor):
        held = service.shown_mailbox(desk, actor)
    if held is None:
        console.show({"mailbox": None}, ["No folder is set."])
        return
    shape = {
        "server": held.server, "port": held.port, "user": held.user, "folder": held.folder,
        "looked": stamp(held.looked), "error": fault_sentence(held.fault) if held.fault else None,
        "password_readable": held.readable,
    }  # fmt: skip
    console.show({"mailbox": shape}, [f"{name}: {'-' if value is None else value}" for name, value in shape.items()])


@command(newsletters, "set")
@click.option("--server", required=True, metavar="HOST", help="The IMAP server, spoken to over TLS.")
@click.option("--port", type=click.IntRange(1, 65_535), default=993, show_default=True, help="Its port.")
@click.option("--user", required=True, help="The name to sign in with.")
@click.option("--folder", default="INBOX", show_default=True, help="The folder to read; nothing in it is changed.")
@click.option("--password-file", type=click.File(), metavar="FILE", help="Holds the password; - is standard input.")
def set_(console: Console, *, server: str, port: int, user: str, folder: str, password_file: TextIO | None) -> None:
    """Read newsletters from this folder; the password is asked for where no file has it."""
    password = password_file.read().strip("\r\n") if password_file else click.prompt("Password", hide_input=True)
    with console.desk() as (desk, actor):
        service.set_mailbox(desk, actor, Mailbox(server.strip(), user.strip(), password, folder, port))
    console.show({"set": True}, ["Kept. The worker looks into the folder every ten minutes."])


@command(newsletters, "forget")
def forget(console: Console) -> None:
    """Read no newsletters any more and forget the password; what was read stays."""
    with console.desk() as (desk, actor):
        service.forget_mailbox(desk, actor)
    console.show({"set": False}, ["Forgotten."])
