"""The desk: everything a use case works with, opened once per process by wiring.open_desk."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aggregator.services.kept import Kept
from aggregator.services.turns import Turns

if TYPE_CHECKING:
    from aggregator.candidates.columns import Columns
    from aggregator.candidates.facts import Facts
    from aggregator.model.ports import Ask, Clock
    from aggregator.services.list_table import FactsKey
    from aggregator.services.ranked import Ranked, RankingKey
    from aggregator.settings import Settings
    from aggregator.store.database import Database

MOST_FACTS = 20_000
"""Feeds whose facts are kept, at about 500 bytes each: they are made anew for each data version that a page is of."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What services are handed. services/ranking.py, and only it, keeps rankings; services/list_table.py facts.

    `signing_key` is the seed of the Ed25519 key that rule versions are signed with (services/versions.py).
    """

    settings: Settings
    database: Database
    clock: Clock
    columns: Columns
    ask: Ask
    secret: bytes = field(repr=False)
    signing_key: bytes = field(repr=False)
    rankings: Kept[RankingKey, Ranked] = field(default_factory=Kept, repr=False)
    facts: Kept[FactsKey, Facts] = field(default_factory=lambda: Kept(MOST_FACTS), repr=False)
    turns: Turns = field(default_factory=Turns, repr=False)

    def key(self, purpose: str) -> bytes:
        """Return 32 bytes derived from the instance's secret for one purpose ("cookies", "media")."""
        return hmac.digest(self.secret, purpose.encode(), hashlib.sha256)

    @property
    def address(self) -> str:
        """The address people reach the instance under, without a slash at its end."""
        return self.settings.public_url.rstrip("/") or f"http://{self.settings.host}:{self.settings.port}"
