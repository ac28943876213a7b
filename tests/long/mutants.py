"""Faults put into the engine one at a time: how many of them do its tests see?

    .venv/bin/python -m tests.long.mutants [--sample 200] [--seed 1] [--only score.py]

A mutant is one operator, constant, comparison or statement of rankers/ changed. Each is run in a process of its own
that imports the changed module in place of ours and runs the tests of the engine until the first that fails, the
module's own first. A sample, drawn by the seed, stands for all: `--sample 0` runs every one. Survivors are printed.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING

from tests.long.figures import Figure, show

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "rankers"
TESTS = ROOT / "tests" / "rankers"
GOAL = 0.9
LIMIT = 300
"""Seconds until a mutant that never ends counts as seen."""
LEFT_OUT = {"test_purity.py", "test_languages.py"}
"""Tests that read the source; and the words of other languages, which no fault of code touches."""
INSTALLS = "test_the_example_of_the_docs_is_installed_and_ranked_by"
NEAR = {"sentences.py": "test_explain.py", "icu.py": "test_statement.py", "lines.py": "test_document.py"}

SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.And: ast.Or, ast.Or: ast.And, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One fault: the module, its line, what became of what, and the whole source with it."""

    module: Path
    line: int
    said: str
    source: str


def places_of(module: Path) -> Iterator[tuple[Path, int, int]]:
    """Yield where a module can be spoilt, and how: what only types or documents is left as it is."""
    for number, node in enumerate(_working(ast.parse(module.read_text("utf-8")))):
        for change in range(_changes(node)):
            yield module, number, change


def mutant_at(module: Path, number: int, change: int) -> Mutant:
    """Make one mutant."""
    tree = ast.parse(module.read_text("utf-8"))
    node = _working(tree)[number]
    before = ast.unparse(node)
    after = _spoil(node, change)
    return Mutant(module, getattr(node, "lineno", 0), f"{before}  ->  {after}", ast.unparse(tree))


def _working(tree: ast.Module) -> list[ast.AST]:
    idle = {id(each) for part in _idle_parts(tree) for each in ast.walk(part)}
    return [node for node in ast.walk(tree) if id(node) not in idle]


def _idle_parts(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield types, decorators, documents, messages and what is raised: a fault there changes no order and no reason."""
    for node in ast.walk(tree):
        match node:
            case ast.AnnAssign(annotation=annotation) | ast.arg(annotation=ast.AST() as annotation):
                yield annotation
            case ast.FunctionDef(returns=returns, decorator_list=decorators):
                yield from (each for each in (returns, *decorators) if each is not None)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")) | ast.Raise() | ast.Expr(value=ast.Constant()):
                yield node
            case ast.JoinedStr():
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


def tests_for(module: Path) -> list[str]:
    """Return the test files, the module's own first."""
    own = NEAR.get(module.name, f"test_{module.stem}.py")
    files = sorted(path.name for path in TESTS.glob("test_*.py") if path.name not in LEFT_OUT)
    return [str(TESTS / name) for name in sorted(files, key=lambda name: (name != own, name))]


def is_seen(mutant: Mutant) -> bool:
    """Run the engine's tests over a mutant until one fails."""
    with tempfile.TemporaryDirectory() as folder:
        engine = Path(folder) / "rankers"
        subprocess.run(["cp", "-r", ENGINE, engine], check=True)
        (engine / mutant.module.relative_to(ENGINE)).write_text(mutant.source, "utf-8")
        (Path(folder) / "tests").symlink_to(ROOT / "tests")
        (Path(folder) / "aggregator").symlink_to(ROOT / "aggregator")
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-x",
            "-q",
            "-p",
            "no:randomly",
            "-p",
            "no:cacheprovider",
            "-k",
            f"not {INSTALLS}",
        ]
        command += ["-c", str(ROOT / "pyproject.toml"), "--rootdir", folder, "-o", f"pythonpath={folder}"]
        env = {**os.environ, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1", "EXAMPLES": "20"}
        try:
            done = subprocess.run(
                [*command, *tests_for(mutant.module)],
                cwd=folder,
                env=env,
                capture_output=True,
                timeout=LIMIT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return True
    return done.returncode != 0


def main() -> int:
    """Draw, run, print survivors and the share that was seen."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sample", type=int, default=200)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", default="")
    told = asked.parse_args()
    modules = [path for path in sorted(ENGINE.rglob("*.py")) if told.only in str(path)]
    whole = Mutant(ENGINE / "score.py", 0, "nothing", (ENGINE / "score.py").read_text("utf-8"))
    if is_seen(whole):
        print("the tests fail without any fault")
        return 1
    every = [place for module in modules for place in places_of(module)]
    drawn = random.Random(told.seed).sample(every, min(told.sample or len(every), len(every)))
    seen, began = 0, time.monotonic()
    for number, place in enumerate(drawn, start=1):
        mutant = mutant_at(*place)
        if is_seen(mutant):
            seen += 1
        else:
            print(f"survives: {mutant.module.relative_to(ROOT)}:{mutant.line}: {mutant.said}", flush=True)
        if number % 20 == 0:
            print(f"{number} of {len(drawn)}: {seen} seen, {time.monotonic() - began:.0f} s", flush=True)
    share = seen / len(drawn)
    margin = 1.96 * sqrt(share * (1 - share) / len(drawn))
    figures = [
        Figure("mutants of rankers/, run", f"{len(every):,}, {len(drawn)}"),
        Figure("seen by the tests", f"{share:.1%} ± {margin:.1%}", f"{GOAL:.0%}", held=share >= GOAL),
    ]
    return show("mutants", figures)


if __name__ == "__main__":
    sys.exit(main())
