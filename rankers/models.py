"""Facts that a model of meaning gave: which they are, and how a model is named in hashes (ranking-semantics 2, 9)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

STORY_COLUMNS = frozenset({"story", "story_sources", "first_report"})
LASTING = STORY_COLUMNS | {"copy"}
"""What a model said of an entry once: it stays when another model comes."""
_NEARNESS = "topic."


@dataclass(frozen=True, slots=True, order=True)
class ModelName:
    """A model as hashes and receipts know it: its name, and the SHA-256 of its weights in hex."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelTold:
    """A model as a statement names it. `languages`: tags of those it reads; empty: all."""

    model: ModelName
    languages: tuple[str, ...]


def come_from_models(columns: AbstractSet[str]) -> bool:
    """Tell whether any of these columns of a table is given by a model."""
    return bool(columns & (LASTING | {"meaning"})) or any(name.startswith(_NEARNESS) for name in columns)


def models_form(models: Iterable[ModelName]) -> list[dict[str, str]]:
    """Return models as hashes and receipts write them: each once, by name."""
    return [asdict(model) for model in sorted(set(models))]


def read_models(form: Sequence[Mapping[str, object]]) -> tuple[ModelName, ...]:
    """Read what `models_form` wrote. Raises TypeError or ValueError for anything else."""
    models = tuple(ModelName(**{key: _text(value) for key, value in one.items()}) for one in form)
    if models_form(models) != list(form):
        raise ValueError("expected each model once, by name")
    return models


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a model is named by text")
    return value
