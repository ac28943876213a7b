from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rankers.facts_check import read_list, verify_facts
from rankers.ranking import rank
from rankers.receipt import make_receipt
from tests.rankers.making import documents, tables


def written(document, made):
    return make_receipt(rank(document, made, made.now), list_key="front-page", version="v", secret=b"s").data


@given(documents(), tables())
def test_the_facts_a_receipt_was_made_from_are_its_facts(document, made):
    data = written(document, made)
    assert verify_facts(data, made) is None
    told = read_list(data)
    assert ("front-page", made.now, "v", document.hash) == (told.list, told.now, told.version, told.document.hash)


@given(documents(), tables(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(document, made, chance):
    rows = list(range(len(made)))
    chance.shuffle(rows)
    assert verify_facts(written(document, made), made.take(np.array(rows, dtype=np.intp))) is None


@given(documents(), tables(), st.data())
def test_another_time_of_an_entry_is_named(document, made, data):
    if len(made) == 0:
        return
    row = data.draw(st.integers(0, len(made) - 1))
    time = made.time.copy()
    time[row] -= 1
    found = verify_facts(written(document, made), replace(made, time=time))
    assert (made.uid_hex(row), str(made.time[row]), str(time[row])) == (found.entry, found.recorded, found.found)


@given(documents(), tables(), st.data())
def test_a_candidate_that_is_gone_is_named(document, made, data):
    if len(made) == 0:
        return
    row = data.draw(st.integers(0, len(made) - 1))
    rest = made.take(np.delete(np.arange(len(made)), row))
    found = verify_facts(written(document, made), rest)
    assert (made.uid_hex(row), "a candidate") == (found.entry, found.recorded)
    found = verify_facts(written(document, rest), made)
    assert (made.uid_hex(row), "not one") == (found.entry, found.recorded)
