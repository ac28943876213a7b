"""What no release may change by accident: the names of rules, receipts already written, and how everything is said.

Another hash here would give published rules other names, or refuse receipts that are true.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from rankers.explain import whys
from rankers.exposure import measure_exposure
from rankers.models import ModelName, ModelTold
from rankers.ranking import rank
from rankers.receipt import make_receipt
from rankers.sentences import Sentences, label
from rankers.signals import LABEL_FACTS, OWN, TEXT_FACTS, fact_named
from rankers.statement import make_statement, share_said
from tests.rankers.making import HOUR, leave_out, rule, step, table, term

TESTS = """{ all = [{ title = ['a b', 'c*'], text = '/d+/' }, { none = [{ author = 'e' }, { category = 'f' }] },
 { content_warning = 'g', language = 'pt-BR', folder = 'News/Local', source = 's.example', owner = 'o', feed = 'f1',
 kind = ['article', 'video'], has = ['image'] }, { all = [{ paid = true }, { copy = false }, { first_report = true }] },
 { age_hours = { at_least = 1.5, at_most = 90 } }, { source_pace = { at_most = 2.5 } },
 { topic.rent = { at_least = 0.3 } }, { words = { at_least = 10 } }] }"""
EVERYTHING = (
    "[[topic]]\nid = 'rent'\ntext = 'What flats cost'\n",
    "[[topic]]\nid = 'sea'\nexamples = ['A harbour', 'A boat']\n",
    leave_out("much", TESTS.replace("\n", "")),
    leave_out("paid", "{ paid = true }"),
    leave_out("too-old", "{ age_hours = { at_least = 21 } }"),
    term("fresh", "signal = 'age_hours'\ncurve = { halves_every = 18 }", 40),
    term("loud", "signal = 'source_pace'\ncurve = { rises = [3, 30] }", -20),
    term("room", "signal = 'source_room'\ncurve = { falls = [0, 200] }", 30),
    term("luck", "signal = 'lottery'", 1),
    term("drawn", "signal = 'lottery'\nseed = 'mine'", 2),
    term("told", "signal = 'story_sources'\ncurve = { table = [[1, 0], [2, 0.5], [8, 1]] }", 20),
    term("first", "signal = 'first_report'\nwhen = { copy = false }", 3),
    term("long", "signal = 'words'\ncurve = { at_least = 600 }", 4),
    term("short", "signal = 'reading_minutes'\ncurve = { at_most = 3 }", 5),
    term("rare", "signal = 'language_share'\ncurve = { falls = [0.02, 0.3] }", 6),
    term("small", "signal = 'folder_share'\ncurve = { falls = [0.1, 0.5] }", 7),
    term("near", "signal = 'topic.rent'", 8),
    term("ours", "when = { folder = 'Ours' }", 9),
    term("theirs", "when = { copy = true }", -9),
    step("one-per-story", "keep = 'earliest'"),
    step("spread", "by = 'meaning'\npoints = 25\ndepth = 60\nwindow = 4"),
    step(
        "shares",
        "depth = 12\ngroups = [{ id = 'fr', when = { language = 'fr' }, at_least = 0.3, why = 'w' },"
        " { id = 'ours', when = { folder = 'Ours' }, why = 'v' }]",
    ),
    step("take-turns", "by = 'folder'\neach = 2"),
    step("max-per-source", "limit = 1\nwindow = 3"),
    step("pin", "limit = 2"),
    "[finish]\nlength = 10\n",
)
NAME = "981ac699db3fab72c36f90cbbf3da172af1b1fd8c768c8129fbf06e91b5b9f1d"
COLUMNS = """
age_known author category content_warning copy day feed first_report folder folder_share has kind language
language_share meaning owner paid pick source source_pace source_room story story_sources text time title
topic.rent words
"""
RECEIPT = (
    "060ee26e10e156cb5d7ac053119b0cb8a129420707a9980a98d330fe72e2d997",
    "4ed1390979e7f706e3b85231cb7e062a2b64c19482991fd0bec8336c6c4d7b8a",
)
"""Hashes of the receipt and of its annex."""
SIZE = 24


MODELS = (ModelTold(ModelName("a", "00"), ("en", "fr")), ModelTold(ModelName("b", "01"), ()))
DATA = Path(__file__).parents[1] / "data" / "ranking"


def everything():
    return rule(*EVERYTHING)


def some(at, values):
    return [values[(n * at) % len(values)] for n in range(SIZE)]


def made():
    return table(
        [HOUR * n + 7 * (n % 3) - 3600 for n in range(SIZE)],
        number={
            "source_pace": some(5, [400, 3000, 12_345, 31_000, None]),
            "source_room": some(3, [0, 100, 150, 1000, None]),
            "story_sources": some(7, [1, 2, 3, 9, 20]),
            "words": some(1, [100, 599, 600, 2000, None, 690, 691]),
            "language_share": some(2, [10_000, 100_000, 300_000]),
            "folder_share": some(2, [10_000, 200_000, None]),
            "topic.rent": some(1, [0, 123_456, 999_999, None]),
            "pick": [None] * (SIZE - 3) + [2, 1, 3],
        },
        label={
            "source": some(5, ["a.example", "b.example", "c.example", "d.example", "e.example", "a.example"]),
            "owner": some(5, ["a", "b", "c", "d", None, "a"]),
            "language": some(1, ["en", "fr", None, "pt-BR", "en"]),
            "story": some(1, ["s", None, "t", None, None, "t", "s", None, None]),
            "kind": some(1, ["article", "note", "video"]),
        },
        sets={"folder": some(1, [("Ours",), ("Theirs", "Ours"), None, ("News/Local",)])},
        flags={name: some(at, [0, 0, 1, None, 0]) for at, name in enumerate(("copy", "first_report", "paid"), start=1)},
        leaves={"title:a b": some(1, [False] * 10 + [True]), "author:e": some(1, [True, False, True])},
        vectors=some(1, [[100, 9, 3], [90, 20, 1], None, [-5, 60, 7], [3, 3, 120]]),
        age_known=some(1, [True] * 9 + [False]),
    )


def test_a_rule_keeps_its_name():
    document = everything()
    assert NAME == document.hash
    assert set(COLUMNS.split()) == document.columns


def test_what_facts_mean_is_part_of_the_names_of_rules():
    names = sorted([*OWN, *LABEL_FACTS, *TEXT_FACTS, "topic.x"])
    told = [f"{name} {fact_named(name).declaration()}" for name in names]
    assert (DATA / "facts.txt").read_text("utf-8").splitlines() == told


def test_a_receipt_written_once_is_written_so_again():
    ranking = rank(everything(), made(), made().now)
    written = make_receipt(ranking, list_key="front-page", version="v", secret=b"a secret")
    assert RECEIPT == (hashlib.sha256(written.data).hexdigest(), hashlib.sha256(written.annex).hexdigest())


def test_the_whole_statement_reads_so():
    sections = make_statement(everything(), Sentences.of("en"), models=MODELS)
    lines = []
    for section in sections:
        lines.append(f"# {section.heading}")
        lines += [f"{s.text} [{s.why} {s.line} {s.points} {s.share}]" for s in section.sentences]
    assert (DATA / "statement.txt").read_text("utf-8").splitlines() == lines


def test_every_fact_and_move_of_an_entry_reads_so():
    ranking = rank(everything(), made(), made().now)
    english = Sentences.of("en")
    lines = []
    for told in whys(ranking, ranking.shown):
        lines.append(f"{told.position} {told.newest_first_position} {told.total_tenths}")
        lines += [f"  {t.id} {t.tenths} {t.state}: {t.value_text}" for t in told.terms]
        lines += [f"  {english.move(move, ranking.position)}" for move in told.moves]
    assert (DATA / "reasons.txt").read_text("utf-8").splitlines() == lines


def test_the_measures_of_an_edition_are_these():
    ranking = rank(everything(), made(), made().now)
    found = measure_exposure(made(), ranking.shown)
    shares = [*found.sources, *found.languages, *found.folders]
    assert (DATA / "room.txt").read_text("utf-8").splitlines() == list(map(str, shares))
    assert (10, 24, 2, 39_600) == (found.places, found.candidates, found.stories, found.median_age)
    even = found.evenness
    assert (0.308436, 0.110923, 0.308436, 4.261245) == pytest.approx(
        (even.gini, even.floor, even.among_shown, even.effective), abs=1e-6
    )


def test_words_of_lines_and_shares():
    assert "About housing" == label("about-housing")
    assert "12.5 % of all points of the rule" == share_said(125, Sentences.of("en"))
