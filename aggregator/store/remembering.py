"""What never changes under its key, kept in memory: an entry under its version, a version of a rule under its id.

Only for connections that read: what a writer sees may be taken back, and its numbers given to something else. What may
change, such as which version an entry is at, is read each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from aggregator.model.recent import Recent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection, Engine

K = TypeVar("K")
V = TypeVar("V")

OPTION = "broadsheet_memory"
SIZE = 8 * 1024 * 1024
"""Bytes, about: some 2,500 entries, what fifty pages show."""
OBJECT = 1_500
"""Bytes of an object of ours besides the texts in it, about."""


def with_memory(engine: Engine) -> Engine:
    """Give an engine whose connections remember, all of them together."""
    memory: Recent[object] = Recent(SIZE, lambda value: OBJECT + len(repr(value)))
    return engine.execution_options(**{OPTION: memory})


def recall(conn: Connection, kind: str, keys: Sequence[K], load: Callable[[Sequence[K]], Mapping[K, V]]) -> dict[K, V]:
    """Return the values of these keys: from memory, else from `load`, which is called once for all that are missing."""
    memory = cast("Recent[V] | None", conn.get_execution_options().get(OPTION))
    if memory is None:
        return dict(load(keys))
    known = {key: value for key in keys if (value := memory.find((kind, key))) is not None}
    missing = [key for key in keys if key not in known]
    if missing:
        for key, value in load(missing).items():
            memory.keep((kind, key), value)
            known[key] = value
    return known
