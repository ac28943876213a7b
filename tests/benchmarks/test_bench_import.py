from __future__ import annotations

from tests.benchmarks.bench_import import report


def test_the_benchmark_of_imports_runs():
    assert ["a list of 250 feeds, median of 1, CPU s"] == list(report(250, 1))[:1]
