"""`make bench`: all benchmarks, one after the other."""

from __future__ import annotations

from tests.benchmarks import (
    bench_import,
    bench_ingest,
    bench_list,
    bench_marks,
    bench_page,
    bench_patterns,
    bench_rank,
    bench_search,
)

for benchmark in (
    bench_import,
    bench_ingest,
    bench_list,
    bench_page,
    bench_search,
    bench_rank,
    bench_patterns,
    bench_marks,
):
    print(f"\n{benchmark.__name__.rpartition('.')[2]}")
    benchmark.main()
