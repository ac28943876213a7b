"""How near an entry's meaning is to a subject that the rule describes in words."""

from __future__ import annotations

from rankers.signals.signal import Provenance, Signal, Type, number_column

PREFIX = "topic."


def topic_signal(topic: str) -> Signal:
    """Return the signal `topic.NAME` of a rule's topic."""
    name = PREFIX + topic
    return Signal(
        name=name,
        type=Type.SHARE,
        unit="millionths",
        scale=1_000_000,
        provenance=Provenance.CONTENT,
        reads=(name,),
        plain=f'How near the entry is in meaning to the subject "{topic}".',
        compute=number_column(name),
    )
