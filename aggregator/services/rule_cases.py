"""A rule's own test cases, run: before a change of it is published, while it is tried, and at `rules check`.

A case names two entries by their links. It is run on a list as it stands; where one of them is not among the list's
candidates, because it is too old for it or was never held, the case says so and stands in nobody's way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregator.errors import FailedCasesError
from aggregator.services import publishing
from aggregator.services.asking import find_named
from aggregator.services.list_table import Stored, fresh_snapshot, list_table
from aggregator.services.ranking import live_tick
from aggregator.services.rights import Right, require
from aggregator.store import entries, lists, values
from aggregator.store import rules as stored
from rankers import best_standing, parse_rule, rank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from aggregator.candidates.table import Candidates
    from aggregator.model.member import Actor
    from aggregator.model.readinglist import ReadingList, RuleVersion
    from aggregator.services.desk import Desk
    from rankers import CaseStanding, Ranking, RuleDocument, TestCase


class Verdict(StrEnum):
    """What came of a case."""

    HOLDS = "holds"
    FAILS = "fails"
    NOT_RUN = "not-run"


@dataclass(frozen=True, slots=True)
class Entrant:
    """One of a case's two entries: its link, its title where it is held, and where it stands as a candidate."""

    link: str
    title: str | None
    standing: CaseStanding | None


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case on one list."""

    why: str
    above: Entrant
    below: Entrant
    list: ReadingList

    @property
    def verdict(self) -> Verdict:
        """Say what came of it."""
        if self.above.standing is None or self.below.standing is None:
            return Verdict.NOT_RUN
        return Verdict.HOLDS if self.above.standing.above(self.below.standing) else Verdict.FAILS


def run_cases(
    conn: Connection, cases: Sequence[TestCase], found: ReadingList, ranking: Ranking, made: Candidates
) -> tuple[CaseResult, ...]:
    """Run cases on a ranking of a table's candidates."""
    return tuple(
        CaseResult(
            each.why,
            _entrant(conn, each.above, ranking, made),
            _entrant(conn, each.below, ranking, made),
            found,
        )
        for each in cases
    )


def check_cases(
    desk: Desk, actor: Actor, document: RuleDocument, slug: str | None = None, *, at: datetime | None = None
) -> tuple[CaseResult, ...]:
    """Run the cases of a rule on a list, None: on each list of the group that is ordered by it, else on the first.

    Raises NotFoundError("list").
    """
    require(actor, Right.TRY_RULES)
    if not document.tests:
        return ()
    with desk.database.read() as conn:
        which = (find_named(conn, actor, slug),) if slug is not None else _lists_by(conn, actor, document.id)
        return tuple(result for each in which for result in _run_on(desk, conn, document, each, at))


def publish_if_they_hold(
    desk: Desk, actor: Actor, text: str, reason: str | None, *, rule: str | None = None, base: RuleVersion | None = None
) -> RuleVersion:
    """Publish a text, as services/publishing.py does, unless one of its cases fails.

    `rule`: the slug it has to name; `base`: the version it was made from. Raises FailedCasesError, and like
    publishing.publish.
    """
    require(actor, Right.PUBLISH_RULES)
    results = check_cases(desk, actor, parse_rule(text))
    failed = [each for each in results if each.verdict is Verdict.FAILS]
    if failed:
        raise FailedCasesError(tuple(map(said, failed)))
    return publishing.publish(desk, actor, text, reason, rule=rule, supersedes=base.id if base else None)


def said(result: CaseResult) -> str:
    """Say what a case expects and what came, in one line."""
    one, other = (f'"{each.title or each.link}"' for each in (result.above, result.below))
    expected = f"{result.why.rstrip('.')}: {one} above {other}"
    if result.verdict is Verdict.HOLDS:
        return f"{expected}: it holds on {result.list.title}"
    if result.verdict is Verdict.NOT_RUN:
        missing = next(each for each in (result.above, result.below) if each.standing is None)
        return f"{expected}: not run on {result.list.title}, where {missing.link} is not among the entries now"
    places = f"the first {_stands(result.above)}, the second {_stands(result.below)}"
    return f"{expected}: it fails on {result.list.title}: {places}"


def case_shape(result: CaseResult) -> dict[str, Any]:
    """Shape one of the cases of `rules check`."""
    return {
        "why": result.why,
        "list": result.list.slug,
        "verdict": str(result.verdict),
        "above": _entrant_shape(result.above),
        "below": _entrant_shape(result.below),
    }


def _entrant_shape(entrant: Entrant) -> dict[str, Any]:
    standing = entrant.standing
    return {
        "link": entrant.link,
        "title": entrant.title,
        "place": standing and str(standing.place),
        "position": standing and standing.position,
        "lines": list(standing.lines) if standing else [],
    }


def _stands(entrant: Entrant) -> str:
    standing = entrant.standing
    if standing is None or standing.position is None:
        return f"is left out by {', '.join(standing.lines)}" if standing else "is not there"
    return f"stands at place {standing.position}"


def _lists_by(conn: Connection, actor: Actor, slug: str) -> tuple[ReadingList, ...]:
    ours, rule = lists.get_lists(conn, actor.group), stored.find_rule(conn, actor.group, slug)
    by_it = tuple(each for each in ours if rule and each.rule_id == rule.id)
    return by_it or ours[:1]


def _run_on(
    desk: Desk, conn: Connection, document: RuleDocument, found: ReadingList, at: datetime | None
) -> tuple[CaseResult, ...]:
    facts_version = values.data_version(conn)
    snapshot = fresh_snapshot(desk, conn, facts_version)
    now = int(desk.clock.now().timestamp())
    tick = live_tick(now, snapshot) if at is None else min(now, int(at.astimezone(UTC).timestamp()))
    made = list_table(
        desk, conn, Stored(snapshot, facts_version), found, tick,
        reads=document.columns, leaves=document.leaves, topics=document.topics,
    )  # fmt: skip
    return run_cases(conn, document.tests, found, rank(document, made.table, tick), made)


def _entrant(conn: Connection, link: str, ranking: Ranking, made: Candidates) -> Entrant:
    held = entries.find_by_link(conn, link)
    rows = np.flatnonzero(np.isin(made.entry_ids, np.array([each.id for each in held], dtype=np.int64)))
    title = next((each.title or each.excerpt for each in held), None)
    return Entrant(link, title, best_standing(ranking, rows.tolist()))
