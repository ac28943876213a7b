"""What the worker told of its model, for pages, and what that model has read so far."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from aggregator.model.meaning import Engine, ModelCard
from aggregator.store.tables import entry, entry_vector, feed
from aggregator.store.values import find_value, set_value

if TYPE_CHECKING:
    from sqlalchemy import Connection

_NAME = "meaning-card"
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


def keep(conn: Connection, card: ModelCard) -> None:
    """Keep the card of the model that counts."""
    set_value(conn, _NAME, json.dumps(asdict(card)))


def find_card(conn: Connection) -> ModelCard | None:
    """Return the card of the model that was last loaded; None before there was one."""
    kept = find_value(conn, _NAME)
    if not kept:
        return None
    told = json.loads(kept)
    told["engine"] = Engine(told["engine"])
    told["languages"] = tuple(told["languages"])
    told["measured"] = tuple(tuple(each) for each in told["measured"])
    return ModelCard(**told)


def unread_languages(conn: Connection, model: str) -> tuple[tuple[str | None, int], ...]:
    """Count the entries a model was given and cannot read, by language, the most first."""
    return tuple((row.language, row.entries) for row in conn.execute(_UNREAD, {"model": model}))
