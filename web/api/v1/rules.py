"""Rules: all of them, their versions as they were signed, in plain words, and what differs between two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregator.services import editing, versions
from aggregator.services.ranked import sentences_of
from aggregator.services.shapes import diff_shape, rule_entry_shape, statement_shape, version_shape
from web.api.v1 import schemas
from web.api.v1.inputs import LANGUAGE, NUMBER, RULE_NAME, whole
from web.api.v1.operations import operation
from web.door import actor, desk

if TYPE_CHECKING:
    from aggregator.model.readinglist import RuleVersion

OF_VERSION = whole("version", "This version; otherwise the current one.", least=1)


@operation("/rules", answer=schemas.many(schemas.RULE_ENTRY))
def rules() -> Any:
    """Give the current version of every rule."""
    return [rule_entry_shape(each) for each in editing.rules(desk(), actor())]


@operation("/rules/{rule}", RULE_NAME, OF_VERSION, answer=schemas.RULE_TEXT)
def rule(rule: str, version: int | None = None) -> Any:
    """Give a rule with its text."""
    found = _version(rule, version)
    return version_shape(found) | {"toml": found.toml}


@operation("/rules/{rule}/versions", RULE_NAME, answer=schemas.many(schemas.RULE_VERSION))
def rule_versions(rule: str) -> Any:
    """Give the versions of a rule, newest first, with who published each and why."""
    return [version_shape(each) for each in editing.rule_page(desk(), actor(), rule).versions]


@operation("/rules/{rule}/versions/{number}", RULE_NAME, NUMBER, answer=schemas.DOCUMENT)
def rule_version(rule: str, number: int) -> bytes:
    """Give a version as it was signed, for `broadsheet verify`."""
    return versions.envelope(desk(), actor(), _version(rule, number).id).encode()


@operation("/rules/{rule}/statement", RULE_NAME, OF_VERSION, LANGUAGE, answer=schemas.STATEMENT)
def statement(rule: str, version: int | None = None, language: str = "en") -> Any:
    """Say a rule in plain words."""
    found = _version(rule, version)
    sections = editing.statement(desk(), actor(), found, language=language)
    return statement_shape(found, sentences_of(language).language, sections)


@operation(
    "/rules/{rule}/diff/{number}", RULE_NAME, NUMBER,
    whole("to", "To this version; otherwise the current one.", least=1), LANGUAGE, answer=schemas.DIFF,
)  # fmt: skip
def diff(rule: str, number: int, to: int | None = None, language: str = "en") -> Any:
    """Say what changes from one version of a rule to another."""
    return diff_shape(editing.changes(_version(rule, number), _version(rule, to), language=language))


def _version(rule: str, number: int | None) -> RuleVersion:
    return editing.rule_page(desk(), actor(), rule, number).version
