"""How good and how dear meaning is: `python -m tests.long.meaning [light] [full] [--fit]`.

The figures stand in docs/developers/meaning.md.

Pairs: headlines of this repository in eight languages, and SemEval's English pairs in ../shared/corpus. Stories: the
labelled entries there, on which blends are fitted (`--fit`), and a generated stream with known truth. Index: recall
against exact search. All cost is CPU time.
"""

from __future__ import annotations

import csv
import html
import random
import re
import sys
import tempfile
import time
from datetime import datetime
from itertools import product
from pathlib import Path

import numpy as np

from aggregator.semantic.blends import blend_of
from aggregator.semantic.cards import english_weights
from aggregator.semantic.faiss_index import FaissIndex
from aggregator.semantic.numbers import mixed
from aggregator.semantic.stories import Blend, Stories, Told
from aggregator.semantic.tokens import names_of, words_of
from aggregator.wiring import open_embedder
from tests.long.clusters import agreement, scores
from tests.long.held_out import hold_out

HEADLINES = Path("tests/data/meaning/headlines.tsv")
CORPUS = Path("../shared/corpus")
if not CORPUS.is_dir():
    CORPUS = Path("/work/shared/corpus")
LANGUAGES = ("en", "fr", "es", "ar", "ko", "de", "ru", "zh")
HOUR = 3600


def main(arguments):
    for engine in [each for each in arguments if not each.startswith("-")] or ["light"]:
        model = open_embedder(engine, "")
        print(f"\n== {model.card.id}")
        across_languages(model)
        semeval(model)
        labelled(model, fit="--fit" in arguments)
        stream(model)
    index()


