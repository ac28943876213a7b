import hashlib
import os
import subprocess
import sys
from decimal import Decimal, localcontext
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy._core import _multiarray_umath as numpy_multiarray

from rankers.curves import (
    ONE,
    AsItIs,
    AtLeast,
    AtMost,
    Falls,
    Halves,
    Rises,
    Table,
    halved,
    rounded_quotient,
    rounded_ratio,
)

COUNTS = st.integers(-(10**6), 10**12)
SLOPES = st.tuples(st.integers(-(10**6), 10**9), st.integers(1, 10**9)).map(lambda p: (p[0], p[0] + p[1]))


def one(curve, count):
    return int(curve.apply(np.array([count], dtype=np.int64))[0])


@st.composite
def curves(draw):
    low, high = draw(SLOPES)
    xs = sorted(draw(st.sets(st.integers(0, 10**9), min_size=2, max_size=20)))
    shares = draw(st.lists(st.integers(0, ONE), min_size=len(xs), max_size=len(xs)))
    return draw(
        st.sampled_from(
            [
                Halves(draw(st.integers(1, 10**8))),
                Rises(low, high),
                Falls(low, high),
                AtLeast(low),
                AtMost(low),
                Table(tuple(zip(xs, shares, strict=True))),
            ]
        )
    )


@given(curves(), st.lists(COUNTS, min_size=1))
def test_a_share_is_from_nothing_to_all(curve, counts):
    shares = curve.apply(np.array(counts, dtype=np.int64))
    assert shares.min() >= 0
    assert shares.max() <= ONE


@given(curves(), st.lists(COUNTS, min_size=2))
def test_shares_only_fall_or_only_rise(curve, counts):
    shares = curve.apply(np.sort(np.array(counts, dtype=np.int64)))
    steps = np.diff(shares)
    if isinstance(curve, Halves | Falls | AtMost):
        assert np.all(steps <= 0)
    elif not isinstance(curve, Table):
        assert np.all(steps >= 0)


@given(SLOPES, COUNTS)
def test_what_rises_and_what_falls_make_a_whole(slope, count):
    up, down = one(Rises(*slope), count), one(Falls(*slope), count)
    assert ONE == up + down


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, ONE)), min_size=2, max_size=20), COUNTS)
def test_a_table_is_straight_between_its_rows(rows, count):
    rows = sorted(dict(rows).items())
    if len(rows) < 2:
        return
    inside = min(max(count, rows[0][0]), rows[-1][0])
    (x0, y0), (x1, y1) = next((a, b) for a, b in pairwise(rows) if a[0] <= inside <= b[0])
    assert one(Table(tuple(rows)), count) in {
        y0 + rounded_ratio((inside - x0) * (y1 - y0), x1 - x0),
        y1 if inside == x1 else y0 + rounded_ratio((inside - x0) * (y1 - y0), x1 - x0),
    }


@given(st.integers(0, 10**9), st.integers(1, 10**7))
def test_halving_is_the_mathematical_value(count, every):
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(ONE) * (Decimal(2) ** (-(Decimal(count) / Decimal(every))))
        expected = int(exact.to_integral_value())
    assert expected == halved(count, every)
    assert expected == one(Halves(every), count)


@given(st.integers(0, 70), st.integers(1, 10**9))
def test_whole_halvings_round_ties_to_even(halvings, every):
    assert rounded_ratio(ONE, 2**halvings) == one(Halves(every), halvings * every)


@pytest.mark.parametrize(("count", "expected"), [(0, ONE), (24, 500_000), (48, 250_000), (7 * 24, 7812), (-5, ONE)])
def test_half_as_much_every_day(count, expected):
    assert expected == one(Halves(24 * 3600), count * 3600)


def test_doubtful_values_take_the_exact_way():
    """A value so near to a half that the float could be wrong: found by search, checked by integers."""
    every = 86_400
    counts = np.arange(0, 20 * every, 7, dtype=np.int64)
    shares = np.exp2(-(counts / every)) * ONE
    near = np.flatnonzero(np.abs(shares - np.floor(shares) - 0.5) < 1e-4)
    assert near.size > 10
    assert [halved(int(counts[n]), every) for n in near] == Halves(every).apply(counts[near]).tolist()


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**9))
def test_quotients_round_to_the_nearest_and_ties_to_even(numerator, divisor):
    expected = int((Decimal(numerator) / Decimal(divisor)).to_integral_value()) if divisor in {1, 2, 4, 5, 8} else None
    got = int(rounded_quotient(np.array([numerator], dtype=np.int64), divisor)[0])
    assert rounded_ratio(numerator, divisor) == got
    assert abs(2 * (numerator - got * divisor)) <= divisor
    if expected is not None:
        assert expected == got


