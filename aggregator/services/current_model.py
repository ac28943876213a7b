"""The model of meaning, as everybody may know it: what it is, what it cannot read, how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.errors import BusyError
from aggregator.model.meaning import Engine
from aggregator.services.rights import Right, require
from aggregator.store import cards, vectors

if TYPE_CHECKING:
    from aggregator.model.meaning import ModelCard
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk


@dataclass(frozen=True, slots=True)
class ModelPage:
    """The model whose findings count, None where none does. Counts are entries held.

    `given`: those it was given; `read`: those of them it can read; `waiting`: those it has still to be given, all of
    them after a change of model. `unread`: what it cannot read by language, the most first.
    `wanted`: this instance is set to have one. `working`: a worker answers, which alone gives it anything.
    """

    card: ModelCard | None
    wanted: bool
    working: bool
    given: int = 0
    read: int = 0
    waiting: int = 0
    unread: tuple[tuple[str | None, int], ...] = ()

    @property
    def done(self) -> int:
        """How many of a thousand entries it was given so far."""
        return self.given * 1000 // (self.given + self.waiting) if self.given + self.waiting else 1000


def model_page(desk: Desk, actor: Actor) -> ModelPage:
    """Say which model there is and what it has read."""
    require(actor, Right.READ)
    wanted, working = desk.settings.semantic != Engine.NONE, _working(desk)
    with desk.database.read() as conn:
        model, card = vectors.current_model(conn), cards.find_card(conn)
        if model is None or card is None or card.id != model:
            return ModelPage(None, wanted, working)
        given, read = vectors.counts(conn, model)
        waiting = vectors.count_unread(conn, vectors.read_up_to(conn, model))
        unread = cards.unread_languages(conn, model)
    return ModelPage(card, wanted, working, given, read, waiting, unread)


def _working(desk: Desk) -> bool:
    try:
        desk.ask.ping()
    except BusyError:
        return False
    return True
