"""What becomes of each document of the corpus: the tables of docs/developers/fediverse.md.

`python -m tests.aggregator.sources.fediverse.table` writes them into the page.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

from aggregator.sources.fediverse.activities import Elsewhere, what_is_said
from aggregator.sources.fediverse.actor import read_actor
from aggregator.sources.fediverse.outbox import COLLECTIONS
from aggregator.sources.fediverse.posts import KINDS, read_post
from aggregator.sources.fediverse.refusal import Refused
from aggregator.sources.fediverse.shapes import decode, things, type_of
from aggregator.sources.fediverse.software import OTHER, software_of

CORPUS = Path(__file__).resolve().parents[5] / "shared" / "corpus" / "activitypub"
PAGE = Path(__file__).resolve().parents[4] / "docs" / "developers" / "fediverse.md"
BEGIN, END = "<!-- tables: begin -->\n", "<!-- tables: end -->\n"
NAMES = {
    "friendica": "Friendica", "lemmy": "Lemmy", "mastodon": "Mastodon", "mobilizon": "Mobilizon",
    "peertube": "PeerTube", "pleroma": "Pleroma", "wordpress": "WordPress", "funkwhale": "Funkwhale",
    "kroeg": "Kroeg", "misskey": "Misskey", "wedistribute": "WordPress", "baptiste": "Plume",
}  # fmt: skip
POSTS = {*KINDS, "ChatMessage", "Tombstone"}


def documents(corpus=CORPUS):
    """Give each document that is a JSON object, with its path."""
    for path in sorted(each for each in corpus.rglob("*") if each.is_file()):
        thing = decode(path.read_bytes())
        if thing is not None:
            yield path.relative_to(corpus), thing


def is_post(thing):
    """Say whether a document is a post, or an activity that brings one."""
    inner = next(iter(things(thing.get("object"))), {})
    innermost = next(iter(things(inner.get("object"))), {})
    kind = type_of(thing)
    if kind in {"Create", "Update", "Announce"}:
        return not {type_of(inner), type_of(innermost), ""}.isdisjoint(POSTS) or kind == "Announce"
    return kind in POSTS


def becomes(thing):
    """Say what a post becomes, in a few words."""
    try:
        said = what_is_said(thing, None)
        if isinstance(said, Elsewhere):
            return "a boost: its post is fetched from its own host"
        entry = read_post(said.post, said.activity)
    except Refused as refused:
        return f"nothing: {refused.reason}"
    more = [name for name in ("warning", "quote") if name in entry.extras]
    more += [f"{len(entry.enclosures)} files"] if entry.enclosures else []
    more += [f"language {entry.language}"] if entry.language else []
    return f"{entry.kind.value}{' (' + ', '.join(more) + ')' if more else ''}"


def software(path, thing):
    """Say which software a document is from: its folder or name says it, else its shape."""
    for part in reversed(path.parts):
        for word, name in NAMES.items():
            if re.match(word, part.lower()) and part != path.parts[0]:
                return name
    inner = next(iter(things(thing.get("object"))), thing)
    found = software_of(inner)
    return software_of(thing) if found == OTHER else found


def tables(corpus=CORPUS):
    """Give the Markdown."""
    rows = defaultdict(list)
    others = Counter()
    for path, thing in documents(corpus):
        if read_actor(thing):
            others["actors"] += 1
        elif type_of(thing) in COLLECTIONS:
            others["collections"] += 1
        elif is_post(thing):
            rows[software(path, thing)].append((path.name, type_of(thing), becomes(thing)))
        else:
            others["other activities, contexts, keys"] += 1
    parts = []
    for name in sorted(rows, key=lambda each: (each == OTHER, each)):
        title = "Other, or not told" if name == OTHER else name
        lines = [f"| `{file}` | {kind} | {told} |" for file, kind, told in rows[name]]
        parts.append("\n".join([f"### {title}\n", "| document | type | becomes |", "|---|---|---|", *lines]))
    rest = ", ".join(f"{count} {what}" for what, count in sorted(others.items()))
    return "\n\n".join(parts) + f"\n\nBeside these: {rest}.\n"


def page_with(page, made):
    """Put the tables between their marks."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{made}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page_with(PAGE.read_text(encoding="utf-8"), tables()), encoding="utf-8")
