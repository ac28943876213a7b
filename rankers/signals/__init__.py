"""All facts a rule may read, listed: one file a signal. What is not here cannot be ranked by."""

from __future__ import annotations

from rankers.signals import (
    age_hours,
    copy,
    first_report,
    folder_share,
    language_share,
    lottery,
    paid,
    pick,
    plugins,
    reading_minutes,
    source_pace,
    source_room,
    story_sources,
    words,
)
from rankers.signals.labels import LABELS, MEANING, TEXTS, LabelFact, TextFact
from rankers.signals.signal import Signal
from rankers.signals.topic import PREFIX, topic_signal

OWN: dict[str, Signal] = {
    module.SIGNAL.name: module.SIGNAL
    for module in (
        age_hours,
        source_pace,
        source_room,
        lottery,
        story_sources,
        first_report,
        copy,
        words,
        reading_minutes,
        language_share,
        folder_share,
        paid,
        pick,
    )
}
LABEL_FACTS: dict[str, LabelFact] = {fact.name: fact for fact in LABELS}
TEXT_FACTS: dict[str, TextFact] = {fact.name: fact for fact in TEXTS}
PLUGINS = plugins.admit(plugins.found(), (*OWN, *LABEL_FACTS, *TEXT_FACTS, MEANING.name, "topic", "any", "all", "none"))
SIGNALS: dict[str, Signal] = {**OWN, **PLUGINS.signals}

Fact = Signal | LabelFact | TextFact


def fact_named(name: str) -> Fact:
    """Return the declaration of a fact by its name. Raises KeyError."""
    if name.startswith(PREFIX):
        return topic_signal(name.removeprefix(PREFIX))
    if name == MEANING.name:
        return MEANING
    for facts in (SIGNALS, LABEL_FACTS, TEXT_FACTS):
        if name in facts:
            return facts[name]
    raise KeyError(name)
