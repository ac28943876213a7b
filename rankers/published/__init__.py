"""The rules shipped with the product, as texts."""

from __future__ import annotations

from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ORDER = (
    "many-voices",
    "newest-first",
    "quiet-sources-first",
    "fair-turns",
    "big-stories",
    "one-subject",
    "long-reads",
    "todays-lottery",
    "across-languages",
)


@cache
def published_rules() -> Mapping[str, str]:
    """Return the TOML text of each shipped rule by its id, the usual one first."""
    folder = resources.files(__name__)
    return MappingProxyType({rule: (folder / f"{rule}.toml").read_text("utf-8") for rule in ORDER})
