"""Passwords: argon2id, a few at a time, and the same work for a name nobody has (safety 31; decision 12)."""

from __future__ import annotations

import threading
import unicodedata
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from aggregator.errors import BadInputError, BusyError

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST: Final = 10
LONGEST: Final = 200
MEMORY_KIB: Final = 64 * 1024
AT_ONCE: Final = 2
"""Hashes one web process makes at the same time: each takes 64 MiB and a core for about 85 ms."""
PATIENCE: Final = 5.0
"""Seconds somebody waits for a turn before being asked to try again."""
TOO_COMMON: Final = frozenset(
    ("0123456789", "1234567890", "1234567891", "12345678910", "password123", "passwordpassword", "qwertyuiop",
     "qwerty12345", "letmein123", "iloveyou123", "aaaaaaaaaa", "1111111111", "0000000000", "broadsheet")
)  # fmt: skip

_hasher = PasswordHasher(time_cost=2, memory_cost=MEMORY_KIB, parallelism=1, type=Type.ID)
_turns = threading.BoundedSemaphore(AT_ONCE)


def check_new(password: str, *, name: str = "") -> str:
    """Return a password as it is hashed (NFC). Raises BadInputError for one that is too short, long or common."""
    given = unicodedata.normalize("NFC", password)
    if len(given) < SHORTEST:
        raise BadInputError("password", f"at least {SHORTEST} characters are expected; four words do well")
    if len(given) > LONGEST:
        raise BadInputError("password", f"at most {LONGEST} characters fit")
    if given.casefold() in TOO_COMMON or given.casefold() == name.casefold() or len(set(given)) == 1:
        raise BadInputError("password", "it is among the first ones anybody would try; take another")
    return given


def hash_new(password: str, *, name: str = "") -> str:
    """Hash a new password, with a salt of its own. Raises BadInputError, BusyError."""
    return hash_again(check_new(password, name=name))


def hash_again(password: str) -> str:
    """Hash a password that is in use already with today's parameters. Raises BusyError."""
    with _turn():
        return _hasher.hash(unicodedata.normalize("NFC", password))


def holds(hashed: str | None, password: str) -> bool:
    """Say whether a password belongs to a hash; without one as much work is done, so that time tells nothing.

    Raises BusyError.
    """
    given = unicodedata.normalize("NFC", password[: LONGEST + 1])
    dummy = _dummy()
    with _turn():
        try:
            _hasher.verify(hashed or dummy, given)
        except (VerificationError, InvalidHashError):
            return False
    return hashed is not None


def is_outdated(hashed: str) -> bool:
    """Say whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(hashed)


@cache
def _dummy() -> str:
    with _turn():
        return _hasher.hash("nobody has this password")


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=PATIENCE):
        raise BusyError("signing in")
    try:
        yield
    finally:
        _turns.release()
