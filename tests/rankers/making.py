"""Made tables and rules for the tests of the ranking engine."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from rankers.candidates import CandidateTable, Labels, LabelSets, Numbers, Vectors
from rankers.document import RuleDocument, parse_rule

NOW = 1_795_000_000
HOUR = 3600
HEAD = 'schema = "ranking-rule/1"\nid = "a-rule"\ntitle = "A rule"\nplain = "What it does."\n'


def rule(*parts: str) -> RuleDocument:
    """A rule of these parts, each a piece of TOML."""
    return parse_rule(HEAD + "\n".join(parts))


def term(name: str, rest: str, points: int = 10) -> str:
    return f'[[score]]\nid = "{name}"\npoints = {points}\nwhy = "A reason."\n{rest}\n'


def leave_out(name: str, condition: str) -> str:
    return f'[[filter]]\nid = "{name}"\nleave_out = {condition}\nwhy = "A reason for {name}."\n'


def step(name: str, rest: str = "") -> str:
    return f'[[arrange]]\nstep = "{name}"\nwhy = "A reason."\n{rest}\n'


FRESH = term("fresh", 'signal = "age_hours"\ncurve = { halves_every = 24 }', 60)


def numbers(values: list[int | None]) -> Numbers:
    return Numbers(
        np.array([value or 0 for value in values], dtype=np.int64),
        np.array([value is not None for value in values], dtype=np.bool_),
    )


def labels(values: list[str | None]) -> Labels:
    vocabulary = sorted({value for value in values if value is not None})
    codes = [-1 if value is None else vocabulary.index(value) for value in values]
    return Labels(np.array(codes, dtype=np.int32), tuple(vocabulary))


def label_sets(values: list[tuple[str, ...] | None]) -> LabelSets:
    sets = sorted({value for value in values if value is not None})
    codes = [-1 if value is None else sets.index(value) for value in values]
    return LabelSets(np.array(codes, dtype=np.int32), tuple(sets))


def uids(size: int, seed: int = 7) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 2**64, (size, 2), dtype=np.uint64)


def table(
    ages: list[int],
    *,
    number: dict[str, list[int | None]] | None = None,
    label: dict[str, list[str | None]] | None = None,
    sets: dict[str, list[tuple[str, ...] | None]] | None = None,
    flags: dict[str, list[int | None]] | None = None,
    leaves: dict[str, list[bool]] | None = None,
    vectors: list[list[int] | None] | None = None,
    age_known: list[bool] | None = None,
) -> CandidateTable:
    """A table of entries this many seconds old. Without an owner column the sources own themselves."""
    size = len(ages)
    given = dict(label or {})
    if "source" in given:
        given.setdefault("owner", given["source"])
    made = None
    if vectors is not None:
        width = max(len(vector) for vector in vectors if vector is not None)
        made = Vectors(
            np.array([vector or [0] * width for vector in vectors], dtype=np.int8),
            np.array([vector is not None for vector in vectors], dtype=np.bool_),
        )
    return CandidateTable(
        now=NOW,
        day="2026-11-18",
        uid=uids(size),
        time=NOW - np.array(ages, dtype=np.int64),
        age_known=np.array(age_known or [True] * size, dtype=np.bool_),
        numbers={name: numbers(values) for name, values in (number or {}).items()},
        labels={name: labels(values) for name, values in given.items()},
        sets={name: label_sets(values) for name, values in (sets or {}).items()},
        flags={name: numbers(values) for name, values in (flags or {}).items()},
        leaves={key: np.array(bits, dtype=np.bool_) for key, bits in (leaves or {}).items()},
        vectors=made,
    )


@st.composite
def tables(draw: st.DrawFn, max_size: int = 40) -> CandidateTable:
    """Any table: few sources, languages and stories, so that they meet; facts missing here and there."""
    size = draw(st.integers(0, max_size))

    def column(values: st.SearchStrategy) -> list:
        return draw(st.lists(values, min_size=size, max_size=size))

    def maybe(values: st.SearchStrategy) -> st.SearchStrategy:
        return st.one_of(st.none(), values)

    return table(
        column(st.integers(0, 5) | st.integers(0, 7 * 86400)),
        number={
            "source_pace": column(maybe(st.integers(0, 60_000))),
            "words": column(maybe(st.integers(0, 30_000))),
            "language_share": column(maybe(st.integers(0, 1_000_000))),
            "source_room": column(maybe(st.integers(0, 1000))),
            "story_sources": column(maybe(st.integers(1, 20))),
            "pick": column(st.sampled_from([None] * 9 + [1, 2])),
            "topic.subject": column(maybe(st.integers(0, 1_000_000))),
        },
        label={
            "source": column(st.sampled_from(["a.example", "b.example", "c.example", "d.example", "e.example"])),
            "owner": column(maybe(st.sampled_from(["one", "two", "three"]))),
            "language": column(maybe(st.sampled_from(["en", "fr", "pt-BR"]))),
            "story": column(maybe(st.sampled_from(["s1", "s2", "s3", "s4"]))),
            "kind": column(st.sampled_from(["article", "note"])),
        },
        sets={"folder": column(maybe(st.sampled_from([("News",), ("News/Local", "Work"), ("Work",)])))},
        flags={name: column(maybe(st.integers(0, 1))) for name in ("copy", "first_report", "paid")},
        leaves={"title:ukrain*": column(st.booleans()), "text:kremlin": column(st.booleans())},
        vectors=column(st.lists(st.integers(-127, 127), min_size=3, max_size=3)) or None,
        age_known=column(st.booleans()),
    )


_SIGNALS = {
    "age_hours": st.sampled_from(["halves_every = 24", "falls = [2, 48]", "at_most = 12", "halves_every = 0.5"]),
    "source_pace": st.sampled_from(["rises = [3, 30]", "falls = [0.2, 3]", "at_least = 5"]),
    "words": st.sampled_from(["table = [[600, 0], [1000, 0.6], [2000, 1], [20000, 0.6]]", "rises = [0, 1]"]),
    "language_share": st.just("falls = [0.02, 0.3]"),
    "source_room": st.just("falls = [0, 200]"),
    "story_sources": st.just("table = [[1, 0], [2, 0.5], [8, 1]]"),
}
CONDITIONS = st.sampled_from(
    [
        "{ language = 'fr' }",
        "{ words = { at_least = 600 } }",
        "{ folder = 'News', kind = ['article'] }",
        "{ none = [{ source = 'a.example' }, { copy = true }] }",
        "{ any = [{ title = 'ukrain*' }, { age_hours = { at_least = 3, at_most = 90 } }] }",
        "{ all = [{ copy = false }, { language = ['pt', 'en'] }] }",
    ]
)
STEPS = {
    "one-per-story": st.sampled_from(["", "keep = 'earliest'", "keep = 'newest'"]),
    "spread": st.sampled_from(
        [
            "by = 'meaning'\npoints = 25",
            "by = 'source'\npoints = 5\nwindow = 2",
            "by = 'folder'\npoints = 60\ndepth = 9",
        ]
    ),
    "shares": st.sampled_from(
        [
            "groups = [{ id = 'g', when = { language = 'fr' }, at_least = 0.3, why = 'w' }]",
            """depth = 12
            groups = [{ id = 'g', when = { language = 'fr' }, at_least = 0.5, why = 'w' },
                { id = 'h', when = { folder = 'News' }, at_least = 0.5, why = 'w' }]""",
        ]
    ),
    "take-turns": st.sampled_from(
        ["by = 'source'", "by = 'language'\neach = 2", "by = 'folder'", "by = 'owner'\neach = 3"]
    ),
    "max-per-source": st.sampled_from(["limit = 1\nwindow = 3", "limit = 2\nwindow = 10", "limit = 1\nwindow = 15"]),
    "pin": st.sampled_from(["", "limit = 1"]),
}
_MIDDLE = ("shares", "take-turns", "max-per-source")


@st.composite
def documents(draw: st.DrawFn) -> RuleDocument:
    """Any rule over the facts of `tables`."""
    parts = [leave_out(f"out-{n}", draw(CONDITIONS)) for n in range(draw(st.integers(0, 2)))]
    for number in range(draw(st.integers(0, 4))):
        points = draw(st.integers(-1000, 1000) | st.sampled_from([0, 1, 10]))
        signal = draw(st.sampled_from([*_SIGNALS, "lottery", ""]))
        rest = f"signal = '{signal}'\n" if signal else ""
        if signal in _SIGNALS:
            rest += f"curve = {{ {draw(_SIGNALS[signal])} }}\n"
        if not signal or draw(st.booleans()):
            rest += f"when = {draw(CONDITIONS)}\n"
        parts.append(term(f"line-{number}", rest, points))
    names = [name for name in ("one-per-story", "spread") if draw(st.booleans())]
    names += [name for name in draw(st.permutations(_MIDDLE)) if draw(st.booleans())]
    names += [name for name in ("pin",) if draw(st.booleans())]
    parts += [step(name, draw(STEPS[name])) for name in names]
    if draw(st.booleans()):
        parts.append(f"[finish]\nlength = {draw(st.integers(1, 50))}")
    return rule(*parts)
