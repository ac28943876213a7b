"""The one door outward: every request of the instance leaves through here (safety 1 to 14, 54)."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urljoin

from multidict import CIMultiDict
from yarl import URL

from aggregator.errors import FetchError
from aggregator.model.access import Access
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.feed import Fetched, Validators
from aggregator.model.ports import Image
from aggregator.outbound import activities, limits
from aggregator.outbound.agent import user_agent
from aggregator.outbound.answer import check_headers, check_status, encoding, media_type, read_body, validator
from aggregator.outbound.audio import AUDIO_TYPES, AudioStream, begin_audio, range_field
from aggregator.outbound.credentials import authorization, check_hop
from aggregator.outbound.faults import CAUGHT, as_fault
from aggregator.outbound.freshness import max_age, retry_after
from aggregator.outbound.gate import Gate
from aggregator.outbound.guard import Target, check_url, private_hosts
from aggregator.outbound.politeness import Politeness
from aggregator.outbound.resolver import Resolve, SystemNames
from aggregator.outbound.sessions import Sessions
from aggregator.outbound.slots import Slots
from aggregator.outbound.sniff import sniff_image
from aggregator.outbound.tally import Tally

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from types import TracebackType

    import aiohttp

    from aggregator.model.ports import Clock, Span
    from aggregator.outbound.activities import Sign

IMAGES_AT_ONCE: Final = 8
AUDIO_AT_ONCE: Final = 8

_FEED_TYPES: Final = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
_IMAGE_TYPES: Final = "image/avif, image/webp, image/png, image/jpeg, image/gif"
_PERMANENT: Final = (301, 308)
NO_ACCESS: Final = Access()
NONE: Final = Validators()
_REDIRECTS: Final = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds from the start of the first request to the last byte of the last answer, and to a connection."""

    connect: float = limits.CONNECT_SECONDS
    feed: float = limits.FEED_SECONDS
    image: float = limits.IMAGE_SECONDS
    audio: float = limits.AUDIO_SECONDS


@dataclass(frozen=True, slots=True)
class _Answer:
    """The end of a chain of redirects. `permanent`: only 301 and 308 led here, one of them at least."""

    target: Target
    permanent: bool
    status: int
    headers: Mapping[str, str]
    coding: str  # "gzip" or ""
    body: bytes


@dataclass(slots=True)
class _Errand:
    """One thing to be fetched: what is sent with every hop, and the seconds left for all of them."""

    headers: CIMultiDict[str]
    seconds: float
    most: int
    slots: Slots | asyncio.Semaphore
    conditional: bool  # a 304 may come
    counted: bool  # against the budget of the domain
    access: Access = NO_ACCESS
    form: Mapping[str, str] | bytes | None = None  # to be sent by POST
    sign: Sign | None = None
    first: Target | None = None  # where it began; credentials are for there alone


