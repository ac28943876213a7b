"""Trials of mutants: a process forked for each one imports the engine with the fault and runs the tests that reach it.

The parent imports pytest, hypothesis and NumPy once and never the engine, so a trial costs little more than its tests.
Which test runs which functions is noted first, in one run without a fault; the memories of the engine are emptied
before each test then, so that no call is hidden by an answer kept from the test before.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import resource
import sys
import time
from dataclasses import dataclass
from functools import _lru_cache_wrapper
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from typing import TYPE_CHECKING, Any

import pytest

from tests.long.faults import ENGINE

if TYPE_CHECKING:
    import ast
    from collections.abc import Generator, Sequence
    from types import CodeType, FrameType

    from tests.long.faults import Mutant

ROOT = ENGINE.parent
TESTS = ROOT / "tests" / "rankers"
LEFT_OUT = {"test_purity.py"}
"""Tests that read the source as it stands on the disk."""
INSTALLS = "not test_the_example_of_the_docs_is_installed_and_ranked_by"
NEAR = {
    "sentences.py": "test_explain.py",
    "icu.py": "test_statement.py",
    "plurals.py": "test_languages.py",
    "lines.py": "test_document.py",
    "reading.py": "test_limits.py",
    "document_reading.py": "test_limits.py",
    "condition_reading.py": "test_limits.py",
    "curve_reading.py": "test_limits.py",
    "take_turns.py": "test_arrange.py",
    "order.py": "test_arrange.py",
}
FEW = "5"
"""Cases of a property test while it is noted what it reaches."""
MOST_SECONDS = 60
"""Of CPU, until a mutant that never ends counts as seen."""
MOST_MEMORY = 4 << 30

_FORK = multiprocessing.get_context("fork")


@dataclass
class Reached:
    """What one test runs of the engine: (file, first line) of each function; and how long it takes."""

    name: str
    functions: set[tuple[str, int]]
    seconds: float = 0.0

    @property
    def file(self) -> str:
        """Return the test file."""
        return self.name.partition("::")[0]

    def runs(self, mutant: Mutant) -> bool:
        """Tell whether the test runs the spoilt function, or any of a module that is spoilt where it is imported."""
        lines = [line for file, line in self.functions if file == str(mutant.module)]
        return any(mutant.function is None or line in mutant.function for line in lines)


def note_tests() -> list[Reached]:
    """Run every test without a fault, noting what it reaches. Raises RuntimeError where one fails."""
    ours, theirs = _FORK.Pipe(duplex=False)
    child = _FORK.Process(target=_note, args=(theirs,))
    child.start()
    theirs.close()
    noted, modules = ours.recv()
    child.join()
    if noted is None:
        raise RuntimeError("the tests fail without any fault")
    for name in modules:  # so that each trial has them already
        with contextlib.suppress(Exception):
            import_module(name)
    return list(noted)


def is_seen(mutant: Mutant, noted: Sequence[Reached]) -> bool:
    """Run the tests that reach a mutant, those of its own file first and the quickest first, until one fails."""
    own = NEAR.get(mutant.module.name, f"test_{mutant.module.stem}.py")
    chosen = [test for test in noted if test.runs(mutant)] or (list(noted) if mutant.function is None else [])
    chosen.sort(key=lambda test: test.seconds)
    near = [test.name for test in chosen if test.file.endswith(f"/{own}")]
    others = [test.name for test in chosen if not test.file.endswith(f"/{own}")]
    return any(_fails(mutant, names) for names in (near, others) if names)


def _fails(mutant: Mutant, names: list[str]) -> bool:
    child = _FORK.Process(target=_try, args=(mutant, names))
    child.start()
    child.join()
    if child.exitcode == pytest.ExitCode.USAGE_ERROR:
        raise RuntimeError(f"pytest was asked for what it does not know: {mutant.where}:{mutant.line}")
    return child.exitcode not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}


def _note(answer: Any) -> None:
    _silence()
    os.environ["EXAMPLES"] = FEW
    notes = _Notes()
    failed = _run_tests(sorted(str(path) for path in TESTS.glob("test_*.py") if path.name not in LEFT_OUT), notes)
    ours = ("rankers", "tests", "aggregator", "web")
    modules = [name for name in sys.modules if name.partition(".")[0] not in ours]
    answer.send((None if failed else notes.told(), modules))


def _try(mutant: Mutant, names: list[str]) -> None:
    _silence()
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    sys.meta_path.insert(0, _Spoiler(mutant))
    files = dict.fromkeys(name.partition("::")[0] for name in names)
    os._exit(_run_tests(list(files), _Chosen(names)))


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _run_tests(files: list[str], plugin: object) -> int:
    """Run tests of files until one fails; gives pytest's exit code."""
    plain = [
        "-x",
        "-q",
        "--assert=plain",
        "--tb=no",
        "-p",
        "no:cacheprovider",
        "--disable-plugin-autoload",
        "-p",
        "pytest_timeout",
        "-k",
        INSTALLS,
    ]
    return int(pytest.main([*plain, "--confcutdir", str(TESTS), *files], plugins=[plugin]))


