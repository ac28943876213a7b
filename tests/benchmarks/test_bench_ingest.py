from __future__ import annotations

from tests.benchmarks.bench_ingest import report, small


def test_the_benchmark_of_fetching_runs():
    with small(3) as world:
        lines = list(report(world, 1))
    assert lines[0].startswith("3 feeds")
    assert "sum" in lines[-1]
