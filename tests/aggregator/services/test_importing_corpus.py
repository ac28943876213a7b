"""Real source lists, read from ../shared/corpus where it is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.errors import BadDocumentError
from aggregator.services import accounts, importing, subscribing

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "opml"


def test_real_lists_are_imported_or_told_what_is_wrong(desk):
    files = sorted(path for path in CORPUS.rglob("*") if path.is_file())
    if not files:
        pytest.skip(f"no source lists in {CORPUS}")
    actor = accounts.operator(desk)
    imported = refused = recovered = 0
    for path in files:
        try:
            importing.start_import(desk, actor, path.name, path.read_bytes())
        except BadDocumentError as exc:
            print(path.name, exc)
            refused += 1
            continue
        importing.run_waiting(desk)
        (job,) = importing.recent_jobs(desk, actor, limit=1)
        assert job.done == job.total
        imported += 1
        recovered += bool(job.notes)
    print(
        f"{imported} imported, {recovered} mended, {refused} refused, {len(subscribing.sources(desk, actor))} sources"
    )
    assert imported > refused


def test_what_was_imported_comes_back_the_same(desk):
    files = sorted(path for path in CORPUS.rglob("*.opml") if path.is_file())
    if not files:
        pytest.skip(f"no source lists in {CORPUS}")
    actor = accounts.operator(desk)
    for path in files[:20]:
        try:
            importing.start_import(desk, actor, path.name, path.read_bytes())
        except BadDocumentError:
            continue
    importing.run_waiting(desk)
    exported = importing.export_opml(desk, actor)
    again = importing.start_import(desk, actor, "again.opml", exported)
    importing.run_waiting(desk)
    counts = importing.counts(desk, actor, again)
    assert (0, exported) == (counts.new, importing.export_opml(desk, actor))
