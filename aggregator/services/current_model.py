"""The model of meaning, as everybody may know it: what it is, what it cannot read, how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.errors import BusyError
from aggregator.model.meaning import Engine
from aggregator.services.rights import Right, require
from aggregator.store import cards, vectors
from rankers import LASTING, ModelName, ModelTold, come_from_models

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from sqlalchemy import Connection

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
    def cannot(self) -> int:
        """How many of a thousand entries it was given it cannot read."""
        return round((self.given - self.read) * 1000 / self.given) if self.given else 0

    @property
    def done(self) -> int:
        """How many of a thousand entries it was given so far."""
        return self.given * 1000 // (self.given + self.waiting) if self.given + self.waiting else 1000


@dataclass(frozen=True, slots=True)
class MixedModels:
    """What a list holds of a change of model. `left`: entries from before that `card` has still to read.

    `former`: models whose stories and copies still stand among its entries.
    """

    card: ModelCard
    left: int
    former: tuple[ModelCard, ...]


def model_page(desk: Desk, actor: Actor) -> ModelPage:
    """Say which model there is and what it has read."""
    require(actor, Right.READ)
    wanted, working = desk.settings.semantic != Engine.NONE, _working(desk)
    with desk.database.read() as conn:
        counted = cards.find_counted(conn)
        if counted is None:
            return ModelPage(None, wanted, working)
        card = counted.card
        given, read = vectors.counts(conn, card.id)
        waiting = vectors.count_unread(conn, vectors.read_up_to(conn, card.id))
        unread = cards.unread_languages(conn, card.id)
    return ModelPage(card, wanted, working, given, read, waiting, unread)


def model_told(conn: Connection) -> tuple[ModelTold, ...]:
    """Give the model whose findings count, as the statement of a rule names it; none where there is none."""
    counted = cards.find_counted(conn)
    return (ModelTold(name_of(counted.card), counted.card.languages),) if counted else ()


def name_of(card: ModelCard) -> ModelName:
    """Name a model as hashes and receipts do."""
    return ModelName(card.name, card.digest)


def names_behind(conn: Connection, reads: AbstractSet[str], since: int) -> tuple[ModelName, ...]:
    """Name the models whose findings the columns `reads` hold of entries from after `since` (s).

    What a model said of stories and copies stays when another one comes; nearness is the current one's alone.
    """
    if not come_from_models(reads) or cards.find_counted(conn) is None:
        return ()
    return tuple(name_of(card) for card in cards.counted_after(conn, since)[: None if reads & LASTING else 1])


def find_mixed(conn: Connection, reads: AbstractSet[str], since: int) -> MixedModels | None:
    """Say what these columns hold of a change of model for entries from after `since` (s); None where nothing does."""
    counted = cards.find_counted(conn) if come_from_models(reads) else None
    if counted is None:
        return None
    left = vectors.count_unread(conn, vectors.read_up_to(conn, counted.card.id), counted.version)
    former = cards.counted_after(conn, since)[1:] if reads & LASTING else ()
    return MixedModels(counted.card, left, former) if left or former else None


def _working(desk: Desk) -> bool:
    try:
        desk.ask.ping()
    except BusyError:
        return False
    return True
