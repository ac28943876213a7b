"""docs/editors/mistakes.md says what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rankers import RuleError, parse_rule
from tests.rankers.making import HEAD

PAGE = (Path(__file__).parents[2] / "docs" / "editors" / "mistakes.md").read_text("utf-8")
CASES = re.findall(r"## \d+\. ([^\n]+)\n\n```toml\n(.*?)```\n\n    ([^\n]+)", PAGE, re.DOTALL)


def test_there_are_ten():
    assert 10 == len(CASES)


@pytest.mark.parametrize(("text", "told"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_mistake_is_told_as_the_page_for_editors_says(text, told):
    with pytest.raises(RuleError) as caught:
        parse_rule(HEAD + text)
    assert [told] == [str(problem) for problem in caught.value.problems]


def test_a_text_that_is_no_toml_is_told_as_the_page_says():
    text, told = re.search(r"    (title = [^\n]+)\n\n    (rule\.toml[^\n]+)", PAGE).groups()
    with pytest.raises(RuleError) as caught:
        parse_rule(text + "\n")
    assert told == str(caught.value.problems[0])
