"""The command `broadsheet`: a table of nouns, each loaded when it is asked for, so that `--help` costs nothing.

Exit codes: 0 done, 1 the thing asked about does not hold, 2 wrong use, 3 a fault.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from typing import TYPE_CHECKING, NamedTuple, cast

import click

from aggregator.cli import faults

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Noun(NamedTuple):
    """Where a command is found, and its line in `broadsheet --help`; a test compares both."""

    module: str
    name: str
    line: str


NOUNS: Mapping[str, Noun] = {
    "up": Noun("aggregator.cli.up", "up", "Start everything: the web pages and the worker."),
    "web": Noun("aggregator.cli.up", "web", "Start the web pages alone."),
    "worker": Noun("aggregator.cli.up", "worker", "Start the worker alone."),
    "init": Noun("aggregator.cli.init", "init", "Make the instance where there is none, and print a one-time link."),
    "doctor": Noun("aggregator.cli.doctor", "doctor", "Say what is well and what is not."),
    "settings": Noun("aggregator.cli.settings", "settings", "Show every setting, with secrets masked."),
    "feeds": Noun(
        "aggregator.cli.feeds", "feeds", "Add, list, refresh, import and export sources, and see how fetching goes."
    ),
    "newsletters": Noun(
        "aggregator.cli.newsletters", "newsletters", "Read newsletters from an IMAP folder, one source per sender."
    ),
    "lists": Noun("aggregator.cli.lists", "lists", "Show the reading lists and their entries, make and change them."),
    "why": Noun("aggregator.cli.why", "why", "Say why an entry stands where it stands."),
    "receipt": Noun(
        "aggregator.cli.receipts",
        "receipt",
        "Write what the order of a list was made from, for anyone to work out again.",
    ),
    "verify": Noun(
        "aggregator.cli.receipts",
        "verify",
        "Work a receipt out again, from itself alone; 1 with the first difference if it does not hold.",
    ),
    "bundle": Noun(
        "aggregator.cli.bundle",
        "bundle",
        "Hand out the sources and rules as one signed file, take in and follow those of others.",
    ),
    "rules": Noun(
        "aggregator.cli.rules", "rules", "Check, publish, compare and try ranking rules, and say them in plain words."
    ),
    "entries": Noun("aggregator.cli.entries", "entries", "Show entries as stored, and mark them."),
    "search": Noun("aggregator.cli.search", "search", "Find entries by their words."),
    "models": Noun("aggregator.cli.models", "models", "Say which model reads the entries and how far it has come."),
    "members": Noun("aggregator.cli.members", "members", "Add, invite, change, suspend and remove members."),
    "fediverse": Noun(
        "aggregator.cli.fediverse",
        "fediverse",
        "Be told of news by those you read there, let lists be followed from there, keep servers out.",
    ),
    "db": Noun("aggregator.cli.db", "db", "Migrate, check, back up and restore the database."),
}


class Nouns(click.Group):
    """A group that imports a command's module only when the command is run or its own help is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Name the commands in the order of the table, which is the order of a beginning."""
        return list(NOUNS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        """Load one command."""
        noun = NOUNS.get(cmd_name)
        if noun is None:
            return None
        return cast("click.Command", getattr(importlib.import_module(noun.module), noun.name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's signature
        """Write the table of commands without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, noun.line) for name, noun in NOUNS.items()])


@click.group(cls=Nouns, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="broadsheet", message="broadsheet %(version)s")
def broadsheet() -> None:
    """Broadsheet: a feed aggregator whose front page is decided by rules anyone can read."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit code."""
    try:
        code = broadsheet.main(
            args=None if arguments is None else list(arguments), prog_name="broadsheet", standalone_mode=False
        )
    except click.exceptions.Abort:
        return _say("stopped", faults.FAULT)
    except click.ClickException as exc:
        exc.show()
        return faults.WRONG_USE
    except SystemExit:
        # Only where whoever read our output has seen enough (`| head`): click would call that 1, "does not hold".
        return faults.DONE
    except Exception as exc:  # noqa: BLE001  # the last door: 1 would say "does not hold"
        told = faults.tell(exc)
        if told is None:
            traceback.print_exc()
            return _say("this is an error in Broadsheet itself; please report it with the lines above", faults.FAULT)
        return _say(told.sentence, told.code)
    return code if isinstance(code, int) else faults.DONE


def _say(sentence: str, code: int) -> int:
    click.echo(f"broadsheet: {sentence}", err=True)
    return code
