from __future__ import annotations

from dataclasses import replace

from tests.benchmarks.bench_search import QUESTIONS, knowing, measure
from tests.benchmarks.filled import filled


def test_the_benchmark_of_searches_runs(tmp_path):
    with filled(2000) as desk:
        took = measure(replace(desk, ask=knowing(tmp_path, 2000, list(QUESTIONS.values()))), 1)
    assert all(len(each) == 1 and each[0] > 0 for each in took.values())
