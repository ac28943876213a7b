"""The part of ICU's message grammar that our messages use: {name}, plural, ordinal and select, with # in plurals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache

Value = str | int | Decimal
Category = Callable[[Decimal, bool], str]
"""(number, is it an ordinal) -> zero, one, two, few, many or other."""
Node = str | tuple[str, str, tuple[tuple[str, "Nodes"], ...]]
Nodes = tuple[Node, ...]


def fill(message: str, values: Mapping[str, Value], number: Callable[[Value], str], category: Category) -> str:
    """Fill a message. `number` writes numbers, `category` chooses among plurals. Raises KeyError on an unknown name."""
    return _write(_parse(message), values, number, category, "")


def _write(
    nodes: Nodes, values: Mapping[str, Value], number: Callable[[Value], str], category: Category, own: str
) -> str:
    written = []
    for node in nodes:
        if isinstance(node, str):
            written.append(node.replace("#", own) if own else node)
            continue
        name, kind, choices = node
        value = values[name]
        text = value if isinstance(value, str) else number(value)
        if kind == "":
            written.append(text)
            continue
        key = str(value)
        if kind != "select":
            key = category(Decimal(value), kind == "ordinal")
        by_key = dict(choices)
        chosen = by_key.get(key, by_key["other"])
        written.append(_write(chosen, values, number, category, own if kind == "select" else text))
    return "".join(written)


@lru_cache(maxsize=1024)
def _parse(message: str) -> Nodes:
    nodes, end = _nodes(message, 0)
    if end != len(message):
        raise ValueError(f"a brace too many: {message}")
    return nodes


def _nodes(message: str, at: int) -> tuple[Nodes, int]:
    nodes: list[Node] = []
    while at < len(message) and message[at] != "}":
        if message[at] == "{":
            node, at = _placeholder(message, at + 1)
            nodes.append(node)
        else:
            end = min((p for p in (message.find("{", at), message.find("}", at)) if p >= 0), default=len(message))
            nodes.append(message[at:end])
            at = end
    return tuple(nodes), at


def _placeholder(message: str, at: int) -> tuple[Node, int]:
    end = min(p for p in (message.find(",", at), message.find("}", at)) if p >= 0)
    name = message[at:end].strip()
    if message[end] == "}":
        return (name, "", ()), end + 1
    at = message.index(",", end + 1)
    kind = message[end + 1 : at].strip()
    at += 1
    choices: list[tuple[str, Nodes]] = []
    while True:
        opening = message.find("{", at)
        closing = message.index("}", at)
        if opening < 0 or closing < opening:
            return (name, kind, tuple(choices)), closing + 1
        nodes, at_end = _nodes(message, opening + 1)
        choices.append((message[at:opening].strip(), nodes))
        at = at_end + 1