class Outbound:
    """An HTTP client that only reaches public addresses, and behaves there.

    Used as `async with Outbound(...) as outbound:`, one for a process and its event loop. `connections` is the number
    of feeds fetched at once. `resolve` takes the place of the system's resolver, `steady` of the steady clock that
    politeness counts by.
    """

    def __init__(
        self,
        *,
        contact: str,
        allow_private_hosts: tuple[str, ...] = (),
        connections: int = 32,
        clock: Clock,
        resolve: Resolve | None = None,
        deadlines: Deadlines | None = None,
        steady: Callable[[], float] | None = None,
        proxy: str = "",
    ) -> None:
        self._private = private_hosts(allow_private_hosts)
        self._agent = user_agent(contact)
        self.tally = Tally(clock)
        self._connections = connections
        self._clock = clock
        self._resolve = resolve
        self._deadlines = deadlines or Deadlines()
        self._steady = steady
        self._proxy = proxy
        self._system: SystemNames | None = None

    async def __aenter__(self) -> Self:
        look_up = self._resolve
        if look_up is None:
            look_up = self._system = SystemNames(self._connections)
        self._sessions = Sessions(
            look_up,
            self._private,
            agent=self._agent,
            connect_seconds=self._deadlines.connect,
            proxy=self._proxy,
        )
        self._slots = Slots(self._connections)
        self._image_slots = asyncio.Semaphore(IMAGES_AT_ONCE)
        self._audio_slots = asyncio.Semaphore(AUDIO_AT_ONCE)
        self._gate = Gate(Politeness(), self._steady or asyncio.get_running_loop().time)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._sessions.close()
        if self._system is not None:
            self._system.close()

    def ready_in(self, address: str) -> float:
        """Return after how many seconds politeness would let a request to `address` go; 0 for at once.

        For the fetch loop, which takes another feed meanwhile. Never raises: a bad address is ready.
        """
        try:
            return self._gate.ready_in(check_url(address, self._private))
        except FetchError:
            return 0.0

    async def get_feed(self, address: str, validators: Validators, access: Access = NO_ACCESS) -> Fetched:
        """Ask for a feed; a 304 has an empty body. Waits for a free connection to the host.

        Raises FetchError, and BusyError while the domain's budget is used up (no failure of the feed).
        """
        headers = CIMultiDict({"Accept": _FEED_TYPES, "Accept-Encoding": "gzip"})
        if validators.etag:
            headers["If-None-Match"] = validators.etag
        if validators.last_modified:
            headers["If-Modified-Since"] = validators.last_modified
        errand = _Errand(
            headers,
            self._deadlines.feed,
            limits.FEED_BYTES,
            self._slots,
            conditional=bool(validators.etag or validators.last_modified),
            counted=True,
            access=access,
        )
        answer = await self._fetch(address, errand)
        if answer.status != HTTPStatus.NOT_MODIFIED and not answer.body:
            raise FetchError(Fault(FaultCode.EMPTY))
        return self._fetched(answer, validators)

    async def post_form(self, address: str, form: Mapping[str, str]) -> None:
        """Send a form to a hub, without following it elsewhere or reading its answer. Raises FetchError, BusyError."""
        await self._post(address, form, {})

    async def post_body(self, address: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Send a document to who asked to be told, without following it or reading the answer.

        Raises FetchError, BusyError.
        """
        await self._post(address, body, headers)

    async def get_activity(
        self, address: str, *, sign: Sign | None = None, access: Access = NO_ACCESS, validators: Validators = NONE
    ) -> Fetched:
        """Ask for a document of the fediverse, signed by `sign` if given. Raises FetchError, BusyError as get_feed."""
        fetched = await self._get_json(address, activities.ACCEPTED, validators, access, sign)
        if fetched.status != HTTPStatus.NOT_MODIFIED:
            activities.check_activity_type(fetched.content_type)
        return fetched

    async def get_description(self, address: str) -> Fetched:
        """Ask for a JSON document that says where things are (WebFinger, NodeInfo). Raises FetchError, BusyError."""
        return await self._get_json(address, activities.DISCOVERY_TYPES, NONE, NO_ACCESS, None)

    async def _get_json(
        self, address: str, accept: str, validators: Validators, access: Access, sign: Sign | None
    ) -> Fetched:
        headers = CIMultiDict({"Accept": accept, "Accept-Encoding": "gzip"})
        if validators.etag:
            headers["If-None-Match"] = validators.etag
        errand = _Errand(
            headers,
            min(self._deadlines.feed, activities.SECONDS),
            activities.MOST_BYTES,
            self._slots,
            conditional=validators.etag is not None,
            counted=True,
            access=access,
            sign=sign,
        )
        return self._fetched(await self._fetch(address, errand), validators)

    async def post_activity(self, address: str, body: bytes, sign: Sign) -> None:
        """Hand an activity to an inbox. Raises FetchError, also for any answer but a good one, and BusyError."""
        seconds = min(self._deadlines.feed, activities.SECONDS)
        headers = {"Content-Type": activities.ACTIVITY_TYPE}
        await self._post(address, body, headers, seconds=seconds, most=activities.MOST_BYTES, sign=sign)

    async def _post(
        self,
        address: str,
        form: Mapping[str, str] | bytes,
        headers: Mapping[str, str],
        *,
        seconds: float | None = None,
        most: int = limits.FEED_BYTES,
        sign: Sign | None = None,
    ) -> None:
        errand = _Errand(
            CIMultiDict({"Accept": "*/*", "Accept-Encoding": "identity", **headers}),
            self._deadlines.feed if seconds is None else seconds,
            most,
            self._slots,
            conditional=False,
            counted=True,
            form=form,
            sign=sign,
        )
        async with self._request(check_url(address, self._private), errand) as response:
            if not HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
                raise FetchError(Fault(FaultCode.STATUS, str(response.status)))

    async def get_image(self, url: str) -> Image:
        """Fetch a raster picture of at most 5 MiB within 10 s. Raises FetchError, BusyError.

        A reader who looks at a page waits for it: the minute's budget of the domain is left to the feeds, but its
        Retry-After and the connections of its host count.
        """
        headers = CIMultiDict({"Accept": _IMAGE_TYPES, "Accept-Encoding": "identity"})
        errand = _Errand(
            headers,
            self._deadlines.image,
            limits.IMAGE_BYTES,
            self._image_slots,
            conditional=False,
            counted=False,
        )
        try:
            async with asyncio.timeout(self._deadlines.image):  # with the waiting for a connection
                answer = await self._fetch(url, errand)
        except TimeoutError as exc:
            raise FetchError(Fault(FaultCode.TIMEOUT)) from exc
        body = answer.body
        if answer.coding:
            body = limits.inflate(body, most=limits.IMAGE_BYTES)
        kind = sniff_image(body)
        if kind is None:
            raise FetchError(Fault(FaultCode.BAD_ANSWER, "not a picture"))
        return Image(kind, body)

    @asynccontextmanager
    async def open_audio(self, url: str, span: Span | None) -> AsyncIterator[AudioStream]:
        """Open a sound file of at most 300 MiB, or a part of it; nothing of it is held. Raises FetchError, BusyError.

        As with pictures somebody waits: the minute's budget of the domain does not count, all else does.
        """
        errand = _Errand(
            CIMultiDict({"Accept": AUDIO_TYPES, "Accept-Encoding": "identity", **range_field(span)}),
            self._deadlines.audio,
            limits.AUDIO_BYTES,
            self._audio_slots,
            conditional=False,
            counted=False,
        )
        target = check_url(url, self._private)
        for _ in range(limits.REDIRECTS + 1):
            async with self._request(target, errand) as response:
                status, location = response.status, response.headers.get("Location")
                if status not in _REDIRECTS or location is None:
                    yield await begin_audio(response, span, retry_after(response.headers, self._clock.now()))
                    return
            target = self._hop(target, location)
        raise FetchError(Fault(FaultCode.REDIRECTS, f"more than {limits.REDIRECTS}"))

    async def _fetch(self, address: str, errand: _Errand) -> _Answer:
        """Go after redirects by hand, each hop checked as if it were the first."""
        target = check_url(address, self._private)
        permanent = True
        for hop in range(limits.REDIRECTS + 1):
            async with self._request(target, errand) as response:
                status, location = response.status, response.headers.get("Location")
                if status not in _REDIRECTS or location is None:
                    asked = retry_after(response.headers, self._clock.now())
                    check_status(status, asked, conditional=errand.conditional)
                    coding = encoding(response.headers)
                    body = b"" if status == HTTPStatus.NOT_MODIFIED else await read_body(response, errand.most)
                    return _Answer(target, permanent and hop > 0, status, response.headers, coding, body)
            before, target = target, self._hop(target, location)
            check_hop(errand.access, before, target)
            # Nobody outside moves a feed into the admin's private network, not even by a permanent word.
            permanent = permanent and status in _PERMANENT and (before.listed or not target.listed)
        raise FetchError(Fault(FaultCode.REDIRECTS, f"more than {limits.REDIRECTS}"))

    def _hop(self, target: Target, location: str) -> Target:
        try:
            return check_url(urljoin(target.url, location.strip()), self._private)
        except ValueError as exc:
            raise FetchError(Fault(FaultCode.REDIRECTS, "to something that is no address")) from exc
        except FetchError as exc:
            if exc.fault.code is FaultCode.BAD_ADDRESS:
                raise FetchError(Fault(FaultCode.REDIRECTS, exc.fault.detail)) from exc
            raise

    @asynccontextmanager
    async def _request(self, target: Target, errand: _Errand) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send one request in its turn; what stays unread at the end is never read: the connection is closed."""
        errand.first = errand.first or target
        session = self._sessions.towards(target, errand.access.proxy)
        headers = errand.headers.copy()
        headers.update(authorization(errand.access, errand.first, target))
        method = "GET" if errand.form is None else "POST"
        if errand.sign is not None:
            headers.update(errand.sign(method, target.url, errand.form if isinstance(errand.form, bytes) else b""))
        await self._gate.enter(target, counted=errand.counted)
        loop = asyncio.get_running_loop()
        status = asked = None
        received = 0
        try:
            async with errand.slots:
                start = loop.time()
                async with asyncio.timeout(errand.seconds):
                    response = await session.request(
                        method,
                        URL(target.url, encoded=True),
                        headers=headers,
                        data=errand.form,
                        allow_redirects=False,
                    )
                    try:
                        status, asked = response.status, retry_after(response.headers, self._clock.now())
                        received = check_headers(response)
                        yield response
                    finally:
                        received += response.content.total_bytes
                        response.close()
                errand.seconds -= loop.time() - start
        except CAUGHT as exc:
            raise FetchError(as_fault(exc)) from exc
        finally:
            self._gate.leave(target, status=status, retry_after=asked)
            self.tally.note(target.host, status, received)

    def _fetched(self, answer: _Answer, sent: Validators) -> Fetched:
        now = self._clock.now()
        headers = answer.headers
        told = Validators(validator(headers.get("ETag")), validator(headers.get("Last-Modified")))
        unchanged = answer.status == HTTPStatus.NOT_MODIFIED
        return Fetched(
            status=304 if unchanged else 200,
            address=answer.target.url,
            moved_to=answer.target.url if answer.permanent else None,
            validators=Validators(told.etag or sent.etag, told.last_modified or sent.last_modified)
            if unchanged
            else told,
            content_type=media_type(headers),
            encoding=answer.coding,
            body=answer.body,
            max_age=max_age(headers, now),
            retry_after=retry_after(headers, now),
        )
