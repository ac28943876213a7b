"""Tells members of news in their lists, by mail and by calls to their programs; looks once a minute."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from aggregator.errors import BroadsheetError, BusyError, FetchError
from aggregator.model.alert import AlertBy
from aggregator.model.fault import Fault, FaultCode
from aggregator.outbound.guard import private_hosts
from aggregator.outbound.smtp import send_letter
from aggregator.services import alerting
from aggregator.services.alerts import mail_server
from aggregator.worker.fetch_loop import steady_seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregator.outbound.client import Outbound
    from aggregator.outbound.mailbox import Trust
    from aggregator.services.alerting import News
    from aggregator.services.desk import Desk

log = logging.getLogger(__name__)
EVERY_SECONDS: Final = 60.0
AT_ONCE: Final = 20


class Alerts:
    """`run` looks now and then, `tell` at once. `trust`: whose certificates the mail server may show."""

    def __init__(
        self,
        desk: Desk,
        outbound: Outbound,
        *,
        steady: Callable[[], float] = steady_seconds,
        trust: Trust | None = None,
    ) -> None:
        self._desk = desk
        self._outbound = outbound
        self._steady = steady
        self._trust = trust
        self._next = 0.0

    async def run(self) -> None:
        """Tell what is due, at most once a minute."""
        if self._steady() < self._next:
            return
        self._next = self._steady() + EVERY_SECONDS
        try:
            await self.tell()
            await asyncio.to_thread(alerting.tidy, self._desk)
        except BroadsheetError as exc:
            log.warning("alerts not told, tried again: %s", exc)

    async def tell(self) -> None:
        """Tell what is due. Raises BusyError."""
        for news in await asyncio.to_thread(alerting.due_news, self._desk, AT_ONCE):
            try:
                await (self._write(news) if news.alert.by is AlertBy.MAIL else self._call(news))
            except FetchError as exc:
                log.info("alert not told alert=%d fault=%s", news.alert.id, exc.fault.code.value)
                await asyncio.to_thread(alerting.note_failed, self._desk, news, exc.fault)
            except BusyError:
                log.info("alert waits alert=%d", news.alert.id)  # its host is asked too much at the moment
            else:
                await asyncio.to_thread(alerting.note_told, self._desk, news)

    async def _write(self, news: News) -> None:
        server = mail_server(self._desk)
        if server is None:
            raise FetchError(Fault(FaultCode.NO_ACCESS, "this instance sends no mail"))
        private = private_hosts(self._desk.settings.allow_private_hosts)
        letter = await asyncio.to_thread(alerting.letter, self._desk, news)
        await asyncio.to_thread(send_letter, server, letter, private, context=self._trust)

    async def _call(self, news: News) -> None:
        body, headers = await asyncio.to_thread(alerting.call, self._desk, news)
        await self._outbound.post_body(news.address, body, headers)