def rows_of(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def across_languages(model):
    rows = rows_of(HEADLINES)
    vectors = {language: model.embed([row[language] for row in rows]) for language in LANGUAGES}
    same, other = pairs_of(vectors, range(len(rows)))
    found = [
        float(((vectors[a] @ vectors[b].T).argmax(axis=1) == np.arange(len(rows))).mean())
        for a, b in product(LANGUAGES, LANGUAGES)
        if a != b
    ]
    best = max((pair_f1(same, other, at / 100), at / 100) for at in range(5, 95))
    held = [apart(vectors, chance) for chance in map(random.Random, range(20))]
    print(f"same or not, threshold from ten headlines, the other ten: F1 {np.mean(held):.3f}, worst {min(held):.3f}")
    print(f"headline found again in another language: {np.mean(found):.3f}, worst pair of languages {min(found):.2f}")
    middle = f"likeness of the same {np.mean(same):.2f}, of others {np.mean(other):.2f}"
    print(f"same or not, best F1 {best[0]:.3f} at {best[1]:.2f}; {middle}")


def apart(vectors, chance):
    """F1 on half of the headlines with the threshold that is best for the other half."""
    order = chance.sample(range(len(vectors["en"])), len(vectors["en"]))
    half = len(order) // 2
    same, other = pairs_of(vectors, order[:half])
    least = max(range(5, 95), key=lambda at: pair_f1(same, other, at / 100)) / 100
    return pair_f1(*pairs_of(vectors, order[half:]), least)


def pairs_of(vectors, rows):
    same, other = [], []
    for a, b in product(LANGUAGES, LANGUAGES):
        if a != b:
            near = vectors[a][rows] @ vectors[b][rows].T
            same += np.diag(near).tolist()
            other += near[~np.eye(len(rows), dtype=bool)].tolist()
    return same, other


def pair_f1(same, other, least):
    hits = sum(each >= least for each in same)
    wrong = sum(each >= least for each in other)
    return 2 * hits / (len(same) + hits + wrong)


def semeval(model):
    folder = CORPUS / "stories" / "brmson+dataset-sts" / "data" / "sts" / "semeval-sts"
    for name in ("2013/headlines", "2014/headlines", "2014/tweet-news"):
        path = folder / f"{name}.test.tsv"
        if not path.is_file():
            print("no corpus: SemEval is left out")
            return
        pairs = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
        start = time.process_time()
        first, second = model.embed([pair[1] for pair in pairs]), model.embed([pair[2] for pair in pairs])
        cost = time.process_time() - start
        near = (first * second).sum(axis=1)
        agreed = np.corrcoef(near, [float(pair[0]) for pair in pairs])[0, 1]
        print(f"SemEval {name}: Pearson {agreed:.3f}, {2 * len(pairs) / cost:.0f} texts a CPU second")


def labelled(model, *, fit):
    """The labelled entries of 16-18 February 2026; those that are only related count for nothing."""
    truth, told = silver(model)
    if not told:
        print("no corpus: labelled stories are left out")
        return
    report("labelled entries", truth, told, blend_of(model.card))
    if fit:
        hold_out(truth, told, lambda blend: place(told, blend))


def silver(model):
    labels = CORPUS / "stories" / "derived" / "world_news_2026-02-16_18_labels.tsv"
    items = CORPUS / "stories" / "derived" / "world_news_items_unlabelled.tsv"
    if not labels.is_file():
        return {}, []
    import feedparser  # noqa: PLC0415  # for this part alone

    texts = {}
    for path in {row["feed_file"] for row in rows_of(items)}:
        for entry in feedparser.parse((CORPUS / path).read_bytes()).entries:
            plain = html.unescape(re.sub(r"<[^>]+>", " ", entry.get("summary", "")))
            texts[entry.get("link")] = re.sub(r"\s+", " ", plain).strip()[:300]
    rows = rows_of(labels)
    truth = {
        int(row["row"]): row["story"] if row["strength"] == "core" else f"alone {row['row']}"
        for row in rows
        if row["strength"] != "related"
    }
    entries = [
        (int(row["row"]), seconds(row["published_utc"]), "en", row["title"], texts.get(row["link"], "")) for row in rows
    ]
    return truth, tell(model, entries)


def seconds(when):
    return int(datetime.fromisoformat(when).timestamp())


def stream(model):
    """Each event told in eight languages over two days, by several sources, in their own words at the edges."""
    chance = random.Random(2026)
    lead = ("", "Update: ", "Live: ", "Analysis: ")
    truth, entries = {}, []
    for week, (event, row) in product(range(3), enumerate(rows_of(HEADLINES))):
        begins = (week * 14 * 24 + event * 6) * HOUR
        for language in LANGUAGES:
            for _ in range(chance.randrange(1, 4)):
                number = len(entries) + 1
                title = chance.choice(lead) + row[language]
                entries.append((number, begins + chance.randrange(48 * HOUR), language, title, ""))
                truth[number] = (week, event)
    told = tell(model, entries)
    report("generated stream, eight languages", truth, told, blend_of(model.card))
    english = [each for each in told if each.language == "en"]
    report(
        "  its English part", {each.entry_id: truth[each.entry_id] for each in english}, english, blend_of(model.card)
    )


def tell(model, entries):
    start = time.process_time()
    titles = model.embed([title for *_, title, _ in entries])
    texts = model.embed([text or title for *_, title, text in entries])
    cost = time.process_time() - start
    print(f"{len(entries)} entries, title and text: {len(entries) / cost:.0f} entries a CPU second", end="")
    print(
        f", {len(entries) / as_it_comes(entries):.0f} as sentence-transformers comes"
        if model.card.engine == "full"
        else ""
    )
    told = [
        Told(number, at, language, words_of(title, text), names_of(title, text), vector)
        for (number, at, language, title, text), vector in zip(entries, mixed(titles, texts), strict=True)
    ]
    return sorted(told, key=lambda each: (each.time, each.entry_id))


def as_it_comes(entries):
    """CPU seconds of sentence-transformers on the same texts without what we do about it: fp32, its own threads."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415  # as feedparser above

    plain = SentenceTransformer(str(english_weights()), device="cpu", local_files_only=True)
    start = time.process_time()
    plain.encode([part for *_, title, text in entries for part in (title, text or title)], show_progress_bar=False)
    return time.process_time() - start


def place(told, blend):
    stories = Stories(blend, len(told[0].vector))
    placed = [each for start in range(0, len(told), 32) for each in stories.place_in_turn(told[start : start + 32])]
    return {each.entry_id: each.story for each in placed}


def report(what, truth, told, blend):
    start = time.process_time()
    found = place(told, blend)
    cost = (time.process_time() - start) / len(told)
    pairs, cubed, precision, recall = scores(truth, found)
    again = place(nearly_in_order(told), blend)
    print(
        f"{what}: {len(told)} entries, pairwise F1 {pairs:.3f} (precision {precision:.3f}, recall {recall:.3f}),"
        f" B3 F1 {cubed:.3f}, stability {agreement(found, again):.3f}, {cost * 1000:.2f} CPU ms an entry"
    )


def nearly_in_order(told):
    """The same entries as they might have come: up to an hour later than they were written."""
    chance = random.Random(7)
    return sorted(told, key=lambda each: each.time + chance.randrange(HOUR))


def index(count=100_000, dimensions=512):
    chance = np.random.default_rng(1)
    vectors = chance.normal(size=(count, dimensions)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    with tempfile.TemporaryDirectory() as folder:
        held = FaissIndex(Path(folder) / "index", "m", dimensions, "d")
        for start in range(0, count, 2_000):
            held.apply(list(range(start, start + 2_000)), vectors[start : start + 2_000], [], version=start + 1)
        asked = vectors[::2_000] + 0.05 * chance.normal(size=(50, dimensions)).astype(np.float32)
        exact = np.argsort(-(asked @ vectors.T), axis=1)[:, :10]
        start = time.process_time()
        found = [[hit.entry_id for hit in held.nearest(each, 10)] for each in asked]
        cost = (time.process_time() - start) / len(asked)
        recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(found, exact.tolist(), strict=True)])
        start = time.process_time()
        held.save()
        FaissIndex(Path(folder) / "index", "m", dimensions, "d")
        kept = time.process_time() - start
    print(
        f"\nindex of {count}: recall@10 {recall:.3f}, {cost * 1000:.1f} CPU ms a query, saved and read {kept:.1f} CPU s"
    )
    window(vectors)


def window(vectors, count=50_000):
    """What an entry costs where the window is full: nobody's story is anybody else's."""
    blend = Blend(0.75, 0.2, 0.05, 0.02, 0.9, 0.9)
    stories = Stories(blend, vectors.shape[1])
    words = [frozenset({f"w{n}", f"v{n % 997}"}) for n in range(count)]
    told = [Told(n + 1, n, "en", words[n], frozenset(), vectors[n]) for n in range(count)]
    for each in told[:-640]:
        stories.keep(each, each.entry_id)
    start = time.process_time()
    for at in range(count - 640, count, 32):
        stories.place_in_turn(told[at : at + 32])
    print(f"window of {len(stories)} stories: {(time.process_time() - start) / 640 * 1000:.2f} CPU ms an entry")


if __name__ == "__main__":
    main(sys.argv[1:])
