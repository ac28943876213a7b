from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "web" / "templates").glob("*.html"))
CATALOGUE = ROOT / "web" / "translations" / "messages.pot"

TRANSLATED = re.compile(r"\{%-?\s*trans\b.*?\{%-?\s*endtrans\s*-?%\}", re.DOTALL)
MARKS = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
COMMANDS = re.compile(r"<code>.*?</code>", re.DOTALL)
SPOKEN_ATTRIBUTE = re.compile(r'\b(?:aria-label|title|alt|placeholder)="([^"]*)"')
KIND = re.compile(r"\{% block kind %\}\w+")
NO_WORDS = {"UTC", "lang", "dir"}
SAME_EVERYWHERE = {"", "https://…", "https://example.org/feed.xml", "en"}  # addresses, and a language by its code


def unwanted_words() -> list[str]:
    """Read the second table of docs/words.md."""
    text = (ROOT / "docs" / "words.md").read_text(encoding="utf-8").split("## Words that do not appear")[1]
    return [row.split("|")[1].strip() for row in text.splitlines() if row.startswith("| ")][1:]


def sentences() -> str:
    text = CATALOGUE.read_text(encoding="utf-8")
    return "".join(re.findall(r'^(?:msgid(?:_plural)? )?"(.*)"$', text, re.MULTILINE))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_word_of_a_template_can_be_translated(path):
    plain = path.read_text(encoding="utf-8")
    for pattern in (TRANSLATED, KIND, MARKS, COMMANDS):
        plain = pattern.sub("", plain)
    spoken = [value for value in SPOKEN_ATTRIBUTE.findall(plain) if value.strip() not in SAME_EVERYWHERE]
    assert [value for value in spoken if re.search(r"[A-Za-z]", value)] == []
    text = re.sub(r"<[^>]*>", "", plain)
    assert [word for word in re.findall(r"[A-Za-z]{2,}", text) if word not in NO_WORDS] == []


@pytest.mark.parametrize("word", unwanted_words())
def test_the_words_that_do_not_appear_do_not(word):
    assert not re.search(rf"\b{re.escape(word)}", sentences(), re.IGNORECASE)


def test_the_catalogue_holds_what_the_pages_say(tmp_path):
    made = tmp_path / "messages.pot"
    options = ["-k", "_l", "-k", "lazy_gettext", "--no-location", "--omit-header", "--sort-output", "-w", "120"]
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "web/babel.cfg", *options]
    subprocess.run([*command, "-o", str(made), "web"], cwd=ROOT, check=True)
    assert made.read_text(encoding="utf-8") == CATALOGUE.read_text(encoding="utf-8")
