"""What a long proof shows: figures against goals, a line each, the same for all proofs so that they make one table."""

from __future__ import annotations

from typing import NamedTuple

HEAD = "| proof | what | seen | goal | |\n|---|---|---|---|---|"


class Figure(NamedTuple):
    """One figure: `held` says whether the goal was reached; None where there is none."""

    what: str
    seen: str
    goal: str = ""
    held: bool | None = None


def show(proof: str, figures: list[Figure]) -> int:
    """Print the table of one proof; gives the exit code."""
    print(HEAD)
    for figure in figures:
        word = {True: "held", False: "MISSED", None: ""}[figure.held]
        print(f"| {proof} | {figure.what} | {figure.seen} | {figure.goal} | {word} |", flush=True)
    return int(any(figure.held is False for figure in figures))
