"""Feeds behind a password or a proxy (safety 7, 9, 13), with a real SOCKS server on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from base64 import b64encode

import pytest

from aggregator.errors import BadInputError, FetchError
from aggregator.model.access import Access
from aggregator.model.fault import FaultCode
from aggregator.model.feed import Validators
from aggregator.outbound.client import Deadlines
from aggregator.outbound.credentials import authorization, check_hop
from aggregator.outbound.guard import check_url
from aggregator.outbound.socks import Proxy, read_proxy
from tests.aggregator.outbound.loopback import Loopback, http

RSS = b"<rss version='2.0'/>"
SECRET = Access(user="ines", password="battery")
BASIC = "Basic " + b64encode(b"ines:battery").decode()


class Socks:
    """A SOCKS5 server: leads every name to one server, and keeps what it was asked for."""

    def __init__(self, leads_to=None, *, login=None, reply=0, silent=False):
        self.leads_to, self.login, self.reply, self.silent = leads_to, login, reply, silent
        self.asked, self.logins, self.connections = [], [], 0
        self.tasks = set()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        self.listed = (f"127.0.0.1:{self.port}",)
        self.url = f"socks5h://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_):
        self.server.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def serve(self, reader, writer):
        self.connections += 1
        self.tasks.add(asyncio.current_task())
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            await self.talk(reader, writer)
        writer.close()

    async def talk(self, reader, writer):
        methods = await reader.readexactly((await reader.readexactly(2))[1])
        if self.silent:
            await asyncio.sleep(600)
        method = 2 if self.login else 0
        writer.write(bytes((5, method if method in methods else 255)))
        if self.login:
            user = await reader.readexactly((await reader.readexactly(2))[1])
            password = await reader.readexactly((await reader.readexactly(1))[0])
            self.logins.append((user.decode(), password.decode()))
            writer.write(bytes((1, (user.decode(), password.decode()) != self.login)))
        kind = (await reader.readexactly(4))[3]
        length = {1: 4, 4: 16}.get(kind) or (await reader.readexactly(1))[0]
        place, port = await reader.readexactly(length), int.from_bytes(await reader.readexactly(2))
        self.asked.append((kind, place.decode() if kind == 3 else place, port))
        writer.write(bytes((5, self.reply, 0, 1, 0, 0, 0, 0, 0, 0)))
        if self.reply:
            return
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self.leads_to)
        there = asyncio.create_task(pour(reader, to_writer))
        self.tasks.add(there)
        await pour(to_reader, writer)


async def pour(reader, writer):
    while part := await reader.read(65_536):
        writer.write(part)
        await writer.drain()
    writer.close()


@pytest.fixture
def no_lookups(monkeypatch):
    """Count every look-up of a name in this process, whoever makes it."""
    asked = []

    def refuse(host, *_, **__):
        asked.append(host)
        raise OSError("nobody looks up names here")

    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        monkeypatch.setattr(socket, name, refuse)
    return asked


def run_through(outbound, address, *, socks=None, access=None, answers=None, **options):
    """Fetch through a SOCKS server; gives the result or error, the server of the proxy, and the publisher's."""

    async def names(host):
        looked_up.append(host)
        raise OSError("nobody is to be looked up")

    looked_up = []

    async def run():
        pages = answers or {"/feed": http(200, RSS)}
        async with Loopback(pages) as publisher, Socks(publisher.port, **(socks or {})) as server:
            told = access(server) if access else Access()
            given = {name: value(server) if callable(value) else value for name, value in options.items()}
            async with outbound(resolve=names, **given) as door:
                try:
                    got = await asyncio.wait_for(door.get_feed(address, Validators(), told), 30)
                except FetchError as error:
                    got = error
            return got, server, publisher

    got, server, publisher = asyncio.run(run())
    assert looked_up == []
    return got, server, publisher


GLOBAL = {"proxy": lambda server: server.url}
OF_FEED = {"access": lambda server: Access(proxy=server.url), "allow_private_hosts": lambda server: server.listed}


