"""Fuzzing from bytes to the database (safety 80): through the real parse process, the one cleaner and the store.

A case is a word, `RUN-NUMBER`: the same word makes the same document, and `python -m tests.fuzz.fuzzing RUN-NUMBER`
runs it alone and shows what it found.
"""

from __future__ import annotations

import asyncio
import csv
import re
import sys
import tempfile
import time
import traceback
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, Self

from aggregator.errors import FetchError
from aggregator.model.fault import FaultCode
from aggregator.model.feed import Validators
from aggregator.sources import document as reading
from aggregator.sources.job import ParseJob
from aggregator.store import entries, leases, maintenance
from aggregator.text.words import index_html
from aggregator.update.outcome import Arrived, Failed
from aggregator.update.pipeline import store
from aggregator.update.schedule import Wish
from aggregator.worker.fetch_loop import EVER
from aggregator.worker.parse_pool import ParsePool
from tests.aggregator.worker.loopback import NOW, SetClock, add, opened_desk
from tests.fuzz.mutation import mutated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aggregator.model.entry import EntryData
    from aggregator.model.fault import Fault
    from aggregator.services.desk import Desk

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
LARGEST_SEED = 60_000
FEEDS = 24
"""Documents read and stored together; each feed gets one after the other, so that entries change as well."""
FORBIDDEN = frozenset(
    ("script", "style", "svg", "math", "form", "iframe", "object", "embed", "base", "link", "meta", "input")
)
ADDRESSES = frozenset(("href", "src", "cite", "poster", "srcset", "action", "data", "background", "formaction"))
_SCHEME = re.compile(r"(?:https?|mailto):", re.IGNORECASE)


@dataclass
class Found:
    """What a run saw: how many documents of which fate, and what must not be, a line each with its case."""

    fates: Counter[str] = field(default_factory=Counter)
    entries: int = 0
    wrong: list[str] = field(default_factory=list)


@cache
def seeds() -> tuple[bytes, ...]:
    """Return the documents mutations begin with: our own, and small real ones where the corpus is there."""
    own = [path.read_bytes() for path in sorted((ROOT / "tests" / "data" / "feeds").iterdir())]
    manifest = CORPUS / "MANIFEST.tsv"
    if not manifest.exists():
        return tuple(own)
    with manifest.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] == "feeds"]
    real = [CORPUS / row["path"] for row in rows if int(row["size"]) <= LARGEST_SEED]
    return (*own * 4, *(path.read_bytes() for path in real if path.exists()))


def job_of(case: str) -> ParseJob:
    """Make the document of a case."""
    body, encoding, kind = mutated(seeds(), Random(case))
    return ParseJob(body, encoding, kind, "https://example.org/feed", None, None, frozenset(), NOW)


def fuzz(seconds: float, run: str) -> Found:
    """Read and store mutated documents for so long; gives what was seen."""
    found, end, number = Found(), time.monotonic() + seconds, 0
    with _instance() as (desk, clock), Reading() as read:
        while time.monotonic() < end and not found.wrong:
            cases = [f"{run}-{number + n}" for n in range(FEEDS)]
            number += FEEDS
            _batch(desk, clock, read, cases, found)
        found.wrong += maintenance.find_problems(desk.database)
    return found


@contextmanager
def _instance() -> Iterator[tuple[Desk, SetClock]]:
    clock = SetClock()
    with tempfile.TemporaryDirectory() as folder:
        nobody = SimpleNamespace(host="127.0.0.1:1")
        with opened_desk(Path(folder), nobody, clock) as desk:
            add(desk, *(f"https://example.org/{n}" for n in range(FEEDS)))
            yield desk, clock


class Reading:
    """The real parse processes, asked without a loop of one's own."""

    def __init__(self) -> None:
        self._pool = ParsePool(processes=2, memory_mib=512, wall_seconds=90)  # the machine may be loaded; CPU counts

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def __call__(self, jobs: Sequence[ParseJob]) -> list[reading.ParsedDocument | BaseException]:
        """Read documents side by side; a fault stands in the place of a document."""

        async def every() -> list[reading.ParsedDocument | BaseException]:
            return await asyncio.gather(*map(self._pool.read, jobs), return_exceptions=True)

        return asyncio.run(every())


