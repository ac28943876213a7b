"""What a search by words and meaning takes, from the question to the page's first 50 hits.

    .venv/bin/python -m tests.benchmarks.bench_search [--entries 100000] [--rounds 20] [--data FOLDER]

Wall milliseconds of the service, one asker. The words of a made-up language, from common to rare, are looked for in the
words index, and real words by the light model among vectors that lie about a hundred subjects; model and index stand in
this process, where an instance has them in its worker, some 0.3 ms away.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from aggregator.model.meaning import Engine
from aggregator.semantic.faiss_index import FaissIndex
from aggregator.services import accounts
from aggregator.services.sensing import search_by_sense
from aggregator.wiring import open_embedder
from tests.benchmarks.filled import filled, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregator.model.candidate import Hit
    from aggregator.model.ports import Embedder
    from aggregator.services.desk import Desk

SUBJECTS = 100
NOISE = 1.2
"""How far an entry lies from its subject: a cosine of about 0.64."""
PIECE = 20_000
QUESTIONS = {
    "a rare word": word(20_000),
    "an uncommon word": word(2_000),
    "two words": f"{word(50)} {word(200)}",
    "a common word": word(3),
    "two common words": f"{word(5)} {word(7)}",
    "a phrase": f'"{word(20)} {word(30)}"',
}


class Knowing:
    """What the worker answers of meaning."""

    def __init__(self, model: Embedder, index: FaissIndex) -> None:
        self._model = model
        self._index = index

    def nearest(self, text: str, count: int, *, wait: float) -> tuple[Hit, ...]:  # noqa: ARG002  # as the port has it
        """Return the entries nearest in meaning to some words."""
        return self._index.nearest(self._model.embed([text])[0], count)


def knowing(folder: Path, count: int, questions: Sequence[str]) -> Knowing:
    """Fill an index with vectors about subjects, the questions' own among them."""
    model = open_embedder(Engine.LIGHT, "")
    chance = np.random.default_rng(11)
    named = model.embed(list(questions))
    size = named.shape[1]
    others = chance.standard_normal((SUBJECTS - len(named), size)).astype(np.float32)
    subjects = np.concatenate([named, others / np.linalg.norm(others, axis=1, keepdims=True)])
    index = FaissIndex(folder / "vectors", "bench", size, "bench")
    for start in range(0, count, PIECE):
        ids = list(range(start + 1, min(start + PIECE, count) + 1))
        drawn = chance.standard_normal((len(ids), size), dtype=np.float32) * (NOISE / size**0.5)
        vectors = subjects[chance.integers(0, SUBJECTS, len(ids))] + drawn
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        index.apply(ids, vectors, [], version=ids[-1])  # type: ignore[arg-type]  # numbers of entries
    return Knowing(model, index)


def measure(desk: Desk, rounds: int) -> dict[str, list[float]]:
    """Return the wall ms of each search for each question; in turn, after a round that warms."""
    actor = accounts.operator(desk)
    took: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    for number in range(rounds + 1):
        for name, words in QUESTIONS.items():
            began = time.perf_counter()
            page = search_by_sense(desk, actor, words, wait=10)
            seconds = time.perf_counter() - began
            assert page.by_sense, "meaning had a part in it"
            assert page.items, "something is found"
            if number:
                took[name].append(seconds * 1000)
    return took


def main() -> None:
    """Print a line for each kind of question and one for all, for each number of entries."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", default="100000")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--data", type=Path, help="where filled instances are kept for the next time")
    given = parser.parse_args()
    line = "{:>9}  {:<20} {:>9} {:>9} {:>9}"
    print(line.format("stored", "question", "median ms", "p95 ms", "p99 ms"))
    for count in map(int, given.entries.split(",")):
        with filled(count, given.data) as desk, TemporaryDirectory() as folder:
            took = measure(replace(desk, ask=knowing(Path(folder), count, list(QUESTIONS.values()))), given.rounds)
        for name, each in {**took, "all": [one for times in took.values() for one in times]}.items():
            cuts = statistics.quantiles(each, n=100)
            print(line.format(count, name, *(f"{one:.1f}" for one in (statistics.median(each), cuts[94], cuts[98]))))


if __name__ == "__main__":
    main()
