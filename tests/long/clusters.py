"""How like two groupings of the same entries are: pairwise and B³ figures."""

from __future__ import annotations

import numpy as np


def agreement(first, second):
    """Pairs that stand together both times, of those that do in one of them."""
    ids = sorted(first)
    a, b = (np.array([found[each] for each in ids]) for found in (first, second))
    upper = np.triu(np.ones((len(ids), len(ids)), dtype=bool), 1)
    both, one = (a[:, None] == a) & (b[:, None] == b) & upper, ((a[:, None] == a) | (b[:, None] == b)) & upper
    return both.sum() / max(one.sum(), 1)


def scores(truth, found):
    """Pairwise F1, B3 F1, pairwise precision and recall."""
    names = {name: number for number, name in enumerate(dict.fromkeys(truth.values()))}
    t = np.array([names[name] for name in truth.values()])
    f = np.array([found[each] for each in truth])
    same_t, same_f = t[:, None] == t, f[:, None] == f
    upper = np.triu(np.ones_like(same_t), 1)
    hits, asked, given = ((each & upper).sum() for each in (same_t & same_f, same_t, same_f))
    precision, recall = hits / max(given, 1), hits / max(asked, 1)
    b_precision = ((same_t & same_f).sum(1) / same_f.sum(1)).mean()
    b_recall = ((same_t & same_f).sum(1) / same_t.sum(1)).mean()
    return harmonic(precision, recall), harmonic(b_precision, b_recall), precision, recall


def harmonic(a, b):
    return 2 * a * b / max(a + b, 1e-9)
