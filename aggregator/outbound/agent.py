"""The one User-Agent of an instance: who asks and how to reach them, nothing else (safety 54)."""

from __future__ import annotations

import re
from typing import Final

ABOUT: Final = "/about/fetcher"
"""The page that says what the User-Agent is; web/views/pages.py has it."""

_NOT_PRINTABLE: Final = re.compile(r"[^\x20-\x7e]")


def user_agent(contact: str) -> str:
    """Return the User-Agent with a contact: addresses, one or several, separated by "; "."""
    clean = _NOT_PRINTABLE.sub("", contact).strip()
    return f"Broadsheet (feed reader; +{clean})" if clean else "Broadsheet (feed reader)"


def contact_of(*, public_url: str, contact: str) -> str:
    """Return what the User-Agent names: our page about fetching, where others can open it, and the admin's contact."""
    page = public_url.rstrip("/") + ABOUT if public_url else ""
    return "; ".join(part for part in (page, contact) if part)
