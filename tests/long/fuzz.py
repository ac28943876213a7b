"""Ten minutes of mutated documents through reading, cleaning and storing: `python -m tests.long.fuzz [--minutes 10]`.

Every run makes other documents; a case that shows something can be run again alone (tests/fuzz/fuzzing.py).
"""

from __future__ import annotations

import argparse
import secrets
import sys

from tests.fuzz.fuzzing import fuzz


def main() -> None:
    """Fuzz and print; the exit code says whether safety 80 holds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10)
    minutes = parser.parse_args().minutes
    found = fuzz(minutes * 60, secrets.token_hex(4))
    print("| minutes | documents | entries | by fate | crashes, limits, what must not be |")
    print("|---|---|---|---|---|")
    fates = ", ".join(f"{fate} {number}" for fate, number in found.fates.most_common())
    print(f"| {minutes:g} | {sum(found.fates.values())} | {found.entries} | {fates} | {len(found.wrong)} |")
    print(*found.wrong, sep="\n", flush=True)
    sys.exit(bool(found.wrong))


if __name__ == "__main__":
    main()
