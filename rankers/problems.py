"""What is wrong with a rule: every problem at once, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong at `line` and `column` (both from 1); `message` says what was expected.

    path: the key it is about, as ("score", 2, "points"), for whoever shows a rule otherwise than as text; empty where
    the text is no TOML.
    """

    file: str
    line: int
    column: int
    message: str
    path: tuple[str | int, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class SignalError(RuntimeError):
    """A plug-in's signal that did what it may not, so that no order can be worked out with it."""

    def __init__(self, signal: str, origin: str, problem: str) -> None:
        self.signal = signal
        self.origin = origin
        self.problem = problem
        super().__init__(f"the signal {signal} of the plug-in {origin}: {problem}")


class RuleError(ValueError):
    """A rule that cannot be used; `problems` lists all that is wrong with it, in the order of the text."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))
