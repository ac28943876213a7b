"""Where each key of a rule's text stands: noted as the text is made, and compared with what is found."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from rankers.places import find_places

TEXT = """\
# a comment = 1
a = 1
  b . "c d" = 'x # y' # why
[t]

x = [ 1, "two", # three
  [3, [4]], { y = 5, z.w = [6] },
]
[t.u]
v = \"\"\"
k = 1
\"quoted\" \\\"\"\"\"\"
[[l]]
m = '''
[no]
'''''
[[l.n]]
[[l]]
o = { }
[l.n]
'p.q' = "\\"" """


def test_every_key_table_and_item_has_its_place():
    tomllib.loads(TEXT)  # it is a TOML text
    assert {
        ("a",): (2, 1),
        ("b",): (3, 3),
        ("b", "c d"): (3, 3),
        ("t",): (4, 1),
        ("t", "x"): (6, 1),
        ("t", "x", 0): (6, 7),
        ("t", "x", 1): (6, 10),
        ("t", "x", 2): (7, 3),
        ("t", "x", 2, 0): (7, 4),
        ("t", "x", 2, 1): (7, 7),
        ("t", "x", 2, 1, 0): (7, 8),
        ("t", "x", 3): (7, 13),
        ("t", "x", 3, "y"): (7, 15),
        ("t", "x", 3, "z"): (7, 22),
        ("t", "x", 3, "z", "w"): (7, 22),
        ("t", "x", 3, "z", "w", 0): (7, 29),
        ("t", "u"): (9, 1),
        ("t", "u", "v"): (10, 1),
        ("l",): (13, 1),
        ("l", 0): (13, 1),
        ("l", 0, "m"): (14, 1),
        ("l", 0, "n"): (17, 1),
        ("l", 0, "n", 0): (17, 1),
        ("l", 1): (18, 1),
        ("l", 1, "o"): (19, 1),
        ("l", 1, "n"): (20, 1),
        ("l", 1, "n", "p.q"): (21, 1),
    } == find_places(TEXT)


KEYS = st.sampled_from(["a", "b-1", "C_d", "9"])
PLAIN = st.sampled_from(
    ["1", "-2.5e3", "true", "2026-11-22", "'#'", '"\\"]"', "''", '""', '"""x\n"y" """', "'''\n'a' '''", "inf"]
)
GAPS = st.sampled_from(["", " ", "\t", "\n", " # c ] }\n  "])
SPACES = st.sampled_from(["", " ", " \t"])


class Writer:
    """Writes a TOML text and remembers where it put each thing."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.text = ""
        self.places: dict[tuple[str | int, ...], tuple[int, int]] = {}

    def put(self, piece: str) -> None:
        self.text += piece

    def here(self, path: tuple[str | int, ...]) -> None:
        line = self.text.count("\n") + 1
        self.places.setdefault(path, (line, len(self.text) - (self.text.rfind("\n") + 1) + 1))

    def pair(self, table: tuple[str | int, ...], key: str, depth: int) -> None:
        self.here((*table, key))
        self.put(key + self.draw(SPACES) + "=" + self.draw(SPACES))
        self.value((*table, key), depth)

    def value(self, path: tuple[str | int, ...], depth: int) -> None:
        kind = self.draw(st.sampled_from(["plain", "list", "table"])) if depth else "plain"
        if kind == "plain":
            self.put(self.draw(PLAIN))
        elif kind == "list":
            self.put("[" + self.draw(GAPS))
            for number in range(self.draw(st.integers(0, 3))):
                self.put("," * (number > 0) + self.draw(GAPS))
                self.here((*path, number))
                self.value((*path, number), depth - 1)
                self.put(self.draw(GAPS))
            self.put("]")
        else:
            self.put("{" + self.draw(SPACES))
            for number, key in enumerate(self.draw(st.lists(KEYS, unique=True, max_size=3))):
                self.put("," * (number > 0) + self.draw(SPACES))
                self.pair(path, key, depth - 1)
                self.put(self.draw(SPACES))
            self.put("}")


@st.composite
def texts(draw: st.DrawFn) -> Writer:
    writer = Writer(draw)
    path: tuple[str | int, ...] = ()
    for table in range(draw(st.integers(1, 4))):
        if table:
            path = ("list", table - 1)
            writer.here(("list",))
            writer.here(path)
            writer.put("[[list]]\n")
        for key in draw(st.lists(KEYS, unique=True, max_size=3)):
            writer.put(draw(GAPS))
            writer.pair(path, key, 2)
            writer.put(draw(st.sampled_from(["\n", " # end\n", "\r\n"])))
    return writer


@given(texts())
def test_places_are_those_where_things_were_written(writer):
    tomllib.loads(writer.text)
    assert writer.places == find_places(writer.text)
