"""Which model reads the entries, how far it has come, and which one suits a machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.errors import BadSettingError
from aggregator.model.meaning import Engine
from aggregator.semantic.cards import english_card, light_card
from aggregator.services.rights import Right, require
from aggregator.store import vectors

if TYPE_CHECKING:
    from collections.abc import Collection

    from aggregator.model.meaning import ModelCard
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk

FULL_MIB = 4_096
FULL_DISK_MIB = 3_072
LEAST_MIB = 1_536
ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class ModelState:
    """What reads the entries. `current` is the id of the model whose vectors count; `left` entries wait for it.

    `unread` of the `given` entries it cannot read: another language, or their authors said no.
    """

    engine: Engine
    current: str | None
    given: int
    unread: int
    left: int
    cards: tuple[ModelCard, ...]


def model_state(desk: Desk, actor: Actor) -> ModelState:
    """Say which model reads the entries and how far it has come."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        current = vectors.current_model(conn)
        given, read = vectors.counts(conn, current) if current else (0, 0)
        left = vectors.count_unread(conn, vectors.read_up_to(conn, current)) if current else 0
    return ModelState(Engine(desk.settings.semantic), current, given, given - read, left, packaged_cards())


def packaged_cards() -> tuple[ModelCard, ...]:
    """Return the cards of the models that are installed."""
    found = []
    for card in (light_card, english_card):
        try:
            found.append(card())
        except BadSettingError:
            continue
    return tuple(found)


def choose_engine(*, memory_mib: int, disk_mib: int, languages: Collection[str]) -> tuple[Engine, str]:
    """Choose for a machine with so much free memory and disk, and sources in these languages; says why.

    An English-only model is never chosen where sources are in other languages (decision 16).
    """
    if memory_mib < LEAST_MIB:
        return Engine.NONE, f"under {LEAST_MIB} MiB of memory are free"
    if memory_mib < FULL_MIB or disk_mib < FULL_DISK_MIB:
        return Engine.LIGHT, f"full needs {FULL_MIB} MiB of memory and {FULL_DISK_MIB} MiB of disk"
    others = sorted({each.partition("-")[0] for each in languages} - {ENGLISH})
    if others or not languages:
        return Engine.LIGHT, "sources are in several languages" if others else "the sources' languages are not known"
    return Engine.FULL, "there is room, and all sources are in English"
