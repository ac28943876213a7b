"""Looking after the database: checks and copies, for whoever looks after the instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.errors import BadInputError
from aggregator.services.rights import Right, require
from aggregator.store import maintenance

if TYPE_CHECKING:
    from pathlib import Path

    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk


def find_problems(desk: Desk, actor: Actor) -> tuple[str, ...]:
    """Give what is damaged in the database; nothing where all is well."""
    require(actor, Right.RUN_INSTANCE)
    return maintenance.find_problems(desk.database)


def back_up(desk: Desk, actor: Actor, target: Path) -> None:
    """Copy the database to a file while everything runs. Raises ConflictError, BadInputError."""
    require(actor, Right.RUN_INSTANCE)
    if not target.parent.is_dir():
        raise BadInputError(str(target), "its directory does not exist")
    maintenance.back_up(desk.database, target)
