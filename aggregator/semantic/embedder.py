"""The full engine: sentence-transformers on torch, from weights that lie on this machine (HF_HUB_OFFLINE=1)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from aggregator.errors import BadSettingError
from aggregator.semantic.cards import english_card, english_weights, own_card
from aggregator.semantic.numbers import of_length_one

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

LONGEST = 1_000
"""Characters that are read of one text; the model cuts at 256 tokens."""


class FullEmbedder:
    """model.ports.Embedder. bf16 where the CPU computes in it: three times as fast, cosine to fp32 above 0.99."""

    def __init__(self, folder: Path | None = None, languages: tuple[str, ...] = ()) -> None:
        """Load the model of `folder`, which reads `languages`; without a folder the packaged English one.

        Raises BadSettingError where the extra `semantic` or the weights are not installed, or cannot be loaded.
        """
        try:
            import torch  # noqa: PLC0415  # 9 s and 400 MB, in the model's process only
            from sentence_transformers import SentenceTransformer  # noqa: PLC0415  # as torch
        except ModuleNotFoundError as exc:
            raise BadSettingError("semantic", "the full engine needs broadsheet[semantic] to be installed") from exc
        card = own_card(folder, languages) if folder else english_card()  # before a library looks for it elsewhere
        torch.set_num_threads(1)
        self._torch = torch
        try:
            self._model = SentenceTransformer(str(folder or english_weights()), device="cpu", local_files_only=True)
        except Exception as exc:  # strangers' weights and configuration: the library promises no kind of error
            raise BadSettingError("semantic_model", f"{folder} holds no model that can be loaded: {exc}") from exc
        if computes_in_bf16():
            self._model.bfloat16()
        self.card = replace(card, dimensions=self._model.get_embedding_dimension() or 0)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector of length one for each text; texts of like length are computed together."""
        if not texts:
            return np.empty((0, self.card.dimensions), dtype=np.float32)
        read = [text[:LONGEST] or " " for text in texts]
        with self._torch.inference_mode():
            found = self._model.encode(read, batch_size=16, convert_to_tensor=True, show_progress_bar=False)
            vectors: NDArray[np.float32] = np.asarray(found.float().numpy(), dtype=np.float32)
        return of_length_one(vectors)


def languages_of(folder: Path) -> tuple[str, ...]:
    """Return the languages a model's folder tells in `languages.json`, a list of subtags; empty where it tells none."""
    try:
        told = json.loads((folder / "languages.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as exc:
        raise BadSettingError("semantic_model", f"{folder}/languages.json cannot be read") from exc
    if not isinstance(told, list) or not all(isinstance(each, str) for each in told):
        raise BadSettingError("semantic_model", f"{folder}/languages.json is no list of languages")
    return tuple(told)


def computes_in_bf16() -> bool:
    """Say whether the CPU has instructions for bf16."""
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:  # noqa: PTH123  # a Path adds nothing
            return any("avx512_bf16" in line or "amx_bf16" in line for line in file if line.startswith("flags"))
    except OSError:
        return False
