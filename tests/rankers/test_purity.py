import ast
import subprocess
import sys
from pathlib import Path

import pytest

import rankers

FOLDER = Path(rankers.__file__).parent
MODULES = sorted(FOLDER.rglob("*.py"))
ALLOWED = {"numpy", "re2", "rfc8785", "tomlkit", "rankers"}
CLOCKS_AND_DOORS = {
    "time", "datetime", "random", "secrets", "os", "pathlib", "socket", "subprocess", "threading", "asyncio",
    "sqlite3", "urllib", "http", "tempfile", "shutil", "io", "logging", "uuid",
}  # fmt: skip


@pytest.mark.parametrize("module", MODULES, ids=[str(path.relative_to(FOLDER)) for path in MODULES])
def test_the_engine_imports_nothing_that_could_see_the_world(module):
    tree = ast.parse(module.read_text("utf-8"))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
        elif isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            assert called not in {"open", "eval", "exec", "compile_command", "input", "write_text", "print"}
    foreign = {name for name in names if name not in sys.stdlib_module_names and name not in ALLOWED}
    assert set() == foreign
    assert set() == names & CLOCKS_AND_DOORS


def test_importing_the_package_loads_nothing_heavy():
    script = "import sys, rankers; print(sorted({'numpy', 're2', 'rfc8785'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()


@pytest.mark.parametrize("name", rankers.__all__)
def test_every_public_name_is_there_and_no_module(name):
    assert type(sys) is not type(getattr(rankers, name))
