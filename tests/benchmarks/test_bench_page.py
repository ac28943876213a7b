from __future__ import annotations

from tests.benchmarks.bench_page import measure


def test_the_benchmark_of_pages_runs():
    assert all(number > 0 for number in measure(5000, 6))
