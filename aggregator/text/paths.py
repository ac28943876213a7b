"""Paths of folders, such as `News/Local`: which lies in which, to the letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def is_within(path: str, folder: str) -> bool:
    """Say whether a path is a folder's own, or that of one in it."""
    return path == folder or path.startswith(f"{folder}/")


def holds_any(folder: str, paths: Iterable[str]) -> bool:
    """Say whether any of these paths is a folder's own, or lies in it."""
    return any(is_within(path, folder) for path in paths)
