"""The same shares and the same orders under several NumPy versions.

    .venv/bin/python -m tests.long.numpy_versions [--versions 2.2.0 2.3.0]

Each version is installed into an environment of its own, with what the engine needs and nothing of Broadsheet; the
digests must be those of the version here. Exit code 1 where one differs.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from rankers import parse_rule, published_rules, rank
from tests.benchmarks.bench_rank import NOW, eight_terms, made_table

ROOT = Path(__file__).parents[2]
NEEDED = ("google-re2", "rfc8785", "tomlkit", "pytest", "hypothesis")
SIZE = 20_000


def digests() -> str:
    """Return the digest of the curves' grid and of every rule's order of one table."""
    from tests.rankers.test_curves import hash_of_grid  # noqa: PLC0415  # it brings pytest, which main does not need

    table = made_table(SIZE)
    digest = hashlib.sha256()
    for document in (eight_terms(), *map(parse_rule, published_rules().values())):
        ranking = rank(document, table, NOW)
        digest.update(ranking.totals.astype("<i8").tobytes())
        digest.update(ranking.order(0, 500).astype("<i8").tobytes())
    return f"{hash_of_grid()} {digest.hexdigest()}"


def under(version: str) -> str:
    """Return the digests that another NumPy gives."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = Path(folder) / "bin" / "python"
        install = [python, "-m", "pip", "install", "--quiet", f"numpy=={version}", *NEEDED]
        subprocess.run(install, check=True, stderr=subprocess.DEVNULL)
        script = "from tests.long.numpy_versions import digests; print(digests())"
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run([python, "-c", script], env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def main() -> None:
    """Compare and print one line a version."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--versions", nargs="+", default=["2.2.0", "2.3.0"])
    here = digests()
    print(f"NumPy {np.__version__}: curves {here[:16]}, orders {here[65:81]}")
    differing = 0
    for version in asked.parse_args().versions:
        there = under(version)
        differing += there != here
        print(
            f"NumPy {version}: curves {there[:16]}, orders {there[65:81]}, {'the same' if there == here else 'DIFFERS'}"
        )
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
