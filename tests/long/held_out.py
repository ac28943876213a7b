"""Blends fitted on one part of the labelled stories and measured on another: what a stranger's stories would give.

By stories: five parts, each story and each entry that stands alone in one of them, drawn anew twenty times. Blends are
chosen by the other four parts; the held-out figure counts every pair with an entry of the fifth. By time: chosen by the
first half of the entries, measured on the second.
"""

from __future__ import annotations

import random
from itertools import product

import numpy as np

from aggregator.semantic.stories import Blend
from tests.long.clusters import harmonic

PARTS, DRAWS = 5, 20


def grid():
    shares = product((0.1, 0.2, 0.3, 0.4), (0.0, 0.02, 0.05, 0.1), np.arange(0.38, 0.62, 0.02))
    return [Blend(round(1 - w - n, 2), w, n, 0.02, round(float(join), 2), 0.62) for w, n, join in shares]


def hold_out(truth, told, placed):
    """`placed`: where all entries stand under a blend. `told` in the order of time."""
    ids = [each.entry_id for each in told if each.entry_id in truth]
    names = np.unique([str(truth[each]) for each in ids], return_inverse=True)[1]
    same = names[:, None] == names
    blends = grid()
    found = []
    for blend in blends:
        stories = placed(blend)
        of = np.array([stories[each] for each in ids])
        found.append(of[:, None] == of)
    everything = np.ones(len(ids), dtype=bool)
    whole = [figures(same, each, everything, everything) for each in found]
    best = max(range(len(blends)), key=lambda n: sum(whole[n]))
    print(f"  fitted on all: {blends[best]}, pairwise F1 {whole[best][0]:.3f}, B3 F1 {whole[best][1]:.3f}")
    by_story(names, same, found, blends)
    half = np.arange(len(ids)) < len(ids) // 2
    chosen = choose(same, found, half)
    pairs, cubed = figures(same, found[chosen], ~half, ~half)
    print(f"  first half to second: {blends[chosen]}, pairwise F1 {pairs:.3f}, B3 F1 {cubed:.3f}")


def by_story(names, same, found, blends):
    chance, held, inside, picked = random.Random(5), [], [], []
    for _ in range(DRAWS):
        order = list(range(names.max() + 1))
        chance.shuffle(order)
        part_of = np.empty(len(order), dtype=int)
        part_of[order] = np.arange(len(order)) % PARTS
        for part in range(PARTS):
            out = part_of[names] == part
            chosen = choose(same, found, ~out)
            picked.append(chosen)
            inside.append(figures(same, found[chosen], ~out, ~out))
            held.append(counts(same, found[chosen], out, np.ones(len(out), dtype=bool)))
    draws = [total(held[start : start + PARTS]) for start in range(0, len(held), PARTS)]
    pairs, cubed = np.array(draws).T
    print(
        f"  held out by stories: pairwise F1 {pairs.mean():.3f} ({pairs.min():.3f} to {pairs.max():.3f}),"
        f" B3 F1 {cubed.mean():.3f} ({cubed.min():.3f} to {cubed.max():.3f});"
        f" where it was fitted {np.mean(inside, axis=0).round(3).tolist()}"
    )
    often = max(set(picked), key=picked.count)
    print(f"  chosen most often, {picked.count(often)} of {len(picked)} times: {blends[often]}")


def choose(same, found, part):
    return max(range(len(found)), key=lambda n: sum(figures(same, found[n], part, part)))


def figures(same, found, rows, columns):
    """Pairwise and B³ F1 of the entries of `rows` among those of `columns`."""
    return total([counts(same, found, rows, columns)])


def counts(same, found, rows, columns):
    """Hits, pairs asked for and pairs given (each twice where both are of the part), and sums for B³."""
    asked, given = same[np.ix_(rows, columns)], found[np.ix_(rows, columns)]
    hits = (asked & given).sum(1)
    itself = 1
    return (
        (hits - itself).sum(), (asked.sum(1) - itself).sum(), (given.sum(1) - itself).sum(),
        (hits / given.sum(1)).sum(), (hits / asked.sum(1)).sum(), len(hits),
    )  # fmt: skip


def total(parts):
    hits, asked, given, precision, recall, entries = np.sum(parts, axis=0)
    return harmonic(hits / max(given, 1), hits / max(asked, 1)), harmonic(precision / entries, recall / entries)
