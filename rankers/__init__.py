"""The ranking engine: pure and deterministic. Rules in, orders and reasons out. README.md states the purity rule.

The public names load on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rankers.candidates import CandidateTable as CandidateTable
    from rankers.candidates import Labels as Labels
    from rankers.candidates import LabelSets as LabelSets
    from rankers.candidates import Numbers as Numbers
    from rankers.candidates import Vectors as Vectors
    from rankers.candidates import uid_halves as uid_halves
    from rankers.cases import CaseStanding as CaseStanding
    from rankers.cases import best_standing as best_standing
    from rankers.diff import Change as Change
    from rankers.diff import Diff as Diff
    from rankers.diff import diff_rules as diff_rules
    from rankers.document import RuleDocument as RuleDocument
    from rankers.document import hash_of_form as hash_of_form
    from rankers.document import hashed_form as hashed_form
    from rankers.document import load_toml as load_toml
    from rankers.document import parse_rule as parse_rule
    from rankers.effects import LineEffect as LineEffect
    from rankers.effects import line_effects as line_effects
    from rankers.explain import Absence as Absence
    from rankers.explain import Explanation as Explanation
    from rankers.explain import Move as Move
    from rankers.explain import Neighbour as Neighbour
    from rankers.explain import Place as Place
    from rankers.explain import State as State
    from rankers.explain import TermResult as TermResult
    from rankers.explain import WhatIf as WhatIf
    from rankers.explain import shown_tenths as shown_tenths
    from rankers.explain import what_if as what_if
    from rankers.explain import why as why
    from rankers.explain import why_not as why_not
    from rankers.explain import whys as whys
    from rankers.exposure import Comparison as Comparison
    from rankers.exposure import Exposure as Exposure
    from rankers.exposure import compare_editions as compare_editions
    from rankers.exposure import evenness_over as evenness_over
    from rankers.exposure import fair_room as fair_room
    from rankers.exposure import measure_exposure as measure_exposure
    from rankers.exposure import room_of as room_of
    from rankers.exposure import source_room as source_room
    from rankers.facts_check import CheckedList as CheckedList
    from rankers.facts_check import read_list as read_list
    from rankers.facts_check import verify_facts as verify_facts
    from rankers.lines import TestCase as TestCase
    from rankers.lines import Topic as Topic
    from rankers.matching import LeafMatcher as LeafMatcher
    from rankers.matching import match_leaf as match_leaf
    from rankers.matching import match_leaves as match_leaves
    from rankers.messages import LANGUAGES as LANGUAGES
    from rankers.models import LASTING as LASTING
    from rankers.models import STORY_COLUMNS as STORY_COLUMNS
    from rankers.models import ModelName as ModelName
    from rankers.models import ModelTold as ModelTold
    from rankers.models import come_from_models as come_from_models
    from rankers.models import models_form as models_form
    from rankers.models import read_models as read_models
    from rankers.paid import PAID_WORDS as PAID_WORDS
    from rankers.paid import is_paid_word as is_paid_word
    from rankers.patterns import ENGINE as ENGINE
    from rankers.patterns import EntryTexts as EntryTexts
    from rankers.patterns import TextLeaf as TextLeaf
    from rankers.problems import Problem as Problem
    from rankers.problems import RuleError as RuleError
    from rankers.problems import SignalError as SignalError
    from rankers.published import published_rules as published_rules
    from rankers.ranking import Counts as Counts
    from rankers.ranking import GaveWay as GaveWay
    from rankers.ranking import LeftOut as LeftOut
    from rankers.ranking import Ranking as Ranking
    from rankers.ranking import rank as rank
    from rankers.receipt import Receipt as Receipt
    from rankers.receipt import make_receipt as make_receipt
    from rankers.sentences import Sentences as Sentences
    from rankers.sentences import label as label
    from rankers.signals import PLUGINS as PLUGINS
    from rankers.statement import Section as Section
    from rankers.statement import Sentence as Sentence
    from rankers.statement import make_statement as make_statement
    from rankers.statement import share_said as share_said
    from rankers.treatment import Treatment as Treatment
    from rankers.treatment import treat as treat
    from rankers.verify import Difference as Difference
    from rankers.verify import Verification as Verification
    from rankers.verify import reopen_receipt as reopen_receipt
    from rankers.verify import verify_receipt as verify_receipt
    from rankers.words import fold as fold
    from rankers.words import tokens as tokens

_PLACES = {
    "candidates": ("CandidateTable", "LabelSets", "Labels", "Numbers", "Vectors", "uid_halves"),
    "cases": ("CaseStanding", "best_standing"),
    "diff": ("Change", "Diff", "diff_rules"),
    "document": ("RuleDocument", "hash_of_form", "hashed_form", "load_toml", "parse_rule"),
    "effects": ("LineEffect", "line_effects"),
    "explain": (
        "Absence",
        "Explanation",
        "Move",
        "Neighbour",
        "Place",
        "State",
        "TermResult",
        "WhatIf",
        "shown_tenths",
        "what_if",
        "why",
        "why_not",
        "whys",
    ),
    "exposure": (
        "Comparison",
        "Exposure",
        "compare_editions",
        "evenness_over",
        "fair_room",
        "measure_exposure",
        "room_of",
        "source_room",
    ),
    "facts_check": ("CheckedList", "read_list", "verify_facts"),
    "messages": ("LANGUAGES",),
    "paid": ("PAID_WORDS", "is_paid_word"),
    "lines": ("TestCase", "Topic"),
    "models": ("LASTING", "STORY_COLUMNS", "ModelName", "ModelTold", "come_from_models", "models_form", "read_models"),
    "matching": ("LeafMatcher", "match_leaf", "match_leaves"),
    "patterns": ("ENGINE", "EntryTexts", "TextLeaf"),
    "problems": ("Problem", "RuleError", "SignalError"),
    "signals": ("PLUGINS",),
    "published": ("published_rules",),
    "ranking": ("Counts", "GaveWay", "LeftOut", "Ranking", "rank"),
    "receipt": ("Receipt", "make_receipt"),
    "sentences": ("Sentences", "label"),
    "statement": ("Section", "Sentence", "make_statement", "share_said"),
    "treatment": ("Treatment", "treat"),
    "verify": ("Difference", "Verification", "reopen_receipt", "verify_receipt"),
    "words": ("fold", "tokens"),
}
_HOME = {name: module for module, names in _PLACES.items() for name in names}

__all__ = sorted(_HOME)  # noqa: PLE0605  # one table instead of two lists that drift apart


def __getattr__(name: str) -> object:
    """Load the module that holds a public name, once."""
    if name not in _HOME:
        raise AttributeError(f"module 'rankers' has no attribute {name!r}")
    value: object = getattr(import_module(f"rankers.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
