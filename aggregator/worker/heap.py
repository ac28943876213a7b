"""How Python looks for cycles in the processes that documents pass through."""

from __future__ import annotations

import gc

YOUNG = 50_000
"""Objects made before the young ones are looked through: a document alone makes thousands, hardly ever cycles."""


def settle() -> None:
    """Leave what was loaded out of the search for good, and search seldom; once, when everything is loaded."""
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 100)
