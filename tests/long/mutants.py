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
EQUIVALENT: dict[str, str] = {
    "before > after  ->  before >= after": "nobody asks why an entry stands where it stood",
    "arrange/order.py: self._sort(max(count, 2 * len(self._sorted), _FIRST_PULL))": "how much is sorted at once",
    "arrange/order.py: if len(seen) > _MOST_LISTED:": "both ways give the same place",
    "(int(behind.max()) + 1) * span >= _ROOM  ->  (int(behind.max()) + 1) * span > _ROOM": "both ways order alike",
    "arrange/order.py: if count * 4 >= self.size:": "from where all is sorted at once",
    "arrange/order.py: seen = self.first(min(max(4 * len(seen), _FIRST_PULL), end))": "how much is pulled at once",
    "arrange/one_per_story.py: reach = 2 * reach + 64": "as above",
    "arrange/one_per_story.py: start, self._reached = self._reached, max(2 * self._reached, count + 64)": "as above",
    "arrange/take_turns.py: reach = max(2 * count, 256)": "as above",
    "arrange/take_turns.py: reach *= 4": "as above",
    "arrange/max_per_source.py: rows = self.incoming.first(start + max(more, start, 64))[start:]": "as above",
    "arrange/shares.py: rows = self.incoming.first(max(2 * start, 128))[start:]": "as above",
    "arrange/order.py: _FIRST_PULL = 512": "how much is sorted at once, never in which order",
    "arrange/order.py: _ROOM = 1 << 62": "from where times are counted by rank, which gives the same order",
    "arrange/order.py: _MOST_LISTED = 4096  # a dict of more rows would cost more than it saves": "a way to one place",
    "score.py: _BLOCK = 32_768": "how many rows are worked on at once",
    "curves.py: _WIDEST_LOOKED_UP = 32_768": "what is looked up is what is worked out",
    "curves.py: _FIXED_BITS = 200": "a hundred would do",
    "curves.py: _HALVINGS_TO_NOTHING = 60": "from twenty-one on a million is nothing",
    "curves.py: spare = 32": "a dozen would do",
    "curves.py: doubtful = np.flatnonzero(shares > _GUARD)": "no share lies on the guard; beside it both ways agree",
    "patterns.py: _MAX_MEMORY = 8 << 20": "how much memory an expression may take",
    "words.py: _LONGEST_REMEMBERED_RUN = 12": "what is remembered is what is worked out",
    "words.py: return _fold_short_run(run) if len(run) <= _LONGEST_REMEMBERED_RUN else fold_by_definition(run)": "as "
    "above",
    "words.py: _fold_short_run = lru_cache(maxsize=16384)(fold_by_definition)": "the size of a memory",
    "matching.py: _matcher = lru_cache(maxsize=64)(LeafMatcher)": "the size of a memory",
    'messages/icu.py: end = min((p for p in (message.find("{", at), message.find("}", at)) if p >= 0), '
    "default=len(message))": "nothing is looked for at 0",
    'messages/icu.py: end = min(p for p in (message.find(",", at), message.find("}", at)) if p >= 0)': "as above",
}
"""`module: line of source`, or the change anywhere, and why no test could see it."""


def is_equivalent(mutant: Mutant) -> bool:
    """Tell whether a mutant is listed as changing nothing."""
    line = f"{mutant.where}: {mutant.text}"
    return any(key in EQUIVALENT for key in (line, mutant.said))


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
