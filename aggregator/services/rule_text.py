"""Changing a rule's text in one place and nowhere else: what an author wrote around it, comments above all, stays.

A text is cut into blocks, one a table with the comments above it; a change rewrites its own block. Whatever the text
looks like, the change is made on its data too, and only a text that says exactly that is given back: where cutting
would not do, the whole is written anew, without comments.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from rankers import RuleError, load_toml
from rankers.places import find_places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PARTS = ("topic", "filter", "score", "arrange")
"""The lists of lines, in the order in which a text has them."""
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    """A piece of text: `path` is ("score", 2), ("finish",), or () for the keys before all tables."""

    path: Path
    text: str


def set_value(text: str, path: Path, value: object) -> str:
    """Write a value at a key of a rule, None to take the key away; a table that is left empty goes too.

    Raises RuleError for what is no TOML.
    """
    keys = path[:1] if path[0] not in PARTS else path[:2]

    def change(block: str) -> str:
        document = tomlkit.parse(block)
        table: Any = document
        if path[0] in PARTS:
            table = table[path[0]][0]
            inner = path[2:]
        else:
            inner = path
        _put(table, inner, value, new=tomlkit.table)
        return tomlkit.dumps(document)

    def on_blocks(blocks: list[_Block]) -> list[_Block]:
        name = keys if any(block.path == keys for block in blocks) else ()
        if not name and len(path) > 1:  # [finish], which is not there yet
            return [*blocks, _Block(keys, _own_block(tomlkit.dumps({str(path[0]): {str(path[1]): value}})))]
        return [_Block(b.path, change(b.text)) if b.path == name else b for b in blocks]

    data = load_toml(text)
    target: Any = data[str(path[0])][path[1]] if path[0] in PARTS else data  # type: ignore[index]  # a list of tables
    _put(target, path[2:] if path[0] in PARTS else path, _plain(value), new=dict)
    return _written(text, data, on_blocks)


def remove_line(text: str, part: str, number: int) -> str:
    """Take a line away, with the comments directly above it."""
    data = load_toml(text)
    lines: Any = data[part]
    del lines[number]
    if not lines:
        del data[part]
    return _written(text, data, lambda blocks: [block for block in blocks if block.path != (part, number)])


def move_line(text: str, part: str, number: int, by: int) -> str:
    """Let a line change places with the one above it (`by` -1) or below it (1); nothing where there is none."""
    data = load_toml(text)
    lines: Any = data[part]
    other = number + by
    if not 0 <= other < len(lines):
        return text
    lines[number], lines[other] = lines[other], lines[number]

    def on_blocks(blocks: list[_Block]) -> list[_Block]:
        by_path = {block.path: block.text for block in blocks}
        turned: dict[Path, Path] = {(part, number): (part, other), (part, other): (part, number)}
        return [_Block(b.path, _spaced_as(b.text, by_path[turned[b.path]])) if b.path in turned else b for b in blocks]

    return _written(text, data, on_blocks)


def add_line(text: str, part: str, line: dict[str, object]) -> str:
    """Add a line as the last of its part."""
    data = load_toml(text)
    lines: Any = data.setdefault(part, [])
    lines.append(_plain(line))
    table = tomlkit.table()
    for key, value in line.items():
        table[key] = _item(value)
    written = tomlkit.document()
    written[part] = tomlkit.aot()
    written[part].append(table)

    def on_blocks(blocks: list[_Block]) -> list[_Block]:
        before = PARTS[: PARTS.index(part) + 1]
        place = max(n for n, block in enumerate(blocks) if not block.path or block.path[0] in before) + 1
        return [*blocks[:place], _Block((part, len(lines)), _own_block(tomlkit.dumps(written))), *blocks[place:]]

    return _written(text, data, on_blocks)


def _written(text: str, data: dict[str, object], change: Callable[[list[_Block]], list[_Block]]) -> str:
    """Return the changed text if it says what `data` says, else `data` written anew."""
    try:
        changed = "".join(_ended(block.text) for block in change(list(_blocks(text))))
        if load_toml(changed) == data:
            return changed
    except (RuleError, TOMLKitError, KeyError, IndexError, TypeError, ValueError, AttributeError):
        pass  # an unusual text, as of lists in one line: it is written anew
    return _anew(data)


def _blocks(text: str) -> Iterator[_Block]:
    """Cut a text before each table with the comments that stand directly above it."""
    lines = text.splitlines(keepends=True)
    starts: list[tuple[int, Path]] = []
    for path, (line, _) in find_places(text).items():
        of_list = len(path) == 2 and path[0] in PARTS and isinstance(path[1], int)  # noqa: PLR2004  # part and number
        if (of_list or (len(path) == 1 and path[0] not in PARTS)) and lines[line - 1].lstrip().startswith("["):
            start = line - 1
            while start and lines[start - 1].lstrip().startswith("#"):
                start -= 1
            starts.append((start, path))
    starts.sort()
    yield _Block((), "".join(lines[: starts[0][0] if starts else len(lines)]))
    for number, (start, path) in enumerate(starts):
        end = starts[number + 1][0] if number + 1 < len(starts) else len(lines)
        yield _Block(path, "".join(lines[start:end]))


def _put(table: Any, path: Path, value: object, *, new: Callable[[], Any]) -> None:
    """Write a value into tables within tables, tomlkit's or plain ones; None takes the key away."""
    first, *rest = path
    if rest:
        if first not in table:
            if value is None:
                return
            table[first] = new()
        _put(table[first], tuple(rest), value, new=new)
        if not table[first]:
            del table[first]
    elif value is None:
        table.pop(first, None)
    else:
        table[first] = value if new is dict else _item(value)


def _item(value: object) -> Any:
    """Make tomlkit's form of a value: tables in one line, numbers with a fraction as they were written."""
    if isinstance(value, dict):
        pairs = (f"{tomlkit.key(key).as_string()} = {_item(inner).as_string()}" for key, inner in value.items())
        return tomlkit.value(f"{{ {', '.join(pairs)} }}" if value else "{}")
    if isinstance(value, list):
        array = tomlkit.array()
        for inner in value:
            array.append(_item(inner))
        return array
    if isinstance(value, Decimal):
        return tomlkit.float_(f"{value:f}" if "." in f"{value:f}" else f"{value:f}.0")
    return tomlkit.item(value)


def _plain(value: object) -> Any:
    return copy.deepcopy(value)


def _anew(data: dict[str, object]) -> str:
    document = tomlkit.document()
    for key, value in data.items():
        if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
            tables = tomlkit.aot()
            for each in value:
                table = tomlkit.table()
                for inner, content in each.items():
                    table[inner] = _item(content)
                tables.append(table)
            document[key] = tables
        elif isinstance(value, dict):
            table = tomlkit.table()
            for inner, content in value.items():
                table[inner] = _item(content)
            document[key] = table
        else:
            document[key] = _item(value)
    return tomlkit.dumps(document)


def _spaced_as(old: str, text: str) -> str:
    """Return a text with the empty lines at its end that stood at the end of the one before."""
    return text.rstrip("\n") + old[len(old.rstrip("\n")) :]


def _own_block(text: str) -> str:
    return "\n" + text.strip("\n") + "\n"


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"
