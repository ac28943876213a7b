"""`make long`: slow proofs, one after the other, each in a process of its own; at the end one table of all figures.

python -m tests.long [--only kills,soak] [--quick]

Each also runs alone: python -m tests.long.kills, …. `--quick` makes them short, to see that they run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from tests.long.figures import HEAD

PROOFS: dict[str, tuple[list[str], list[str]]] = {
    "kills": ([], ["--rounds", "3"]),
    "kills_postgres": ([], ["--rounds", "3"]),
    "broken": ([], ["--feeds", "400"]),
    "two_workers": ([], ["--feeds", "100"]),
    "soak": ([], ["--minutes", "1"]),
    "day": ([], ["--feeds", "100"]),
    "fuzz": ([], ["--minutes", "0.2"]),
    "rules": ([], ["--minutes", "0.2"]),
    "fedify": ([], []),
    "deleted": ([], []),
}
"""What there is, with what it is told: in full, and quickly."""


def main() -> int:
    """Run them and print the table; 1 where one missed its goal or broke off."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default=",".join(PROOFS))
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    rows, failed = [], False
    for proof in given.only.split(","):
        began = time.monotonic()
        code, lines = run(proof, PROOFS[proof][given.quick])
        rows += lines or [f"| {proof} | broke off | exit code {code} | | MISSED |"]
        failed = failed or code != 0
        print(f"{proof}: {time.monotonic() - began:.0f} s, exit code {code}\n", flush=True)
    print(HEAD, *rows, sep="\n")
    return int(failed)


def run(proof: str, told: list[str]) -> tuple[int, list[str]]:
    """Run one proof, passing on what it prints; gives its exit code and the rows of its table."""
    command = [sys.executable, "-m", f"tests.long.{proof}", *told]
    rows = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            if line.startswith("| ") and line not in f"{HEAD}\n":
                rows.append(line.rstrip())
    return process.returncode, rows


if __name__ == "__main__":
    sys.exit(main())
