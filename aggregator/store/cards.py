"""The models whose findings count here or did, as the worker told of them, and what each cannot read."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select

from aggregator.model.meaning import CountedModel, Engine, ModelCard
from aggregator.store import vectors
from aggregator.store.tables import entry, entry_vector, feed
from aggregator.store.values import data_version, find_value, set_value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

_NAME = "meaning-models"
MOST_KEPT = 20
"""Models that are remembered, the latest ones."""
MOST = 20
_LANGUAGE = func.coalesce(entry.c.language, feed.c.language)
_UNREAD = (
    select(_LANGUAGE.label("language"), func.count().label("entries"))
    .select_from(entry_vector)
    .join(entry, entry.c.id == entry_vector.c.entry_id)
    .join(feed, feed.c.id == entry.c.feed_id)
    .where(entry_vector.c.model == bindparam("model"), entry_vector.c.vector.is_(None))
    .group_by(_LANGUAGE)
    .order_by(func.count().desc(), _LANGUAGE)
    .limit(MOST)
)


def let_count(conn: Connection, card: ModelCard | None, *, now: datetime) -> None:
    """Let a model's findings count from now on; None: none do, as long as there is no model."""
    vectors.set_current_model(conn, card.id if card else "")
    if card is None:
        return
    counted = list(get_counted(conn))
    if counted and counted[-1].card.id == card.id:
        counted[-1] = replace(counted[-1], card=card)  # the same weights; what is said of them may be new
    else:
        counted.append(CountedModel(card, int(now.timestamp()), data_version(conn)))
    set_value(conn, _NAME, json.dumps([asdict(each) for each in counted[-MOST_KEPT:]]))


def get_counted(conn: Connection) -> tuple[CountedModel, ...]:
    """Return the models whose findings count or did, in the order they came."""
    kept = find_value(conn, _NAME)
    return tuple(CountedModel(_card(each["card"]), each["since"], each["version"]) for each in json.loads(kept or "[]"))


def find_counted(conn: Connection) -> CountedModel | None:
    """Return the model whose findings count now."""
    counted = get_counted(conn)
    return counted[-1] if counted and counted[-1].card.id == vectors.current_model(conn) else None


def counted_after(conn: Connection, instant: int) -> tuple[ModelCard, ...]:
    """Return the models whose findings counted at some time after an instant (s), the latest first."""
    counted = get_counted(conn)
    former = [before.card for before, after in pairwise(counted) if after.since > instant]
    return tuple(reversed([*former, *(each.card for each in counted[-1:])]))


def _card(told: Mapping[str, Any]) -> ModelCard:
    read = {"engine": Engine(told["engine"]), "languages": tuple(told["languages"])}
    return ModelCard(**{**told, **read, "measured": tuple(tuple(each) for each in told["measured"])})


def unread_languages(conn: Connection, model: str) -> tuple[tuple[str | None, int], ...]:
    """Count the entries a model was given and cannot read, by language, the most first."""
    return tuple((row.language, row.entries) for row in conn.execute(_UNREAD, {"model": model}))