@pytest.mark.parametrize("way", [GLOBAL, OF_FEED], ids=["global", "of the feed"])
@pytest.mark.parametrize("host", ["paper.example", "abcdefghijklmnop.onion"])
def test_safety_13_the_proxy_is_told_the_name_and_nothing_is_looked_up_here(outbound, no_lookups, way, host):
    got, server, publisher = run_through(outbound, f"http://{host}/feed", **way)
    assert (got.status, got.body) == (200, RSS)
    assert server.asked == [(3, host, 80)]
    assert publisher.fields()["host"] == host
    assert no_lookups == []


@pytest.mark.parametrize("way", [GLOBAL, OF_FEED], ids=["global", "of the feed"])
@pytest.mark.parametrize(
    "socks", [{"reply": 1}, {"reply": 5}, {"login": ("other", "word")}], ids=["failed", "refused", "wants a password"]
)
def test_safety_13_a_proxy_that_says_no_is_the_end_of_it(outbound, no_lookups, way, socks):
    got, server, publisher = run_through(outbound, "http://paper.example/feed", socks=socks, **way)
    assert got.fault.code is FaultCode.CONNECT
    assert "proxy" in got.fault.detail
    assert (publisher.connections, server.connections, no_lookups) == (0, 1, [])


@pytest.mark.parametrize("of_feed", [False, True])
def test_safety_13_a_proxy_that_is_down_is_not_gone_around(outbound, public, no_lookups, fault_of, of_feed):
    async def run():
        async with Loopback({"/feed": http(200, RSS)}, host="127.0.0.2") as publisher, Socks() as server:
            names = public(publisher)
            url, listed = server.url, server.listed
            server.server.close()
            await server.server.wait_closed()
            given = {"allow_private_hosts": listed} if of_feed else {"proxy": url}
            async with outbound(resolve=names, **given) as door:
                access = Access(proxy=url) if of_feed else Access()
                address = f"http://paper.example:{publisher.port}/feed"
                return await fault_of(door.get_feed(address, Validators(), access)), publisher.connections

    fault, connections = asyncio.run(run())
    assert (fault.code, fault.detail, connections) == (FaultCode.CONNECT, "the proxy does not answer", 0)
    assert no_lookups == []


def test_safety_13_a_proxy_that_is_silent_costs_the_time_to_connect(outbound, no_lookups):
    deadlines = Deadlines(connect=0.3, feed=5.0)
    got, _, publisher = run_through(
        outbound, "http://paper.example/feed", socks={"silent": True}, deadlines=deadlines, **GLOBAL
    )
    assert (got.fault.code, publisher.connections, no_lookups) == (FaultCode.TIMEOUT, 0, [])


def test_safety_13_pictures_come_through_the_global_proxy_too(outbound, no_lookups):
    async def run():
        png = b"\x89PNG\r\n\x1a\n" + bytes(20)
        async with Loopback({"/p.png": http(200, png)}) as publisher, Socks(publisher.port) as server:
            async with outbound(proxy=server.url) as door:
                image = await door.get_image("http://paper.example/p.png")
            return image.type, server.asked

    assert asyncio.run(run()) == ("image/png", [(3, "paper.example", 80)])
    assert no_lookups == []


def test_safety_13_the_name_and_password_of_the_proxy_are_given(outbound):
    way = {"proxy": lambda server: f"socks5h://me:p%40ss@127.0.0.1:{server.port}"}
    got, server, _ = run_through(outbound, "http://paper.example/feed", socks={"login": ("me", "p@ss")}, **way)
    assert (got.status, server.logins) == (200, [("me", "p@ss")])


def test_safety_13_onion_without_a_proxy_is_refused_before_anything_is_looked_up(outbound, no_lookups, fault_of):
    async def run():
        async with outbound() as door:
            return await fault_of(door.get_feed("http://abcdefghijklmnop.onion/feed", Validators()))

    assert asyncio.run(run()).code is FaultCode.REFUSED_ADDRESS
    assert no_lookups == []


@pytest.mark.parametrize("address", ["http://127.0.0.1/feed", "http://10.0.0.1/feed", "http://[::1]/feed"])
def test_safety_09_a_proxy_does_not_switch_the_check_off(outbound, address):
    got, server, publisher = run_through(outbound, address, **GLOBAL)
    assert (got.fault.code, server.connections, publisher.connections) == (FaultCode.REFUSED_ADDRESS, 0, 0)


