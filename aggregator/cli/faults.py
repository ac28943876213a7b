"""The one table from errors to what the command line says and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from aggregator.errors import (
    BadInputError,
    BroadsheetError,
    BusyError,
    ConflictError,
    FetchError,
    NotAllowedError,
    NotFoundError,
    NotSignedInError,
    StorageFullError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

DONE = 0
DOES_NOT_HOLD = 1
WRONG_USE = 2
FAULT = 3


class Told(NamedTuple):
    """What a person reads on stderr, and the exit code."""

    sentence: str
    code: int


class _Row(NamedTuple):
    kind: type[BroadsheetError]
    code: int
    sentence: Callable[[BroadsheetError], str]


def tell(error: Exception) -> Told | None:
    """Find the sentence and exit code for an error; None where it is not one of ours."""
    for row in _TABLE:
        if isinstance(error, row.kind):
            return Told(row.sentence(error), row.code)
    return None


def _not_found(error: BroadsheetError) -> str:
    kind, key = cast("NotFoundError", error).kind, cast("NotFoundError", error).key
    if kind == "instance":
        return f"there is no instance in {key}; `broadsheet init --data {key}` makes one"
    return f"there is no {kind} {key!s:.200}"


def _not_signed_in(error: BroadsheetError) -> str:
    right = cast("NotSignedInError", error).right
    return f"the right to {right} belongs to a member, and there is none yet; use the link of `broadsheet init` first"


def _not_allowed(error: BroadsheetError) -> str:
    return f"whom you act as lacks the right to {cast('NotAllowedError', error).right}; choose another with --as"


def _full(_: BroadsheetError) -> str:
    return "the disk is full; reading goes on, writing waits until there is space"


def _busy(error: BroadsheetError) -> str:
    busy = cast("BusyError", error)
    return f"{busy.what} is busy; try again in {busy.retry_after} seconds"


def _fetch(error: BroadsheetError) -> str:
    from aggregator.services.health import fault_sentence  # noqa: PLC0415  # loads the database's libraries

    return fault_sentence(cast("FetchError", error).fault)


_TABLE = (
    # From the particular to the general: the first row that fits is used.
    _Row(NotFoundError, WRONG_USE, _not_found),
    _Row(NotSignedInError, WRONG_USE, _not_signed_in),
    _Row(NotAllowedError, WRONG_USE, _not_allowed),
    _Row(BadInputError, WRONG_USE, str),
    _Row(ConflictError, WRONG_USE, str),
    _Row(StorageFullError, FAULT, _full),
    _Row(BusyError, FAULT, _busy),
    _Row(FetchError, FAULT, _fetch),
    _Row(BroadsheetError, FAULT, str),
)
