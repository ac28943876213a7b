"""Reading the curve of a line: in the units of its signal, with every problem told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rankers.curves import ONE, AsItIs, AtLeast, AtMost, Curve, Falls, Halves, Rises, Table
from rankers.reading import Reader, kind_of

if TYPE_CHECKING:
    from rankers.signals.signal import Signal

_KINDS = ("halves_every", "rises", "falls", "at_least", "at_most", "table")
_SHORTEST_TABLE, _LONGEST_TABLE = 2, 20
_STAND_IN = AsItIs(1)
"""What a curve with a problem is read as; no document is made of it."""


def read_curve(line: Reader, signal: Signal) -> Curve:
    """Read the `curve` of a line of a rule; what is wrong with it is noted with the line."""
    if "curve" not in line:
        line.value("curve")
        if not signal.is_share and not signal.is_yes_no:
            line.problem(None, f'"{signal.name}" needs a curve: only facts that are shares or yes/no go without one')
        return AsItIs(signal.scale)
    table = line.table("curve")
    if table is None:
        return _STAND_IN
    kinds = [kind for kind in _KINDS if kind in table]
    for kind in kinds:
        table.value(kind)
    table.done(_KINDS)
    if len(kinds) > 1:
        table.problem(kinds[-1], f"expected one shape, found {' and '.join(kinds)}")
    elif not table.names():
        table.problem(None, f"expected one of {', '.join(_KINDS)}")
    return _read_kind(table, kinds[0], signal) if len(kinds) == 1 else _STAND_IN


def _read_kind(table: Reader, kind: str, signal: Signal) -> Curve:
    if kind == "table":
        return _read_table(table, signal)
    if kind in {"rises", "falls"}:
        return _read_slope(table, kind, signal)
    bound = table.scaled(kind, signal.scale, signal.fineness)
    if kind == "at_least":
        return AtLeast(bound)
    if kind == "at_most":
        return AtMost(bound)
    if bound <= 0:
        table.problem(kind, "expected a number above 0")
    return Halves(max(bound, 1))


def _read_slope(table: Reader, kind: str, signal: Signal) -> Curve:
    value = table.value(kind)
    pair = value if isinstance(value, list) else []
    if len(pair) != 2:  # noqa: PLR2004  # a slope has two ends
        table.problem(kind, f"expected two numbers [from, to], found {kind_of(value)}")
        return _STAND_IN
    low, high = (
        table.as_scaled(end, (*table.path, kind, number), signal.scale, signal.fineness)
        for number, end in enumerate(pair)
    )
    if low >= high:
        table.problem(kind, "expected two numbers of which the first is smaller")
        high = low + 1
    return Rises(low, high) if kind == "rises" else Falls(low, high)


def _read_table(table: Reader, signal: Signal) -> Curve:
    value = table.value("table")
    path = (*table.path, "table")
    if not isinstance(value, list) or not _SHORTEST_TABLE <= len(value) <= _LONGEST_TABLE:
        table.problem("table", f"expected {_SHORTEST_TABLE} to {_LONGEST_TABLE} rows [x, share]")
        return _STAND_IN
    rows: list[tuple[int, int]] = []
    for number, row in enumerate(value):
        here = (*path, number)
        if not isinstance(row, list) or len(row) != 2:  # noqa: PLR2004  # x and share
            table.problems.add(here, "expected a row [x, share]")
            continue
        x = table.as_scaled(row[0], here, signal.scale, signal.fineness)
        share = table.as_scaled(row[1], here, ONE, "a share is counted in millionths")
        if not 0 <= share <= ONE:
            table.problems.add(here, "expected a share from 0 to 1")
        if rows and x <= rows[-1][0]:
            table.problems.add(here, "expected an x above the one before")
        rows.append((x, share))
    return Table(tuple(rows))
