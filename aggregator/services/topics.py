"""Subjects in words that the worker gives vectors: topics of published rules, and kept searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.services.kept_search import texts_of_searches
from aggregator.services.ranking import document_of
from aggregator.store import rules
from rankers import RuleError

if TYPE_CHECKING:
    from sqlalchemy import Connection


def texts_of_topics(conn: Connection) -> list[str]:
    """Return the texts by which the topics of all published rules are described, and kept searches, each once."""
    found = dict.fromkeys(texts_of_searches(conn))
    for toml in rules.get_all_texts(conn):
        if "topic" not in toml:
            continue
        try:
            document = document_of(toml)
        except RuleError:
            continue  # published by a release that knew more
        for topic in document.topics:
            found.update(dict.fromkeys(topic.texts))
    return list(found)
