"""Ten minutes of mutated documents through reading, cleaning and storing: `python -m tests.long.fuzz [--minutes 10]`.

Every run makes other documents; a case that shows something can be run again alone (tests/fuzz/fuzzing.py).
"""

from __future__ import annotations

import argparse
import secrets
import sys

from tests.fuzz.fuzzing import fuzz
from tests.long.figures import Figure, show


def main() -> None:
    """Fuzz and print; the exit code says whether safety 80 holds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10)
    minutes = parser.parse_args().minutes
    found = fuzz(minutes * 60, secrets.token_hex(4))
    fates = ", ".join(f"{fate} {number}" for fate, number in found.fates.most_common())
    print(fates, *found.wrong, sep="\n")
    figures = [
        Figure("minutes, documents, entries", f"{minutes:g}, {sum(found.fates.values())}, {found.entries}"),
        Figure("crashes, runs over 5 s, what must not be", str(len(found.wrong)), "0", not found.wrong),
    ]
    sys.exit(show("fuzz", figures))


if __name__ == "__main__":
    main()
