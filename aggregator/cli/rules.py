"""`broadsheet rules`: check, publish, compare, try and explain rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli import faults
from aggregator.cli.console import Instant, command, table
from aggregator.errors import BadDocumentError, BadInputError, FailedCasesError, NotFoundError
from aggregator.services import editing, publishing, replaying, rule_cases, versions
from aggregator.services.rule_cases import Verdict, case_shape
from aggregator.services.shapes import diff_shape, replay_shape, rule_entry_shape, rule_shape, statement_shape
from rankers import LANGUAGES, RuleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from aggregator.cli.console import Console
    from aggregator.services.replaying import Replay
    from aggregator.services.rule_cases import CaseResult
    from rankers import RuleDocument, Section

LANGUAGE = click.Choice(LANGUAGES)
MOST_ROOMS = 15
"""Sources and languages shown to people, those that change most; --json has them all."""
TOML = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def rules() -> None:
    """Check, publish, compare and try ranking rules, and say them in plain words."""


@command(rules, "check")
@click.argument("file", type=TOML)
@click.option("--list", "slug", metavar="LIST", help="Run its test cases on LIST; otherwise on the lists it orders.")
@click.option("--at", type=Instant(), metavar="T", help="Run them on the list as it stood at T.")
def check(console: Console, file: Path, slug: str | None, at: datetime | None) -> int:
    """Say whether FILE is a rule, and what is wrong with it line by line; then run its own test cases."""
    found = editing.check_rule(_read(file), file=str(file))
    problems = [{"file": p.file, "line": p.line, "column": p.column, "message": p.message} for p in found.problems]
    if found.document is None:
        told = {"ok": False, "problems": problems, "cases": []}
        console.show(told, [str(problem) for problem in found.problems])
        return faults.DOES_NOT_HOLD
    results = _run_cases(console, found.document, slug, at)
    holds = all(each.verdict is not Verdict.FAILS for each in results)
    told = {"ok": holds, "id": found.document.id, "hash": found.document.hash, "problems": problems}
    title = f"{found.document.title}: a rule. Its hash is {found.document.hash}."
    console.show({**told, "cases": list(map(case_shape, results))}, [title, *map(rule_cases.said, results)])
    return faults.DONE if holds else faults.DOES_NOT_HOLD


@command(rules, "list")
def list_(console: Console) -> None:
    """Show the rules of this instance."""
    with console.desk() as (desk, actor):
        found = editing.rules(desk, actor)
    shapes = [rule_entry_shape(rule) for rule in found]
    console.show(shapes, table([(rule.slug, f"version {rule.number}", rule.hash[:12], rule.title) for rule in found]))


@command(rules, "diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--lang", "language", type=LANGUAGE, default="en", show_default=True, help="In this language.")
def diff(console: Console, before: str, after: str, language: str) -> None:
    """Say what changes from rule A to rule B; `rule@2` names a version."""
    with console.desk() as (desk, actor):
        one, other = (editing.find_version(desk, actor, name) for name in (before, after))
        found = editing.changes(one, other, language=language)
    lines = [change.text for change in found.changes] or ["Nothing differs."]
    console.show(
        diff_shape(found), [*lines, "Both give the same order."] if found.same_order and found.changes else lines
    )


@command(rules, "statement")
@click.argument("rule", metavar="RULE")
@click.option("--lang", "language", type=LANGUAGE, default="en", show_default=True, help="In this language.")
def statement(console: Console, rule: str, language: str) -> None:
    """Say a whole rule in plain words; `rule@2` names a version."""
    with console.desk() as (desk, actor):
        version = editing.find_version(desk, actor, rule)
        sections = editing.statement(desk, actor, version, language=language)
    console.show(statement_shape(version, language, sections), _said(version.title, sections))


@command(rules, "replay")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--list", "slug", default="front-page", show_default=True, metavar="LIST", help="In this list.")
@click.option(
    "--days", type=click.IntRange(1, 90), default=14, show_default=True, metavar="N", help="Over so many days."
)
def replay(console: Console, before: str, after: str, slug: str, days: int) -> None:
    """Try rule B beside rule A on the last days of a list: what comes, goes, and who has room."""
    with console.desk() as (desk, actor):
        one, other = (editing.find_version(desk, actor, name) for name in (before, after))
        found = replaying.replay(
            desk, actor, slug, one, other, days=days,
            progress=lambda done, all_: console.progress(f"day {done} of {all_}"),
        )  # fmt: skip
    console.show(replay_shape(found), _replayed(found))


@command(rules, "fork")
@click.argument("rule", metavar="RULE")
@click.argument("new", metavar="ID")
@click.option("--title", metavar="TEXT", help="Under this title; otherwise under the same.")
@click.option("--reason", required=True, help="Why: kept with the version for everybody to read.")
def fork(console: Console, rule: str, new: str, title: str | None, reason: str) -> None:
    """Publish a copy of RULE under another id; it keeps where it came from."""
    with console.desk() as (desk, actor):
        try:
            version = publishing.fork(desk, actor, rule, new, title=title, reason=reason)
        except RuleError as fault:
            raise BadInputError(new, fault.problems[0].message) from fault
    console.show(
        rule_shape(version) | {"number": version.number}, [f"{version.title}, as {version.slug}: {version.hash}."]
    )


@command(rules, "version")
@click.argument("rule", metavar="RULE")
def version(console: Console, rule: str) -> None:
    """Write the signed envelope of a version, for handing on; `rule@2` names a version."""
    with console.desk() as (desk, actor):
        found = editing.find_version(desk, actor, rule)
        click.echo(versions.envelope(desk, actor, found.id))


@command(rules, "publish")
@click.argument("file", type=TOML)
@click.option("--reason", required=True, help="Why: kept with the version for everybody to read.")
def publish(console: Console, file: Path, reason: str) -> int:
    """Publish FILE as the next version of the rule it names, unless one of its own test cases fails."""
    text = _read(file)
    problems = editing.check_rule(text, file=str(file)).problems
    if problems:
        for problem in problems:
            console.progress(str(problem))
        return faults.DOES_NOT_HOLD
    with console.desk() as (desk, actor):
        try:
            version = rule_cases.publish_if_they_hold(desk, actor, text, reason)
        except FailedCasesError as failed:
            for case in failed.cases:
                console.progress(case)
            return faults.DOES_NOT_HOLD
    console.show(
        rule_shape(version) | {"number": version.number},
        [f"{version.title}, version {version.number}: {version.hash}."],
    )
    return faults.DONE


def _run_cases(
    console: Console, document: RuleDocument, slug: str | None, at: datetime | None
) -> tuple[CaseResult, ...]:
    """Run the test cases of a rule that has any; without an instance there is nothing to run them on."""
    if not document.tests:
        return ()
    try:
        with console.desk() as (desk, actor):
            return rule_cases.check_cases(desk, actor, document, slug, at=at)
    except NotFoundError as missing:
        if missing.kind != "instance":
            raise
        console.progress(f"its test cases were not run: there is no instance in {missing.key}")
        return ()


def _said(title: str, sections: Iterable[Section]) -> Iterator[str]:
    yield title
    for section in sections:
        yield ""
        yield section.heading
        for sentence in section.sentences:
            yield f"  {sentence.text}{f' ({sentence.why})' if sentence.why else ''}"


def _replayed(found: Replay) -> Iterator[str]:
    one, other = (f"{each.title}, version {each.number}" for each in (found.before, found.after))
    yield f"{found.list.title}: {one} (A) beside {other} (B)."
    rows = [("day", "entries", "alike", "come", "go", "move")]
    rows += [
        (day.at.date().isoformat(), str(day.candidates), _percent(1000 * day.overlap) if day.candidates else "-",
         str(day.entering), str(day.leaving), str(day.moved))
        for day in found.days
    ]  # fmt: skip
    yield from table(rows)
    for heading, rooms in (("Room by source", found.sources), ("Room by language", found.languages)):
        yield f"{heading}, A then B:"
        yield from table([("  " + key, _percent(one), _percent(other)) for key, one, other in rooms[:MOST_ROOMS]])


def _percent(thousandths: float) -> str:
    return f"{thousandths / 10:.1f} %"


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as exc:
        raise BadDocumentError(str(file), f"cannot be read: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise BadDocumentError(str(file), "is no text; a rule file is UTF-8") from exc