@pytest.mark.parametrize(("numerator", "expected"), [(1, 0), (3, 2), (5, 2), (7, 4), (-1, 0), (-3, -2)])
def test_ties_go_to_the_even_number(numerator, expected):
    assert expected == rounded_ratio(numerator, 2)


GRID = "11dabbe42168b565171c27e7d481f34400d70cdfb464590d78ecb7a335bfe814"


def hash_of_grid():
    counts = np.arange(0, 3_000_000, 101, dtype=np.int64)
    grid = [
        *(Halves(every) for every in (1, 7, 600, 3600, 64_800, 86_400, 432_000, 10**7)),
        Rises(3000, 30_000),
        Falls(200, 3000),
        AtLeast(600),
        AtMost(64_800),
        Table(((600, 0), (1000, 600_000), (2000, ONE), (8000, ONE), (20_000, 600_000))),
    ]
    digest = hashlib.sha256()
    for curve in grid:
        digest.update(curve.apply(counts).astype("<i8").tobytes())
    return digest.hexdigest()


def test_the_shares_of_a_fixed_grid_never_change():
    """The contract of all machines and NumPy versions: the same shares to the last millionth."""
    assert GRID == hash_of_grid()


def test_the_shares_do_not_depend_on_the_processor():
    """The same grid in a process in which NumPy may not use the processor's wide instructions."""
    wide = numpy_multiarray.__cpu_dispatch__
    usable = [name for name in wide if numpy_multiarray.__cpu_features__.get(name)]
    script = "import tests.rankers.test_curves as t; print(t.hash_of_grid())"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "NPY_DISABLE_CPU_FEATURES": " ".join(usable)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert GRID == done.stdout.strip()


@given(st.integers(-100, 1000), st.integers(1, 32_768), st.booleans(), st.lists(COUNTS, min_size=1))
def test_shares_looked_up_are_those_worked_out(low, width, rising, counts):
    curve = (Rises if rising else Falls)(low, low + width)
    near = np.array([*counts, *range(low - 2, low + 3), low + width - 1, low + width, low + width + 1], dtype=np.int64)
    assert curve.exactly(near).tolist() == curve.apply(near).tolist()


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        (AtLeast(5), {4: 0, 5: ONE, 6: ONE}),
        (AtMost(5), {4: ONE, 5: ONE, 6: 0}),
        (AsItIs(ONE), {-1: 0, 0: 0, 1: 1, ONE: ONE, ONE + 1: ONE}),
        (AsItIs(1), {-1: 0, 0: 0, 1: ONE, 2: ONE}),
        (Rises(-1, 3), {-2: 0, -1: 0, 0: 250_000, 3: ONE, 4: ONE}),
        (Falls(-1, 3), {-2: ONE, -1: ONE, 0: 750_000, 3: 0, 4: 0}),
        (Rises(0, 10**12), {1: 0, 500_000: 0, 500_001: 1, 1_500_000: 2, 10**12: ONE}),
        (Falls(0, 10**12), {1: ONE, 500_000: ONE, 500_001: ONE - 1, 10**12: 0}),
        (Table(((0, 0), (2, 5), (10**6, ONE))), {-1: 0, 1: 2, 2: 5, 10**6: ONE, 10**7: ONE}),
        (Table(((0, 5), (2, 0))), {-1: 5, 0: 5, 1: 3, 2: 0, 3: 0}),
    ],
    ids=str,
)
def test_shares_at_the_ends_and_between(curve, expected):
    assert list(expected.values()) == curve.apply(np.array(list(expected), dtype=np.int64)).tolist()


@given(st.lists(st.tuples(st.integers(-50, 40_000), st.integers(0, ONE)), min_size=2, max_size=6), st.data())
def test_shares_of_a_table_looked_up_are_those_worked_out(rows, data):
    rows = sorted(dict(rows).items())
    if len(rows) < 2:
        return
    curve = Table(tuple(rows))
    counts = data.draw(st.lists(st.integers(-60, 40_010), min_size=1))
    near = np.array([*counts, *(x + step for x, _ in rows for step in (-1, 0, 1))], dtype=np.int64)
    assert [one(curve, count) for count in near] == curve.exactly(near).tolist()


@pytest.mark.parametrize("count", [0, 1, 17, 20 * 18, 20 * 18 + 1, 1100, 10**9])
def test_halving_by_integers_is_halving_by_floats(count):
    assert one(Halves(18), count) == halved(count, 18)
    assert halved(-count, 18) == ONE


def test_a_curve_is_written_as_it_is_read():
    written = [curve.canonical() for curve in (AsItIs(1), Halves(3), Rises(1, 2), Falls(1, 2), AtLeast(4), AtMost(5))]
    assert [
        {},
        {"halves_every": 3},
        {"rises": [1, 2]},
        {"falls": [1, 2]},
        {"at_least": 4},
        {"at_most": 5},
    ] == written
    assert {"table": [[0, 0], [2, 5]]} == Table(((0, 0), (2, 5))).canonical()
