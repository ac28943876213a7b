"""Words that open something to whoever holds them: links, sessions, tokens of programs. Only their hashes are kept."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aggregator.services.desk import Desk


def hash_of(word: str) -> bytes:
    """Return what is kept of a word, and looked up by.

    Ours carry 128 random bits or more: a plain hash cannot be turned back, and no salt is needed. Any other text is
    nobody's.
    """
    return hashlib.sha256(word.encode(errors="replace")).digest()


def word_from(desk: Desk, purpose: str, nonce: bytes) -> str:
    """Return the word that a random nonce stands for: it can be shown again, by this instance alone."""
    made = hmac.digest(desk.key(purpose), nonce, hashlib.sha256)
    return base64.urlsafe_b64encode(made).decode().rstrip("=")
