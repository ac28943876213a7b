"""Alerts: what tells a member of news in a list, by mail or by a call to a program of theirs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from aggregator.model.fault import Fault, FaultCode

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.model.ids import EntryId, ListId, MemberId

AlertId = NewType("AlertId", int)


class AlertBy(StrEnum):
    """How an alert reaches its member."""

    MAIL = "mail"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Alert:
    """A member's alert of a list. `address` is sealed; `nonce` is what its word and its secret are made from.

    `hours`: it comes at most once in so many. `after`: entries up to this one were there before it, and are not told.
    `asked`: when its mail address was asked whether it wants this, `confirmed`: when it said yes. `due`: when it is
    looked at next; `told`: when it told last; `failures` in a row, `fault` of the last in a word; `ended`: given up.
    """

    id: AlertId
    list_id: ListId
    member: MemberId
    by: AlertBy
    address: bytes = field(repr=False)
    nonce: bytes = field(repr=False)
    hours: int
    made: datetime
    after: EntryId
    due: datetime
    asked: datetime | None = None
    confirmed: datetime | None = None
    told: datetime | None = None
    failures: int = 0
    fault: str = ""
    ended: datetime | None = None

    @property
    def last_fault(self) -> Fault | None:
        """What went wrong last, where nothing has gone right since."""
        code, _, detail = self.fault.partition(" ")
        return Fault(FaultCode(code), detail) if code else None


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed on. Port 465 speaks TLS at once, any other is asked to begin it."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    sender: str
