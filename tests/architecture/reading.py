"""Reads the project's own code for the tests of its walls."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("aggregator", "rankers", "web")


def python_files(*places: str) -> list[Path]:
    """All Python files below these places of the repository, in order."""
    return sorted(path for place in places for path in _below(ROOT / place))


def _below(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    else:
        yield from place.rglob("*.py")


def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name(path: Path) -> str:
    """A path as it is written in docs and messages."""
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> set[str]:
    """The full dotted names a file imports, also inside functions and for the type checker."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def imports_below(path: Path, modules: set[str]) -> set[str]:
    """The full names a file imports that are, or lie below, one of `modules`."""
    return {i for i in imports(path) for m in modules if i == m or i.startswith(m + ".")}


def imports_any(path: Path, modules: set[str]) -> set[str]:
    """Those of `modules` that a file imports, or imports parts of."""
    return {m for m in modules if imports_below(path, {m})}


def imports_when_loaded(path: Path) -> set[str]:
    """Top-level names a file imports as it is loaded: not in functions, not for the type checker only."""
    found: set[str] = set()
    for node in _at_load(tree(path).body):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def _at_load(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.If):
            if "TYPE_CHECKING" not in ast.unparse(node.test):
                yield from _at_load(node.body)
            yield from _at_load(node.orelse)
        elif isinstance(node, ast.Try):
            yield from _at_load(node.body)
        else:
            yield node
