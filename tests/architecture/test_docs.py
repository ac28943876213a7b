"""What the docs name is there."""

from __future__ import annotations

import re

import pytest
from reading import ROOT, name, python_files

PAGES = sorted((ROOT / "docs").rglob("*.md"))
OURS = re.compile(r"`((?:aggregator|rankers|web|tests|docs)/[\w/.-]+)`")


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md"], ids=name)
def test_each_path_named_in_the_docs_exists(page):
    named = OURS.findall(page.read_text("utf-8"))
    assert [] == [path for path in named if not (ROOT / path).exists()]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_each_test_named_in_the_docs_exists(page):
    named = set(re.findall(r"`(test_\w+)`", page.read_text("utf-8")))
    code = "\n".join(path.read_text("utf-8") for path in python_files("tests")) if named else ""
    assert set() == {test for test in named if f"def {test}(" not in code}


def test_each_decision_has_its_four_parts():
    for page in sorted((ROOT / "docs" / "decisions").glob("0*.md")):
        text = page.read_text("utf-8")
        assert [] == [
            part for part in ("Context", "Decision", "Consequences", "What would change our mind") if part not in text
        ]


def test_each_decision_begins_with_a_number_of_its_own():
    pages = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    numbers = [int(page.name[:4]) for page in pages]
    assert sorted(set(numbers)) == numbers
    begun = [page.read_text("utf-8").split(". ")[0] for page in pages]
    assert [f"# {number}" for number in numbers] == begun


def test_the_safety_page_says_held_where_a_test_carries_the_number():
    code = "\n".join(path.read_text("utf-8") for path in python_files("tests"))
    names = re.findall(r"def test_safety_(\d+)((?:_and_\d+)*)", code)
    tested = {int(number) for first, more in names for number in (first, *re.findall(r"\d+", more))}
    page = (ROOT / "docs" / "developers" / "safety.md").read_text("utf-8")
    held = {
        int(number) for number in re.findall(r"^\| (\d+) \|[^|]*\| held by tests of its number", page, re.MULTILINE)
    }
    assert tested == held
