"""What is kept so that only this instance can open it: AES-256-GCM under a key made for one purpose (safety 56).

Who reads the database without the instance's secret reads nothing of it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from aggregator.services.desk import Desk

_NONCE: Final = 12


def seal(desk: Desk, purpose: str, plain: bytes, bound: bytes = b"") -> bytes:
    """Seal bytes. `bound` names what they belong to: sealed for one thing, they do not open for another."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(desk.key(purpose)).encrypt(nonce, plain, bound)


def unseal(desk: Desk, purpose: str, sealed: bytes, bound: bytes = b"") -> bytes | None:
    """Open what `seal` made; None where it was sealed with another secret, for another purpose or another thing."""
    try:
        return AESGCM(desk.key(purpose)).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound)
    except (InvalidTag, ValueError):
        return None
