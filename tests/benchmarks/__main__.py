"""`make bench`: all benchmarks, one after the other."""

from __future__ import annotations

from tests.benchmarks import bench_ingest, bench_list, bench_marks

for benchmark in (bench_ingest, bench_list, bench_marks):
    print(f"\n{benchmark.__name__.rpartition('.')[2]}")
    benchmark.main()
