"""Names to addresses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

Resolve = Callable[[str], Awaitable[tuple[str, ...]]]
"""Looks a host name up: its IP addresses as text, in the order to try; empty where it has none."""
