from __future__ import annotations

from tests.benchmarks.bench_page import RULES, measure, publish
from tests.benchmarks.filled import filled


def test_the_benchmark_of_pages_runs():
    with filled(2000) as desk:
        publish(desk)
        for rule in RULES.values():
            found = measure(desk, rule, 6)
            assert min(found.median, found.worst, found.cold, found.bare, found.size) > 0