def _batch(desk: Desk, clock: SetClock, read: Reading, cases: Sequence[str], found: Found) -> None:
    clock.instant += timedelta(hours=1)
    with desk.database.write() as conn:
        now = clock.instant
        leased = leases.lease_these(
            conn, None, tried_before=EVER, now=now, until=now + timedelta(minutes=1), worker="fuzz", limit=FEEDS
        )
    results = read([job_of(case) for case in cases])
    outcomes, of = [], {}
    for case, feed, result in zip(cases, leased, results, strict=True):
        if isinstance(result, FetchError):
            found.fates[str(result.fault.code.value)] += 1
            outcomes.append(Failed(feed, result.fault))
            if _is_wrong(result.fault, case):
                found.wrong.append(f"{case}: {result.fault.code.value} {result.fault.detail}")
        elif isinstance(result, BaseException):
            found.wrong.append(f"{case}: {result!r}")
        else:
            found.fates[result.format] += 1
            found.entries += len(result.entries)
            outcomes.append(Arrived(feed, result, Validators('"1"'), Wish(), None))
            of[feed.id] = case, result
            found.wrong += [f"{case}: {line}" for entry in result.entries for line in faults_of(entry)]
    try:
        store(desk.database, outcomes, now=clock.instant)
    except Exception as exc:  # noqa: BLE001  # whatever it is, it is a finding
        found.wrong.append(f"one of {cases}: storing raised {exc!r}")
        return
    with desk.database.read() as conn:
        bad = conn.exec_driver_sql(
            "SELECT feed_id FROM feed_state WHERE fault_detail = 'it cannot be stored'"
        ).scalars()
        found.wrong += [f"{of[feed][0]}: it cannot be stored" for feed in bad if feed in of]
        for feed, (case, document) in of.items():
            held = entries.find_held(conn, feed, [entry.key for entry in document.entries])
            missing = len(document.entries) - len(held)
            # Entries that are known again under another key have only their old one or only their new one.
            if missing and not all(each.entry_id for each in held.values()):
                found.wrong.append(f"{case}: an entry that was stored is not there")


def _is_wrong(fault: Fault, case: str) -> bool:
    """Tell whether a process gave out or too much was taken, or our own code (not feedparser's) met an error."""
    if fault.code is FaultCode.PARSER_LIMIT:
        return fault.detail != "nested too deep"
    try:
        reading.read_document(job_of(case))
    except FetchError as exc:
        if exc.fault.code is not FaultCode.BROKEN or exc.__cause__ is None:
            return False
        last = traceback.extract_tb(exc.__cause__.__traceback__)[-1].filename
        return any(f"/{room}/" in last for room in ("aggregator", "rankers"))
    return False


def faults_of(entry: EntryData) -> list[str]:
    """Look at an entry as an attacker would, with another parser than the cleaner's; gives what must not be."""
    wrong = []
    for html in (entry.content_html, entry.summary_html):
        look = _Look()
        look.feed(html)
        look.close()
        wrong += look.wrong
    files = (file.url for file in entry.enclosures)
    for address in filter(None, (entry.link, entry.comments, entry.image, *files, *(a.uri for a in entry.authors))):
        if not _SCHEME.match(address):
            wrong.append(f"address {address[:80]!r}")
    if entry.index != index_html(entry.title, entry.content_html, entry.summary_html):
        wrong.append("the words index would be made anew otherwise")
    return wrong


class _Look(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in FORBIDDEN:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name in {"style", "id", "class", "name"}:
                self.wrong.append(f"<{tag} {name}>")
            if name in ADDRESSES and not _SCHEME.match(value or ""):
                self.wrong.append(f"<{tag} {name}={(value or '')[:80]!r}>")


def main(case: str) -> None:
    """Run one case in this process, so that a trace shows."""
    job = job_of(case)
    print(f"{len(job.body)} bytes, {job.encoding or 'plain'}, {job.content_type!r}, begins {job.body[:200]!r}")
    began = time.process_time()
    try:
        document = reading.read_document(job)
    except FetchError as exc:
        traceback.print_exc()
        print(exc.fault)
    else:
        print(document.format, len(document.entries), "entries")
        print(*(line for entry in document.entries for line in faults_of(entry)), sep="\n")
    print(f"{time.process_time() - began:.2f} CPU s")


if __name__ == "__main__":
    main(sys.argv[1])
