"""Fetches the pages of a feed's new entries for their whole text: a few at a time, and only where robots.txt allows."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from aggregator.errors import BusyError, FetchError
from aggregator.model.access import Access
from aggregator.model.fault import FaultCode
from aggregator.model.feed import Validators
from aggregator.outbound.limits import inflate
from aggregator.sources.fulltext import TextJob

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from aggregator.model.entry import EntryData
    from aggregator.outbound.client import Outbound
    from aggregator.sources.job import ParsedDocument
    from aggregator.worker.parse_pool import ParsePool

MOST_PAGES: Final = 10
"""Pages fetched at one look at a feed, the newest entries first as feeds have them; the others keep the feed's text."""
ALL_SECONDS: Final = 60.0
ROBOTS: Final = "robots"
"""What is noted where the site's robots.txt forbids its pages to us."""
_AGENT: Final = "Broadsheet"
_ROBOTS_BYTES: Final = 500 * 1024  # RFC 9309, 2.5
_ROBOTS_SECONDS: Final = 3600.0
_MOST_SITES: Final = 1_000


class FullTexts:
    """The texts of one worker; remembers what sites allow for an hour."""

    def __init__(self, outbound: Outbound, pool: ParsePool, steady: Callable[[], float]) -> None:
        self._outbound = outbound
        self._pool = pool
        self._steady = steady
        self._sites: dict[str, tuple[float, RobotFileParser]] = {}

    async def fill(self, document: ParsedDocument, now: datetime, proxy: str) -> tuple[ParsedDocument, str | None]:
        """Give the document's new entries their whole texts, and say what came of it.

        `proxy` is the feed's own, or empty: it hides who asks for the pages too. What came of it is "" for well, else
        "robots" or the code of the last fault; None where there was nothing to be fetched. An entry whose page cannot
        be had keeps what the feed brought.
        """
        access = Access(proxy=proxy)  # a password is for the feed alone
        entries = list(document.entries)
        wanted = [place for place, entry in enumerate(entries) if entry.link][:MOST_PAGES]
        came: str | None = None
        try:
            async with asyncio.timeout(ALL_SECONDS):
                for place in wanted:
                    entries[place], trouble = await self._whole(entries[place], now, access)
                    came = trouble or came or ""
        except (BusyError, TimeoutError):
            pass  # the site is to be left alone for now
        return replace(document, entries=tuple(entries)), came

    async def _whole(self, entry: EntryData, now: datetime, access: Access) -> tuple[EntryData, str]:
        link = entry.link or ""
        try:
            if not await self._allowed(link, access):
                return entry, ROBOTS
            fetched = await self._outbound.get_feed(link, Validators(), access)
            if fetched.address != link and not await self._allowed(fetched.address, access):
                return entry, ROBOTS
            found = await self._pool.find_text(
                TextJob(
                    body=fetched.body,
                    encoding=fetched.encoding,
                    content_type=fetched.content_type,
                    address=fetched.address,
                    now=now,
                    title=entry.title,
                    held=entry.content_html or entry.summary_html,
                )
            )
        except FetchError as exc:
            return entry, exc.fault.code.value
        if not found.content_html:
            return entry, ""
        text = replace(entry, content_html=found.content_html, words=found.words, index=found.index)
        return (text if entry.excerpt else replace(text, excerpt=found.excerpt)), ""

    async def _allowed(self, address: str, access: Access) -> bool:
        parts = urlsplit(address)
        site = f"{parts.scheme}://{parts.netloc}"
        held = self._sites.get(site)
        if held is None or self._steady() - held[0] > _ROBOTS_SECONDS:
            if len(self._sites) >= _MOST_SITES:
                self._sites.clear()
            held = self._sites[site] = (self._steady(), await self._rules(site, access))
        return held[1].can_fetch(_AGENT, address)

    async def _rules(self, site: str, access: Access) -> RobotFileParser:
        """Read a site's robots.txt as RFC 9309 (2.3.1) has it: none is leave, no answer is none."""
        rules = RobotFileParser()
        try:
            fetched = await self._outbound.get_feed(f"{site}/robots.txt", Validators(), access)
            body = inflate(fetched.body) if fetched.encoding else fetched.body
            rules.parse(body[:_ROBOTS_BYTES].decode("utf-8-sig", "replace").splitlines())
        except FetchError as exc:
            absent = exc.fault.code is FaultCode.STATUS and exc.fault.detail.startswith("4")
            if absent or exc.fault.code in {FaultCode.GONE, FaultCode.EMPTY}:
                rules.parse(())
            else:
                rules.parse(("User-agent: *", "Disallow: /"))
        return rules
