"""Faults put into the engine one at a time: how many of them do its tests see?

    .venv/bin/python -m tests.long.mutants [--sample 400] [--seed 1] [--only score.py]

A mutant is one operator, constant, comparison or statement of rankers/ changed. A sample, drawn by the seed, stands
for all: `--sample 0` runs every one. Survivors are printed, and the share that was seen, with the interval in which
that of all mutants lies (Wilson, 95 %). Mutants that change nothing anybody could see are listed below, with why, and
not drawn.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter
from itertools import islice, starmap
from math import sqrt

from tests.long.faults import ENGINE, Mutant, mutant_at, places_of
from tests.long.figures import Figure, show
from tests.long.trials import is_seen, note_tests

GOAL = 0.9
EXAMPLES = "20"
"""How many cases a property test tries, the same ones each time: fewer than in the tests proper, so fewer faults."""
EQUIVALENT: dict[str, str] = {}
"""`module: line of source` or `module: line of source: the change`, and why no test could see it."""


def is_equivalent(mutant: Mutant) -> bool:
    """Tell whether a mutant is listed as changing nothing."""
    line = f"{mutant.where}: {mutant.text}"
    return line in EQUIVALENT or f"{line}: {mutant.said}" in EQUIVALENT


def interval(seen: int, run: int) -> tuple[float, float]:
    """Return the ends of Wilson's interval, at 95 %, of the share of which `seen` of `run` are a sample."""
    z = 1.96
    middle = (seen + z * z / 2) / (run + z * z)
    reach = z / (run + z * z) * sqrt(seen * (run - seen) / run + z * z / 4)
    return middle - reach, middle + reach


def main() -> int:
    """Draw, run, print survivors and the share that was seen, by module and in all."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sample", type=int, default=400)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", default="")
    told = asked.parse_args()
    os.environ["EXAMPLES"] = EXAMPLES  # read where tests are run
    noted = note_tests()
    modules = [path for path in sorted(ENGINE.rglob("*.py")) if told.only in str(path)]
    every = [place for module in modules for place in places_of(module)]
    random.Random(told.seed).shuffle(every)
    real = (mutant for mutant in starmap(mutant_at, every) if not is_equivalent(mutant))
    run: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    began = time.monotonic()
    for number, mutant in enumerate(islice(real, told.sample or None), start=1):
        run[mutant.where] += 1
        if is_seen(mutant, noted):
            seen[mutant.where] += 1
        else:
            print(f"survives: {mutant.where}:{mutant.line}: {mutant.said}", flush=True)
        if number % 20 == 0:
            print(f"{number} run, {seen.total()} seen, {time.monotonic() - began:.0f} s", flush=True)
    for module in sorted(run):
        print(f"{module:28} {seen[module]:4} of {run[module]:4}")
    share = seen.total() / run.total()
    low, high = interval(seen.total(), run.total())
    figures = [
        Figure("mutants of rankers/; of them run", f"{len(every):,}; {run.total():,}"),
        Figure("seen by the tests", f"{share:.1%} ({low:.1%} to {high:.1%})", f"{GOAL:.0%}", held=share >= GOAL),
    ]
    return show("mutants", figures)


if __name__ == "__main__":
    sys.exit(main())
