import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from rankers import RuleError, SignalError, parse_rule, rank
from rankers.candidates import Numbers
from rankers.signals import LABEL_FACTS, OWN, plugins
from rankers.signals.signal import Provenance, Signal, Type
from tests.rankers.making import table

EXAMPLE = Path(__file__).parents[2] / "docs" / "developers" / "example-signal"
RULE = """schema = "ranking-rule/1"
id = "tram"
title = "For the tram"
plain = "What is read in three minutes comes first."

[[score]]
id = "short"
signal = "short_read"
points = 10
why = "For the tram."
"""
SCRIPT = """
import sys
from rankers import PLUGINS, Sentences, make_statement, parse_rule, rank, whys
from tests.rankers.making import table
assert PLUGINS.problems == (), PLUGINS.problems
document = parse_rule(sys.argv[1])
made = table([0, 0, 0], number={"words": [2000, 100, None]})
ranking = rank(document, made, made.now)
print(ranking.order(0, 3).tolist())
print([why.terms[0].value_text for why in whys(ranking, range(3))])
print(make_statement(document, Sentences.of("fr"))[0].sentences[0].text)
"""


def offered(signal, name="theirs"):
    def load():
        if isinstance(signal, Exception):
            raise signal
        return signal

    return SimpleNamespace(name=name, value=f"{name}:SIGNAL", dist=SimpleNamespace(name=f"pack-{name}"), load=load)


def signal(**fields):
    told = {
        "name": "shout",
        "type": Type.NUMBER,
        "unit": "letters",
        "scale": 1,
        "provenance": Provenance.CONTENT,
        "reads": ("words",),
        "plain": "How loud it is.",
        "compute": lambda made, _seed: made.numbers["words"],
    }
    return Signal(**{**told, **fields})


def admitted(*signals):
    return plugins.admit([offered(one) for one in signals], (*OWN, *LABEL_FACTS))


