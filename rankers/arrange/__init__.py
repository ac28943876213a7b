"""The arrange steps, listed: one file a step."""

from __future__ import annotations

from rankers.arrange.max_per_source import MaxPerSource
from rankers.arrange.one_per_story import OnePerStory
from rankers.arrange.pin import Pin
from rankers.arrange.shares import Shares
from rankers.arrange.spread import Spread
from rankers.arrange.take_turns import TakeTurns

__all__ = ["STEPS", "ArrangeStep", "MaxPerSource", "OnePerStory", "Pin", "Shares", "Spread", "TakeTurns"]

ArrangeStep = OnePerStory | Spread | Shares | TakeTurns | MaxPerSource | Pin

STEPS: dict[str, type[ArrangeStep]] = {
    step.name: step for step in (OnePerStory, Spread, Shares, TakeTurns, MaxPerSource, Pin)
}
