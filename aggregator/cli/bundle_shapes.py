"""Changes of bundles and followed bundles as the command line says them: as JSON and in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.model.bundle import ChangeKind
from aggregator.model.clocks import stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aggregator.model.bundle import BundleChange, FollowedBundle

_SAYS = {
    ChangeKind.ADDED: "new source: {title} <{key}>, in {after}",
    ChangeKind.REMOVED: "gone: {title} <{key}>",
    ChangeKind.RENAMED: "renamed: {before} is {after} now",
    ChangeKind.REFILED: "refiled: {title}, from {before} to {after}",
    ChangeKind.REASON: "another reason for {title}: {after}",
    ChangeKind.RULE_NEW: "new rule: {key} ({title}), version {after}",
    ChangeKind.RULE_CHANGED: "rule changed: {key} ({title}), version {before} to {after}",
    ChangeKind.RULE_GONE: "rule gone: {key} ({title})",
    ChangeKind.LIST_NEW: "new list: {key} ({title}), ranked by {after}",
    ChangeKind.LIST_CHANGED: "list changed: {key} ({title}), ranked by {after}",
    ChangeKind.LIST_GONE: "list gone: {key} ({title})",
}


def sentence(change: BundleChange) -> str:
    """Say a change in one line."""
    none = "no folder" if change.kind in {ChangeKind.ADDED, ChangeKind.REFILED} else "none"
    said = _SAYS[change.kind].format(
        title=change.title, key=change.key, before=change.before or none, after=change.after or none
    )
    return "\n  ".join((said, *change.details))


def change_shape(change: BundleChange) -> dict[str, object]:
    """Give a change as JSON."""
    return {
        "change": change.word,
        "kind": change.kind.value,
        "key": change.key,
        "title": change.title,
        "before": change.before,
        "after": change.after,
        "details": list(change.details),
    }


def followed_shape(followed: FollowedBundle) -> dict[str, object]:
    """Give a followed bundle as JSON."""
    return {
        "url": followed.address,
        "title": followed.title,
        "publisher": followed.publisher,
        "number": followed.number,
        "id": followed.identity,
        "last_ok": stamp(followed.ok),
        "waiting": followed.pending,
        "problem": followed.problem,
    }


def state(followed: FollowedBundle) -> str:
    """Say how it stands with a followed bundle."""
    if followed.problem:
        return f"Refused: {followed.problem}."
    return "; ".join(_facts(followed)) + "."


def _facts(followed: FollowedBundle) -> Iterator[str]:
    from aggregator.services.bundle_proof import fingerprint  # noqa: PLC0415  # loads cryptography

    yield followed.title or "not looked at yet"
    if followed.publisher:
        yield f"version {followed.number}, its key is {fingerprint(followed.publisher)}"
    elif followed.ok:
        yield "nobody signed it"
    yield "changes wait" if followed.pending else "nothing waits"