MADE = table([0, 0], number={"words": [5, None], "source_pace": [1, 1]}, label={"source": ["a", "b"]})


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The example of the docs, installed where nothing else is."""
    folder = tmp_path_factory.mktemp("plugin")
    package, target = folder / "example-signal", folder / "site"
    shutil.copytree(EXAMPLE, package)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--target", target, package], check=True, capture_output=True, timeout=100)
    return target


def test_the_example_of_the_docs_is_installed_and_ranked_by(installed, monkeypatch):
    root = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", f"{installed}:{root}")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, RULE], capture_output=True, text=True, check=False, cwd=root, timeout=100
    )
    assert "" == done.stderr
    assert [
        "[1, 2, 0]",
        "['short_read: no', 'short_read: yes', 'not known']",
        "Short : jusqu’à 10 points selon « short_read » (Whether it is read in three minutes), la totalité si c’est le cas",  # noqa: E501, RUF001  # French is written so
    ] == done.stdout.splitlines()


def test_without_the_plug_in_its_rule_says_what_is_missing():
    with pytest.raises(RuleError, match='"short_read" is no signal'):
        parse_rule(RULE)


def test_a_signal_comes_in_with_the_name_of_its_package():
    found = admitted(signal())
    assert () == found.problems
    assert "pack-theirs" == found.signals["shout"].origin
    assert [5] == found.signals["shout"].compute(MADE, "").values[:1].tolist()


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("not a signal", "is str, not a Signal"),
        (RuntimeError("broken import"), "cannot be loaded: RuntimeError: broken import"),
        (signal(name="age_hours"), "has a name that is a fact already: age_hours"),
        (signal(name="language"), "has a name that is a fact already: language"),
        (signal(name="Shout!"), "has a name of another form"),
        (signal(name="topic.x"), "has a name of another form"),
        (signal(provenance="likes"), "what readers do is none of them"),
        (signal(type="mood"), "has a type or provenance there is not"),
        (signal(reads=("likes",)), "reads likes"),
        (signal(reads=()), "must read some of the columns"),
        (signal(scale=0), "has a scale that is not 1"),
        (signal(plain=" "), "needs a plain sentence"),
    ],
)
def test_what_may_not_come_in_is_named_and_the_rest_goes_on(bad, said):
    found = plugins.admit([offered(bad, "bad"), offered(signal(), "good")], (*OWN, *LABEL_FACTS))
    assert ["shout"] == list(found.signals)
    assert 1 == len(found.problems)
    assert "pack-bad" in found.problems[0]
    assert said in found.problems[0]


def test_two_plug_ins_may_not_share_a_name():
    found = admitted(signal(), signal())
    assert 1 == len(found.signals) == len(found.problems)


def test_a_plug_in_sees_the_columns_it_declares_and_no_more():
    seen = {}

    def look(made, _seed):
        seen.update(numbers=set(made.numbers), labels=set(made.labels), sets=made.sets, flags=made.flags)
        seen.update(now=made.now, time=made.time.any(), uid=made.uid.any(), leaves=made.leaves, vectors=made.vectors)
        return made.numbers["words"]

    admitted(signal(compute=look)).signals["shout"].compute(MADE, "")
    assert {"words"} == seen.pop("numbers")
    assert not any(seen.values())


def rows(values, kind=np.int64):
    return Numbers(np.array(values, dtype=kind), np.ones(len(values), dtype=np.bool_))


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        (lambda: 7, Type.NUMBER, "gave int, not Numbers"),
        (lambda: rows([1]), Type.NUMBER, "for each of 2 rows"),
        (lambda: rows([1.5, 2], np.float64), Type.NUMBER, "something else than int64"),
        (lambda: rows([0, 2]), Type.YES_NO, "not 0 to 1"),
        (lambda: rows([-1, 2]), Type.SHARE, "not 0 to 1000000"),
        (lambda: rows([0, 2**62]), Type.NUMBER, "gave a number"),
        (lambda: rows(["a", "b"], np.str_), Type.NUMBER, "something else than int64"),
    ],
)
def test_what_a_plug_in_returns_is_looked_at(given, kind, said):
    held = admitted(signal(type=kind, compute=lambda _table, _seed: given())).signals["shout"]
    with pytest.raises(SignalError, match="pack-theirs") as raised:
        held.compute(MADE, "")
    assert said in str(raised.value)


def test_a_plug_in_that_fails_is_named():
    held = admitted(signal(compute=lambda made, _seed: made.numbers["source_pace"])).signals["shout"]
    with pytest.raises(SignalError, match="shout of the plug-in pack-theirs: KeyError"):
        held.compute(MADE, "")


def test_our_own_signals_need_no_more_than_they_declare():
    made = table(
        [0, 3600],
        number={name: [1, 2] for name in ("source_pace", "words", "language_share", "folder_share", "source_room")},
        label={"source": ["a", "b"]},
        flags={"paid": [1, 0], "copy": [0, 1]},
    )
    for own in OWN.values():
        whole, held = own.compute(made, "seed"), own.compute(made.only(frozenset((*own.reads, "now"))), "seed")
        assert (whole is None) == (held is None)
        if whole is not None:
            assert whole.values.tolist() == held.values.tolist()


def test_a_table_with_columns_left_out_ranks_the_same_without_them():
    document = parse_rule(
        RULE.replace("short_read", "reading_minutes").replace("points", "curve = { at_most = 3 }\npoints")
    )
    only = MADE.only(frozenset({"words", "time", "age_known", "now", "day"}))
    assert rank(document, MADE, MADE.now).totals.tolist() == rank(document, only, MADE.now).totals.tolist()


@pytest.mark.parametrize(
    ("fields", "low", "high"),
    [
        ({"type": Type.SHARE}, 0, 1_000_000),
        ({"type": Type.YES_NO}, 0, 1),
        ({"type": Type.NUMBER}, -(10**15), 10**15),
    ],
    ids=str,
)
def test_what_a_plug_in_may_give_has_two_ends(fields, low, high):
    for number in (low, high):
        numbers = Numbers(np.array([number, 7 * 10**18]), np.array([True, False]))
        found = admitted(signal(**fields, compute=lambda _made, _seed, given=numbers: given))
        assert number == found.signals["shout"].compute(MADE, "").values[0]
    for number in (low - 1, high + 1):
        numbers = Numbers(np.array([number, 0]), np.array([True, False]))
        found = admitted(signal(**fields, compute=lambda _made, _seed, given=numbers: given))
        with pytest.raises(SignalError, match=f"gave a number that is not {low} to {high}"):
            found.signals["shout"].compute(MADE, "")


def test_a_declaration_is_as_large_as_it_may_be():
    for fields in ({"scale": 10**9}, {"scale": 1}, {"plain": "x" * 200}, {"name": "ab"}, {"name": "a" * 41}):
        assert () == admitted(signal(**fields)).problems, fields
    for fields in ({"scale": 10**9 + 1}, {"plain": "x" * 201}, {"name": "a"}, {"name": "a" * 42}, {"scale": 1.5}):
        assert 1 == len(admitted(signal(**fields)).problems), fields


def test_a_plug_in_that_gives_no_column_gives_no_points():
    assert admitted(signal(compute=lambda _made, _seed: None)).signals["shout"].compute(MADE, "") is None


@pytest.mark.parametrize(
    "column",
    [
        Numbers(np.array([1.0, 2.0]), np.array([True, True])),
        Numbers(np.array([1, 2]), np.array([1, 1])),
        Numbers(np.array([1, 2, 3]), np.array([True, True])),
        Numbers(np.array([1, 2]), np.array([True])),
        Numbers([1, 2], np.array([True, True])),
    ],
    ids=range(5),
)
def test_columns_of_another_form_are_refused(column):
    found = admitted(signal(compute=lambda _made, _seed: column))
    with pytest.raises(SignalError, match="gave something else than"):
        found.signals["shout"].compute(MADE, "")
