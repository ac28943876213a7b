"""Faults: one operator, constant, comparison or statement of a module changed at a time.

What only types or documents, and what is raised, is left as it is: a fault there changes no order and no reason.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGINE = Path(__file__).parents[2] / "rankers"

SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.And: ast.Or, ast.Or: ast.And, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One fault: the module, its line, what became of what, the whole module with it, and the lines of its function.

    `function` is None for what runs when the module is imported.
    """

    module: Path
    line: int
    said: str
    tree: ast.Module
    function: range | None

    @property
    def where(self) -> str:
        """Return the module as one writes it below rankers/."""
        return str(self.module.relative_to(ENGINE))

    @property
    def text(self) -> str:
        """Return the line of the source that the fault is in."""
        return self.module.read_text("utf-8").splitlines()[self.line - 1].strip()


def places_of(module: Path) -> Iterator[tuple[Path, int, int]]:
    """Yield where a module can be spoilt, and how."""
    for number, node in enumerate(_working(ast.parse(module.read_text("utf-8")))):
        for change in range(_changes(node)):
            yield module, number, change


def mutant_at(module: Path, number: int, change: int) -> Mutant:
    """Make one mutant."""
    tree = ast.parse(module.read_text("utf-8"))
    node = _working(tree)[number]
    before, line, function = ast.unparse(node), getattr(node, "lineno", 0), _function_of(node, tree)
    after = _spoil(node, change)
    return Mutant(module, line, f"{before}  ->  {after}", ast.fix_missing_locations(tree), function)


def _function_of(node: ast.AST, tree: ast.Module) -> range | None:
    """Return the lines of the outermost function around a node, its decorators included."""
    for each in ast.walk(tree):  # the outer ones come first
        if isinstance(each, ast.FunctionDef) and any(inner is node for part in each.body for inner in ast.walk(part)):
            first = min([each.lineno, *(decorator.lineno for decorator in each.decorator_list)])
            return range(first, (each.end_lineno or first) + 1)
    return None


def _working(tree: ast.Module) -> list[ast.AST]:
    idle = {id(each) for part in _idle_parts(tree) for each in ast.walk(part)}
    return [node for node in ast.walk(tree) if id(node) not in idle]


def _idle_parts(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield types, decorators, documents, messages and what is raised."""
    for node in ast.walk(tree):
        match node:
            case ast.AnnAssign(annotation=annotation) | ast.arg(annotation=ast.AST() as annotation):
                yield annotation
            case ast.FunctionDef(returns=returns, decorator_list=decorators):
                yield from (each for each in (returns, *decorators) if each is not None)
            case ast.ClassDef(decorator_list=decorators):
                yield from decorators
            case ast.If(test=ast.Name(id="TYPE_CHECKING")) | ast.Raise() | ast.Expr(value=ast.Constant()):
                yield node
            case ast.JoinedStr() | ast.keyword(arg="strict"):  # zip's guard against ourselves: lengths are always equal
                yield node


def _changes(node: ast.AST) -> int:
    match node:
        case ast.Compare(ops=[op]) | ast.BinOp(op=op) | ast.AugAssign(op=op):
            return int(type(op) in SWAPPED)
        case ast.Constant(value=bool()) | ast.IfExp() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
            return 1
        case ast.Constant(value=int()):
            return 2
        case ast.Return(value=value):
            return int(value is not None and not isinstance(value, ast.Constant))
        case ast.Continue() | ast.Break():
            return 1
    return 0


def _spoil(node: ast.AST, change: int) -> str:
    """Put the fault into a node; gives what it reads now."""
    match node:
        case ast.Compare(ops=[only]):
            node.ops = [SWAPPED[type(only)]()]  # type: ignore[list-item]  # a comparison becomes a comparison
        case ast.BinOp(op=op) | ast.AugAssign(op=op) | ast.BoolOp(op=op):
            node.op = SWAPPED[type(op)]()  # type: ignore[assignment]  # an operator becomes one of its kind
        case ast.UnaryOp():
            node.op = ast.UAdd() if isinstance(node.operand, ast.Constant) else ast.Not()
            node.operand = ast.UnaryOp(ast.Not(), node.operand)
        case ast.Constant(value=bool(value)):
            node.value = not value
        case ast.Constant(value=int(value)):
            node.value = value + (1, -1)[change]
        case ast.IfExp():
            node.body, node.orelse = node.orelse, node.body
        case ast.Return():
            node.value = ast.Constant(None)
        case ast.Continue() | ast.Break():
            node.__class__ = ast.Pass  # type: ignore[assignment]  # the statement falls away
    return ast.unparse(node)