def test_safety_09_a_feed_cannot_name_a_proxy_the_admin_did_not(outbound):
    got, server, publisher = run_through(
        outbound, "http://paper.example/feed", access=lambda server: Access(proxy=server.url)
    )
    assert (got.fault.code, server.connections, publisher.connections) == (FaultCode.REFUSED_ADDRESS, 0, 0)


def test_safety_09_a_redirect_through_the_proxy_is_checked_again(outbound):
    answers = {"/feed": http(302, Location="http://169.254.169.254/latest")}
    got, server, _ = run_through(outbound, "http://paper.example/feed", answers=answers, **GLOBAL)
    assert (got.fault.code, len(server.asked)) == (FaultCode.REFUSED_ADDRESS, 1)


def test_hosts_of_the_admins_list_are_reached_without_the_global_proxy(outbound):
    async def run():
        async with Loopback({"/feed": http(200, RSS)}) as inner, Socks() as server:
            async with outbound(proxy=server.url, allow_private_hosts=inner.listed) as door:
                got = await door.get_feed(inner.url(), Validators())
            return got.status, server.connections

    assert asyncio.run(run()) == (200, 0)


def test_safety_13_https_is_spoken_with_the_publisher_not_with_the_proxy(outbound):
    # The publisher here speaks no TLS, and waits for the end of a request that is none.
    got, server, publisher = run_through(
        outbound, "https://paper.example/feed", deadlines=Deadlines(connect=0.5), **GLOBAL
    )
    assert got.fault.code in {FaultCode.TLS, FaultCode.CONNECT, FaultCode.TIMEOUT}
    assert (server.asked, publisher.connections) == ([(3, "paper.example", 443)], 1)
    assert publisher.requests == []


@pytest.mark.parametrize(
    ("access", "sent"),
    [(SECRET, BASIC), (Access(user="ü", password="ß"), "Basic w7w6w58="), (Access(token="t0ken"), "Bearer t0ken")],
)
def test_credentials_are_sent_to_the_feeds_own_place(outbound, access, sent):
    async def run():
        async with Loopback({"/feed": http(200, RSS)}) as server:
            async with outbound(allow_private_hosts=server.listed) as door:
                await door.get_feed(server.url(), Validators(), access)
                await door.get_feed(server.url(), Validators())
            return [server.fields(number).get("authorization") for number in (0, 1)]

    assert asyncio.run(run()) == [sent, None]


def test_safety_07_credentials_do_not_go_along_to_another_host(outbound):
    async def run():
        async with Loopback({"/feed": http(200, RSS)}, host="127.0.0.2") as other, Loopback() as server:
            server.answers |= {"/feed": http(302, Location="/moved"), "/moved": http(302, Location=other.url())}
            async with outbound(allow_private_hosts=server.listed + other.listed) as door:
                await door.get_feed(server.url(), Validators(), SECRET)
            own = [server.fields(number).get("authorization") for number in (0, 1)]
            return own, other.fields().get("authorization")

    assert asyncio.run(run()) == ([BASIC, BASIC], None)


@pytest.mark.parametrize(("access", "refused"), [(SECRET, True), (Access(token="t"), True), (Access(), False)])
def test_safety_07_credentials_never_leave_https_for_http(access, refused):
    secure, plain = check_url("https://paper.example/feed"), check_url("http://paper.example/feed")
    if refused:
        with pytest.raises(FetchError) as caught:
            check_hop(access, secure, plain)
        assert caught.value.fault.code is FaultCode.REDIRECTS
        assert authorization(access, secure, plain) == {}
        assert authorization(access, plain, secure) != {}
    else:
        check_hop(access, secure, plain)


@pytest.mark.parametrize(
    "text", ["", "socks5://h:1", "http://h:1", "socks5h://h", "socks5h://:1", "socks5h://h:1/x", "socks5h://h:99999"]
)
def test_what_is_no_proxy(text):
    with pytest.raises(BadInputError):
        read_proxy(text)


def test_a_proxy_does_not_show_its_password():
    proxy = read_proxy("socks5h://me:hidden@tor:9050")
    assert proxy == Proxy("tor", 9050, "me", "hidden")
    assert "hidden" not in repr(proxy)
