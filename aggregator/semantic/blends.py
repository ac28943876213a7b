"""How likeness is mixed for each model: fitted on labelled news by tests/long/held_out.py. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.model.meaning import Engine
from aggregator.semantic.stories import Blend

if TYPE_CHECKING:
    from aggregator.model.meaning import ModelCard

LIGHT = Blend(meaning=0.68, words=0.3, names=0.02, a_day=0.02, join=0.48, join_across=0.62)
ENGLISH = Blend(meaning=0.58, words=0.4, names=0.02, a_day=0.02, join=0.4, join_across=0.75)


def blend_of(card: ModelCard) -> Blend:
    """Return the blend of a model; one that nobody fitted is taken as the light one, which errs on the careful side."""
    return ENGLISH if card.engine is Engine.FULL and card.languages == ("en",) else LIGHT
