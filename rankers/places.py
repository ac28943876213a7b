"""Where each key of a TOML text stands: tomllib and tomlkit keep no positions, so this walks the text once more.

It reads only text that tomllib has accepted, so it follows the grammar without checking it again.
"""

from __future__ import annotations

import re
import tomllib

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'""")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")' r"|'''.*?'{3,5}(?!')" r"""|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""",
    re.DOTALL,
)
_PLAIN_VALUE = re.compile(r"[^,\]}\r\n#]+")


def find_places(text: str) -> dict[Path, tuple[int, int]]:
    """Return (line, column), both from 1, of each key, table and list item of a valid TOML text, by its path."""
    return _Walk(text).run()


class _Walk:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line_starts = [0] + [match.end() for match in re.finditer("\n", text)]
        self.places: dict[Path, tuple[int, int]] = {}
        self.tables_of_list: dict[Path, int] = {}

    def run(self) -> dict[Path, tuple[int, int]]:
        table: Path = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)
        return self.places

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()

    def _mark(self, path: Path, at: int) -> None:
        low, high = 0, len(self.line_starts)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.line_starts[middle] <= at else (low, middle)
        self.places.setdefault(path, (low + 1, at - self.line_starts[low] + 1))

    def _header(self) -> Path:
        start = self.at
        of_list = self.text.startswith("[[", self.at)
        self.at += 2 if of_list else 1
        path: Path = ()
        keys = self._key()
        for key in keys[:-1]:
            path = self._inside((*path, key))
        path = (*path, keys[-1])
        if of_list:
            number = self.tables_of_list.get(path, -1) + 1
            self.tables_of_list[path] = number
            self._mark(path, start)
            path = (*path, number)
        else:
            path = self._inside(path)
        self._mark(path, start)
        self.at += 2 if of_list else 1
        return path

    def _inside(self, path: Path) -> Path:
        """Step into the last table of a list of tables, as TOML's headers do."""
        number = self.tables_of_list.get(path)
        return path if number is None else (*path, number)

    def _key(self) -> list[str]:
        parts = []
        while True:
            self._skip(_SPACE)
            match = _KEY_PART.match(self.text, self.at)
            raw = match[0] if match else ""
            self.at += len(raw)
            parts.append(next(iter(tomllib.loads(f"{raw} = 0"))) if raw[:1] in {'"', "'"} else raw)
            self._skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def _pair(self, table: Path) -> None:
        start = self.at
        path = table
        for key in self._key():
            path = (*path, key)
            self._mark(path, start)
        self.at += 1  # the sign =
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: Path) -> None:
        opening = self.text[self.at]
        if opening == "[":
            self._list(path)
        elif opening == "{":
            self._inline_table(path)
        else:
            self._skip(_STRING if opening in {'"', "'"} else _PLAIN_VALUE)

    def _list(self, path: Path) -> None:
        self.at += 1
        number = 0
        while True:
            self._skip(_BLANK)
            if self.text[self.at] == "]":
                break
            self._mark((*path, number), self.at)
            self._value((*path, number))
            number += 1
            self._skip(_BLANK)
            if self.text[self.at] == ",":
                self.at += 1
        self.at += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        while True:
            self._skip(_BLANK)
            if self.text[self.at] == "}":
                break
            self._pair(path)
            self._skip(_BLANK)
            if self.text[self.at] == ",":
                self.at += 1
        self.at += 1
