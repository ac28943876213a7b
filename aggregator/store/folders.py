"""Folders: where an owner files subscriptions. A path is `News/Local`; a folder's parents are folders too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, delete, func, or_, select, update

from aggregator.errors import ConflictError, NotFoundError
from aggregator.model.ids import FolderId, OwnerId
from aggregator.model.subscription import Folder, OpmlFolder
from aggregator.store.bulk import Bulk
from aggregator.store.packed import pack_pairs, unpack_pairs
from aggregator.store.tables import folder
from aggregator.store.values import touch
from aggregator.text.paths import is_within

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection

_FOLDERS = (
    select(folder.c.id, folder.c.owner, folder.c.path, folder.c.position, folder.c.extra)
    .where(folder.c.owner == bindparam("owner"))
    .order_by(folder.c.position, folder.c.id)
)
_LAST = select(func.coalesce(func.max(folder.c.position), -1)).where(folder.c.owner == bindparam("owner"))
_ADD = Bulk(
    "INSERT INTO folder (owner, path, position, extra) VALUES (?, ?, ?, ?) ON CONFLICT (owner, path) DO NOTHING"
)
_PLACE = Bulk("UPDATE folder SET position = ? WHERE owner = ? AND path = ?")


def get_folders(conn: Connection, owner: OwnerId) -> tuple[Folder, ...]:
    """Return an owner's folders in the owner's order."""
    return tuple(
        Folder(FolderId(row.id), OwnerId(row.owner), row.path, row.position, unpack_pairs(row.extra))
        for row in conn.execute(_FOLDERS, {"owner": owner})
    )


def get_paths(conn: Connection, owner: OwnerId) -> list[str]:
    """Return the paths of an owner's folders in the owner's order."""
    return [each.path for each in get_folders(conn, owner)]


def add_folders(conn: Connection, owner: OwnerId, paths: Iterable[str]) -> dict[str, FolderId]:
    """See that folders and their parents are there; gives the ids of all the owner has, by path."""
    return add_outlines(conn, owner, map(OpmlFolder, paths))


def add_outlines(conn: Connection, owner: OwnerId, outlines: Iterable[OpmlFolder]) -> dict[str, FolderId]:
    """Like `add_folders`, with what the outlines of new folders say; those that are there stay as they are."""
    held = {each.path for each in get_folders(conn, owner)}
    extras = {each.path: each.extra for each in outlines}
    missing = [
        path for path in dict.fromkeys(part for path in extras for part in _with_parents(path)) if path not in held
    ]
    if missing:
        last = conn.execute(_LAST, {"owner": owner}).scalar_one()
        rows = [(owner, path, last + place, pack_pairs(extras.get(path, ()))) for place, path in enumerate(missing, 1)]
        _ADD.run(conn, rows)
    return {each.path: each.id for each in get_folders(conn, owner)}


def _with_parents(path: str) -> list[str]:
    names = path.split("/")
    return ["/".join(names[:depth]) for depth in range(1, len(names) + 1)]


def set_folder_path(conn: Connection, owner: OwnerId, path: str, new_path: str) -> None:
    """Move a folder with all in it. Raises NotFoundError, ConflictError where the new path is taken or inside it."""
    held = {each.path: each.id for each in get_folders(conn, owner)}
    if path not in held:
        raise NotFoundError("folder", path)
    if path == new_path:
        return
    if new_path in held or is_within(new_path, path):
        raise ConflictError("folder", "there is one of that name, or it lies inside the one to be moved")
    add_folders(conn, owner, _with_parents(new_path)[:-1])
    for each, folder_id in held.items():
        if is_within(each, path):
            moved = new_path + each.removeprefix(path)
            conn.execute(update(folder).where(folder.c.id == folder_id).values(path=moved))
    touch(conn)


def set_folder_order(conn: Connection, owner: OwnerId, paths: Sequence[str]) -> None:
    """Put these folders first, in this order; the main folder of a feed is the first it stands in."""
    others = [each for each in get_paths(conn, owner) if each not in set(paths)]
    _PLACE.run(conn, [(place, owner, path) for place, path in enumerate((*paths, *others))])
    touch(conn)


def delete_folder(conn: Connection, owner: OwnerId, path: str) -> None:
    """Delete a folder and those in it; subscriptions stay, filed nowhere or where else they are."""
    conn.execute(delete(folder).where(folder.c.owner == owner, _is_or_lies_in(path)))
    touch(conn)


def _is_or_lies_in(path: str) -> ColumnElement[bool]:
    return or_(folder.c.path == path, and_(folder.c.path.startswith(f"{path}/", autoescape=True)))
