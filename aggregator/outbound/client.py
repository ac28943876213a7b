"""The one door outward: every request of the instance leaves through here (safety 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

    from aggregator.model.feed import Fetched, Validators
    from aggregator.model.ports import Clock, Image
    from aggregator.outbound.resolver import Resolve


class Outbound:
    """An HTTP client that only reaches public addresses, and behaves there (docs: exchange, safety A).

    Used as `async with Outbound(...) as outbound:`, one for a process and event loop.
    """

    def __init__(
        self,
        *,
        contact: str,
        allow_private_hosts: tuple[str, ...] = (),
        connections: int = 32,
        clock: Clock,
        resolve: Resolve | None = None,
    ) -> None:
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        raise NotImplementedError

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        raise NotImplementedError

    def ready_in(self, address: str) -> float:
        """Return after how many seconds politeness would let a request to `address` go; 0 for at once.

        For the fetch loop, which takes another feed meanwhile. Never raises: a bad address is ready.
        """
        raise NotImplementedError

    async def get_feed(self, address: str, validators: Validators) -> Fetched:
        """Ask for a feed; a 304 has an empty body. Waits for a free connection to the host.

        Raises FetchError, and BusyError where the budget of the domain is used up for now (no failure of the feed).
        """
        raise NotImplementedError

    async def get_image(self, url: str) -> Image:
        """Fetch a raster picture of at most 5 MiB within 10 s. Raises FetchError."""
        raise NotImplementedError
