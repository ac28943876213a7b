"""Folders: how the group's sources are filed, in which order, and which lists and rules name them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aggregator.candidates.table import is_in
from aggregator.errors import BadInputError, ConflictError, NotFoundError
from aggregator.model.ids import FeedId
from aggregator.model.subscription import OpmlFolder
from aggregator.services.ranking import document_of
from aggregator.services.rights import Right, require
from aggregator.store import folders, lists, rules, subscriptions, values
from rankers import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from aggregator.model.ids import OwnerId
    from aggregator.model.member import Actor
    from aggregator.model.readinglist import ReadingList, RuleVersion, Scope
    from aggregator.model.subscription import Folder
    from aggregator.services.desk import Desk

FOLDER_LENGTH = 200
FOLDER_DEPTH = 20


@dataclass(frozen=True, slots=True)
class FolderUse:
    """A folder, how many sources stand in it itself, and the group's lists and rules that name it or one it is in."""

    path: str
    sources: int
    lists: tuple[ReadingList, ...]
    rules: tuple[RuleVersion, ...]


def all_folders(desk: Desk, actor: Actor) -> tuple[Folder, ...]:
    """Give the group's folders in its order."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        return folders.get_folders(conn, actor.group)


def folders_to_change(desk: Desk, actor: Actor) -> tuple[FolderUse, ...]:
    """Give the folders as a tree is read, each with what relies on it."""
    require(actor, Right.CHANGE_SOURCES)
    with desk.database.read() as conn:
        held = subscriptions.get_subscriptions(conn, actor.group)
        of_group = lists.get_lists(conn, actor.group)
        naming = [(version, _named_by(version)) for version in rules.get_current_versions(conn, actor.group)]
        paths = _as_tree(folders.get_paths(conn, actor.group))
    filed = [path for each in held for path in each.folders]
    return tuple(
        FolderUse(
            path,
            filed.count(path),
            tuple(each for each in of_group if is_in(path, each.scope.folders)),
            tuple(version for version, named in naming if is_in(path, named)),
        )
        for path in paths
    )


def file_source(desk: Desk, actor: Actor, feed_id: FeedId, paths: Sequence[str]) -> None:
    """File a source in these folders and no others, made where they are missing. Raises NotFoundError."""
    require(actor, Right.CHANGE_SOURCES)
    wanted = tuple(dict.fromkeys(map(folder_path, paths)))
    with desk.database.write() as conn:
        subscriptions.get_subscribed_feed(conn, actor.group, feed_id)
        subscriptions.file_under(conn, actor.group, feed_id, wanted)


def rename_folder(desk: Desk, actor: Actor, path: str, new_path: str) -> str:
    """Give a folder another name or place, with all in it; the scopes of lists that name it follow.

    Rules do not: they are published texts. Raises NotFoundError, ConflictError where the new path is taken.
    """
    require(actor, Right.CHANGE_SOURCES)
    wanted = folder_path(new_path)
    with desk.database.write() as conn:
        folders.set_folder_path(conn, actor.group, path, wanted)
        for each in lists.get_lists_over(conn, actor.group):
            scope = replace(each.scope, folders=tuple(_renamed(one, path, wanted) for one in each.scope.folders))
            _set_scope(conn, each, scope)
    return wanted


def shift_folder(desk: Desk, actor: Actor, path: str, *, earlier: bool) -> None:
    """Put a folder one place earlier or later among those beside it. Raises NotFoundError."""
    require(actor, Right.CHANGE_SOURCES)
    with desk.database.write() as conn:
        paths = _as_tree(folders.get_paths(conn, actor.group))
        if path not in paths:
            raise NotFoundError("folder", path)
        beside = [each for each in paths if _parent(each) == _parent(path)]
        place = beside.index(path)
        other = place - 1 if earlier else place + 1
        if 0 <= other < len(beside):
            beside[place], beside[other] = beside[other], beside[place]
            others = [each for each in paths if each not in beside]
            folders.set_folder_order(conn, actor.group, _as_tree([*beside, *others]))


def remove_folder(desk: Desk, actor: Actor, path: str) -> None:
    """Remove a folder and those in it; its sources stay. `restore_folder` takes the last removal back.

    Raises NotFoundError, ConflictError where a list of the group draws from it.
    """
    require(actor, Right.CHANGE_SOURCES)
    with desk.database.write() as conn:
        paths = folders.get_paths(conn, actor.group)
        gone = {each for each in paths if _lies_in(each, path)}
        if not gone:
            raise NotFoundError("folder", path)
        for each in lists.get_lists(conn, actor.group):
            if any(_lies_in(named, path) for named in each.scope.folders):
                raise ConflictError("folder", f"the list {each.title} draws from it; change what that list draws from")
        filed = [
            [each.feed_id, [one for one in each.folders if one in gone]]
            for each in subscriptions.get_subscriptions(conn, actor.group)
            if gone.intersection(each.folders)
        ]
        outlines = [[each.path, each.extra] for each in folders.get_folders(conn, actor.group) if each.path in gone]
        was = {"path": path, "order": paths, "outlines": outlines, "filed": filed}
        values.set_value(conn, _removed_from(actor.group), json.dumps(was))
        folders.delete_folder(conn, actor.group, path)


def restore_folder(desk: Desk, actor: Actor, path: str) -> None:
    """Take the last removal of a folder back. Raises NotFoundError where that was another one."""
    require(actor, Right.CHANGE_SOURCES)
    with desk.database.write() as conn:
        kept = values.find_value(conn, _removed_from(actor.group))
        was = json.loads(kept) if kept else {}
        if was.get("path") != path:
            raise NotFoundError("folder", path)
        outlines = (OpmlFolder(one, tuple(map(tuple, extra))) for one, extra in was["outlines"])
        folders.add_outlines(conn, actor.group, outlines)
        there = {each.feed_id: each.folders for each in subscriptions.get_subscriptions(conn, actor.group)}
        for feed_id, paths in was["filed"]:
            if feed_id in there:
                subscriptions.file_under(conn, actor.group, FeedId(feed_id), (*there[feed_id], *paths))
        now = folders.get_paths(conn, actor.group)
        folders.set_folder_order(conn, actor.group, [each for each in was["order"] if each in now])
        values.delete_value(conn, _removed_from(actor.group))


def folder_path(path: str) -> str:
    """Return a path as it is kept. Raises BadInputError where it names nothing or too much."""
    parts = [part for part in (" ".join(part.split()) for part in path.split("/")) if part]
    if not parts:
        raise BadInputError("folder", "it needs a name")
    if len(parts) > FOLDER_DEPTH or any(len(part) > FOLDER_LENGTH for part in parts):
        raise BadInputError("folder", f"at most {FOLDER_DEPTH} levels of {FOLDER_LENGTH} characters fit")
    return "/".join(parts)


def _as_tree(paths: Iterable[str]) -> list[str]:
    """Return paths with those inside behind each; those beside each other stay in their order."""
    inside: dict[str, list[str]] = {}
    for path in paths:
        inside.setdefault(_parent(path), []).append(path)

    def walk(parent: str) -> Iterator[str]:
        for path in inside.get(parent, ()):
            yield path
            yield from walk(path)

    return list(walk(""))


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _lies_in(path: str, folder: str) -> bool:
    return _parts(path)[: folder.count("/") + 1] == _parts(folder)


def _parts(path: str) -> list[str]:
    return [fold(part) for part in path.split("/")]


def _named_by(version: RuleVersion) -> set[str]:
    tests = (test for condition in document_of(version.toml).conditions for test in condition.label_tests())
    return {label for test in tests if test.fact.name == "folder" for label in test.values}


def _renamed(named: str, path: str, new_path: str) -> str:
    if not _lies_in(named, path):
        return named
    return "/".join([new_path, *named.split("/")[path.count("/") + 1 :]])


def _set_scope(conn: Connection, held: ReadingList, scope: Scope) -> None:
    if scope != held.scope:
        lists.set_scope(conn, held.id, scope)


def _removed_from(owner: OwnerId) -> str:
    return f"folder-removed-{owner}"