class _Notes:
    """A plug-in of pytest that notes which functions of the engine are called while a file is read and a test run."""

    def __init__(self) -> None:
        self._of_files: dict[str, set[tuple[str, int]]] = {}
        self._of_tests: list[Reached] = []

    def told(self) -> list[Reached]:
        """Return what each test reaches, with what its file does when it is read."""
        return [
            Reached(test.name, test.functions | self._of_files.get(test.file, set()), test.seconds)
            for test in self._of_tests
        ]

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Generator[None, Any, Any]:
        with _calls() as called:
            report = yield
        self._of_files.setdefault(collector.nodeid, set()).update(called)
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        for kept in gc.get_objects():
            if isinstance(kept, _lru_cache_wrapper) and kept.__module__.startswith("rankers"):
                kept.cache_clear()
        began = time.process_time()
        with _calls() as called:
            done = yield
        self._of_tests.append(Reached(item.nodeid, called, time.process_time() - began))
        return done


@contextlib.contextmanager
def _calls() -> Generator[set[tuple[str, int]]]:
    """Note the functions of the engine that are called meanwhile."""
    codes: set[CodeType] = set()

    def note(frame: FrameType, event: str, _told: object) -> None:
        if event == "call":
            codes.add(frame.f_code)

    called: set[tuple[str, int]] = set()
    sys.setprofile(note)
    try:
        yield called
    finally:
        sys.setprofile(None)
        called.update(
            (code.co_filename, code.co_firstlineno) for code in codes if code.co_filename.startswith(f"{ENGINE}/")
        )


class _Chosen:
    """A plug-in of pytest that runs only the chosen tests, in the order in which they were chosen."""

    def __init__(self, names: list[str]) -> None:
        self._order = {name: number for number, name in enumerate(names)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((i for i in items if i.nodeid in self._order), key=lambda i: self._order[i.nodeid])


class _Spoiler(MetaPathFinder):
    """Imports one module with its fault in it."""

    def __init__(self, mutant: Mutant) -> None:
        path = mutant.module.relative_to(ROOT).with_suffix("")
        self._name = ".".join(path.parent.parts if path.name == "__init__" else path.parts)
        self._mutant = mutant

    def find_spec(self, fullname: str, _path: object, _target: object = None) -> ModuleSpec | None:
        """Return how the spoilt module is loaded; None for all others."""
        if fullname != self._name:
            return None
        file = str(self._mutant.module)
        return spec_from_file_location(fullname, file, loader=_Loader(fullname, file, self._mutant.tree))


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, tree: ast.Module) -> None:
        super().__init__(fullname, path)
        self._tree = tree

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002  # the importer's own signature
        """Compile the module with its fault."""
        code: CodeType = compile(self._tree, self.path, "exec", dont_inherit=True)
        return code
