"""Rule texts that went wrong, for minutes: the reader of rules never breaks, and never takes long.

    .venv/bin/python -m tests.long.rules [--minutes 2] [--seed 1]

Published rules, and one as large as a rule may be, are cut, doubled, spliced and misspelt. Each is a rule or a list of
problems; the slowest may take 50 ms of CPU.
"""

from __future__ import annotations

import argparse
import random
import sys
import time

from rankers import RuleError, parse_rule, published_rules
from tests.long.figures import Figure, show

GOAL_MS = 50
PIECES = (
    "=", "[", "]", "{", "}", '"', '"""', "'", "\n", "#", ".", ",", "-1", "1e400", "nan", "inf", "0x",
    "9" * 20, "true",
    "1979-05-27", "\\u0000", "\u202e", "[[score]]", "[[filter]]", "when = { any = [", "{ none = [{", "/(a+)+$/",
    "/[/", "a.b.c.d.e.f", 'signal = "topic.x"', "curve = { table = [[0, 0], [1, 1]] }",
)  # fmt: skip


def largest() -> str:
    """Return a rule with as many lines and single tests as a rule may have."""
    head = 'schema = "ranking-rule/1"\nid = "large"\ntitle = "Large"\nplain = "As large as a rule may be."\n'
    line = '[[score]]\nid = "line-{0}"\nwhen = {{ title = "word{0} and {0} more*" }}\npoints = 1\nwhy = "{1}"\n'
    return head + "".join(line.format(number, "x" * 250) for number in range(190))


def spoilt(text: str, others: list[str], drawn: random.Random) -> str:
    """Return the text with one to four things gone wrong."""
    for _ in range(drawn.randint(1, 4)):
        at = drawn.randrange(len(text) + 1)
        end = min(len(text), at + drawn.choice((0, 1, 3, 20, 200)))
        match drawn.randrange(5):
            case 0:
                text = text[:at] + text[end:]
            case 1:
                text = text[:at] + drawn.choice(PIECES) + text[at:]
            case 2:
                text = text[:end] + text[at:end] * drawn.choice((1, 2, 50)) + text[end:]
            case 3:
                other = drawn.choice(others)
                start = drawn.randrange(len(other))
                text = text[:at] + other[start : start + 300] + text[end:]
            case _:
                text = text[:at] + chr(drawn.choice((0, 9, 34, 127, 0x2028, 0x1F600))) + text[end:]
    return text


def main() -> int:
    """Spoil and read until the time is over."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=2)
    asked.add_argument("--seed", type=int, default=1)
    told = asked.parse_args()
    drawn = random.Random(told.seed)
    seeds = [*published_rules().values(), largest()]
    until = time.monotonic() + 60 * told.minutes
    texts = rules = broken = 0
    slowest, slow_text = 0.0, ""
    while time.monotonic() < until:
        text = spoilt(drawn.choice(seeds), seeds, drawn)
        start = time.process_time()
        try:
            parse_rule(text)
            rules += 1
        except RuleError:
            pass
        except Exception as fault:  # noqa: BLE001  # any other is what is looked for
            broken += 1
            print(f"{type(fault).__name__}: {fault}\n{text[:2000]}\n")
        took = 1000 * (time.process_time() - start)
        if took > slowest:
            slowest, slow_text = took, text
        texts += 1
    if slowest > GOAL_MS:
        print(f"the slowest, {slowest:.0f} ms, of {len(slow_text)} characters:\n{slow_text[:1500]}")
    figures = [
        Figure("texts read, rules among them", f"{texts:,}, {rules:,}"),
        Figure("texts that broke the reader", str(broken), "0", held=broken == 0),
        Figure("the slowest", f"{slowest:.1f} ms CPU", f"{GOAL_MS} ms", held=slowest <= GOAL_MS),
    ]
    return show("rules", figures)


if __name__ == "__main__":
    sys.exit(main())
