"""The groups that steps go by: a label of each entry as one code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rankers.candidates import CandidateTable


def group_codes(table: CandidateTable, by: str) -> NDArray[np.intp]:
    """Return one code a row, equal for rows of one group, -1 where the key is missing. A folder is the main one."""
    if by in table.sets:
        sets = table.sets[by]
        numbers: dict[str, int] = {}
        mains = [numbers.setdefault(labels[0], len(numbers)) if labels else -1 for labels in sets.sets]
        return np.array([*mains, -1], dtype=np.intp)[sets.codes]
    if by in table.labels:
        return table.labels[by].codes.astype(np.intp)
    return np.full(len(table), -1, dtype=np.intp)
