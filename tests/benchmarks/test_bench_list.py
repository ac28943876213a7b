from __future__ import annotations

from tests.benchmarks.bench_list import measure


def test_the_benchmark_of_lists_runs():
    assert all(number >= 0 for number in measure(3000, 1000, 1))
