from __future__ import annotations

from tests.benchmarks.bench_marks import report


def test_the_benchmark_of_marks_runs():
    lines = list(report(12))
    assert lines[0].startswith("12 feeds")
    assert "p99" in lines[-1]
