"""The statement of a rule in plain words: made from the rule, never written by hand.

It says what a reader is owed: the main parameters with their weight and reason, what is left out and why, what happens
to the order, where it ends, what is never used, and which models have a part in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from rankers.curves import rounded_ratio
from rankers.sentences import Sentences, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rankers.document import RuleDocument
    from rankers.lines import Term
    from rankers.models import ModelTold


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing said. `line` is the id of the rule's line, or the name of its step; "" where it is of no line.

    share: tenths of a per cent of the rule's budget, for a line that gives points.
    """

    text: str
    why: str = ""
    line: str = ""
    points: int | None = None
    share: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Sentences under a heading. `key` is one of parameters, left_out, order, end, never, models."""

    key: str
    heading: str
    sentences: tuple[Sentence, ...]


def make_statement(
    document: RuleDocument, sentences: Sentences, *, models: Sequence[ModelTold] = ()
) -> tuple[Section, ...]:
    """Say a whole rule in the words of a language. `models`: those whose findings count on this instance."""
    by_weight = sorted(document.scores, key=lambda term: -abs(term.points))
    parts = {
        "parameters": [_parameter(term, document.budget, sentences) for term in by_weight],
        "left_out": [
            Sentence(
                sentences.say("statement.out", label=label(line.id), test=sentences.test(line.leave_out)),
                line.why,
                line.id,
            )
            for line in document.filters
        ],
        "order": [Sentence(sentences.step(step), step.why, step.name) for step in document.arrange],
        "end": [Sentence(sentences.finish(document.length))],
        "never": [Sentence(sentences.say("statement.never_text"))],
        "models": [Sentence(_models(document, sentences, models))],
    }
    empty = {"parameters": "no_parameters", "left_out": "nothing_left_out", "order": "no_order"}
    return tuple(
        Section(
            key,
            sentences.say(f"statement.{key}"),
            tuple(said) or (Sentence(sentences.say(f"statement.{empty[key]}")),),
        )
        for key, said in parts.items()
    )


def _parameter(term: Term, budget: int, sentences: Sentences) -> Sentence:
    way = "down" if term.points < 0 else "up"
    gate = "" if term.when is None else sentences.test(term.when)
    if term.signal is None:
        text = sentences.say(f"line.gate_{way}", label=label(term.id), n=abs(term.points), test=gate)
    else:
        text = sentences.say(
            f"line.{way}",
            label=label(term.id),
            n=abs(term.points),
            fact=sentences.fact(term.signal),
            shape=sentences.curve(term),
        )
        if gate:
            text = sentences.say("line.only", sentence=text, test=gate)
    share = rounded_ratio(1000 * abs(term.points), budget) if budget else 0
    return Sentence(text, term.why, term.id, term.points, share)


def share_said(share: int, sentences: Sentences) -> str:
    """Say a share of the budget, given in tenths of a per cent."""
    return sentences.say("line.share", share=Decimal(share) / 10)


def _models(document: RuleDocument, sentences: Sentences, models: Sequence[ModelTold]) -> str:
    if not document.reads_models:
        return sentences.say("statement.no_models")
    if not models:
        return sentences.say("statement.model_unknown")
    return sentences.say("statement.model", names=sentences.listed([_model(each, sentences) for each in models], "and"))


def _model(told: ModelTold, sentences: Sentences) -> str:
    name, known_by = told.model.name, told.model.sha256
    if not told.languages:
        return sentences.say("statement.model_named_all", name=name, hash=known_by)
    return sentences.say("statement.model_named", name=name, hash=known_by, languages=", ".join(told.languages))
