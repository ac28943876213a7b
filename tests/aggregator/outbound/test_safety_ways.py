"""Where the door leads (safety 3 to 9), on real connections. A forbidden listener counts who reaches it."""

from __future__ import annotations

import asyncio
import socket

import pytest

from aggregator.errors import FetchError
from aggregator.model.fault import FaultCode
from aggregator.model.feed import Validators
from aggregator.outbound import guard
from aggregator.outbound.resolver import GuardedNames, RefusedSocketError
from tests.aggregator.outbound.loopback import Loopback, http

RSS = b"<rss version='2.0'/>"
NEVER = (FaultCode.BAD_ADDRESS, FaultCode.REFUSED_ADDRESS, FaultCode.REDIRECTS)
ODD_LOOPBACKS = (
    "0",
    "0177.0.0.1",
    "0x7f000001",
    "2130706433",
    "127.1",
    "\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT TWO}\N{FULLWIDTH DIGIT SEVEN}.0.0.\N{FULLWIDTH DIGIT ONE}",
    "127。0。0。1",
    "[::ffff:7f00:1]",
    "[::ffff:127.0.0.1]",
    "127.0.0.1.",
    "127.0.0.1",
    "127.0.0.2",
    "0.0.0.0",
    "[::1]",
    "[::]",
    "localhost",
    "localhost.",
    "LocalHost",
)


async def begin_of(opening):
    async with opening as audio:
        return audio.head


async def loopback_names(_host):
    return ("127.0.0.1",)


@pytest.fixture
def forbidden(monkeypatch):
    """Make a listener on loopback whose port is as good as 80: only its address forbids it."""

    def make(answers=None):
        server = Loopback(answers)
        real_enter = server.__aenter__

        class Listening:
            async def __aenter__(self):
                await real_enter()
                monkeypatch.setitem(guard.PORTS, f"test {server.port}", server.port)
                return server

            async def __aexit__(self, *error):
                await server.__aexit__(*error)

        return Listening()

    return make


@pytest.mark.parametrize("host", ODD_LOOPBACKS)
@pytest.mark.parametrize("way", ["feed", "image", "audio", "redirect", "redirect of audio"])
def test_safety_05_and_08_no_spelling_leads_to_loopback_on_any_way(outbound, forbidden, fault_of, host, way):
    async def run():
        async with forbidden({"/x": http(200, RSS)}) as secret, Loopback() as start:
            url = f"http://{host}:{secret.port}/x"
            start.answers["/feed"] = http(302, Location=url.encode().decode("latin-1"))
            async with outbound(allow_private_hosts=start.listed, resolve=loopback_names) as door:
                if way == "feed":
                    fault = await fault_of(door.get_feed(url, Validators()))
                elif way == "image":
                    fault = await fault_of(door.get_image(url))
                elif way == "audio":
                    fault = await fault_of(begin_of(door.open_audio(url, None)))
                elif way == "redirect of audio":
                    fault = await fault_of(begin_of(door.open_audio(start.url(), None)))
                else:
                    fault = await fault_of(door.get_feed(start.url(), Validators()))
            return fault.code, secret.connections

    code, hits = asyncio.run(run())
    assert code in NEVER
    assert hits == 0


def test_safety_03_an_answer_that_changes_between_two_requests_is_checked_again(outbound, forbidden, public, fault_of):
    async def run():
        async with (
            Loopback({"/feed": http(200, RSS)}, host="127.0.0.2") as good,
            forbidden({"/feed": http(200, RSS)}) as secret,
        ):
            public(good)
            answers = iter([("127.0.0.2",), ("127.0.0.1",)])

            async def changing(_host):
                return next(answers)

            async with outbound(resolve=changing) as door:
                await door.get_feed(f"http://rebind.example:{good.port}/feed", Validators())
                fault = await fault_of(door.get_feed(f"http://rebind.example:{secret.port}/feed", Validators()))
            return fault.code, secret.connections, good.connections

    assert asyncio.run(run()) == (FaultCode.REFUSED_ADDRESS, 0, 1)


def test_safety_03_a_name_is_looked_up_once_for_check_and_connection(outbound, public):
    async def run():
        async with Loopback({"/feed": http(200, RSS)}) as server:
            public(server)
            asked = []

            async def names(host):
                asked.append(host)
                return (server.host,)

            async with outbound(resolve=names) as door:
                await door.get_feed(f"http://news.example:{server.port}/feed", Validators())
            return asked

    assert asyncio.run(run()) == ["news.example"]


@pytest.mark.parametrize("number", ["127.0.0.1", "10.0.0.1", "169.254.169.254"])
def test_safety_03_no_socket_is_made_for_a_forbidden_address(number):
    names = GuardedNames(loopback_names, frozenset({("10.0.0.1", 8080)}))
    with pytest.raises(RefusedSocketError):
        names.make_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", (number, 80)))


def test_safety_03_the_check_at_the_socket_holds_alone(outbound, forbidden, fault_of, monkeypatch):
    """Even with the resolver's check broken and the address check asleep nothing gets through."""
    monkeypatch.setattr("aggregator.outbound.guard._refusal", lambda _number: None)

    async def run():
        async with forbidden() as secret, outbound(resolve=loopback_names) as door:
            monkeypatch.setattr(GuardedNames, "resolve", unguarded)
            monkeypatch.setattr("aggregator.outbound.resolver.check_ip", refuse)
            faults = [
                await fault_of(door.get_feed(f"http://{host}:{secret.port}/", Validators()))
                for host in ("evil.example", "127.0.0.1")
            ]
            return [fault.code for fault in faults], secret.connections

    def refuse(number):
        raise FetchError(guard.Fault(FaultCode.REFUSED_ADDRESS, number))

    async def unguarded(_self, host, port=0, **_family):
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}]

    assert asyncio.run(run()) == ([FaultCode.REFUSED_ADDRESS] * 2, 0)


@pytest.mark.parametrize(
    "answers",
    [
        ("127.0.0.2", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.2"),
        ("127.0.0.2", "::1"),
        ("127.0.0.2", "fe80::1%lo"),
        ("127.0.0.2", "nonsense"),
    ],
)
def test_safety_06_one_bad_address_among_good_ones_refuses_the_name(outbound, public, fault_of, answers):
    async def names(_host):
        return answers

    async def run():
        async with Loopback({"/feed": http(200, RSS)}, host="127.0.0.2") as server:
            public(server)
            async with outbound(resolve=names) as door:
                fault = await fault_of(door.get_feed(f"http://mixed.example:{server.port}/feed", Validators()))
            return fault.code, server.connections

    assert asyncio.run(run()) == (FaultCode.REFUSED_ADDRESS, 0)


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{port}/x",
        "//127.0.0.1:{port}/x",
        "http://evil.example:{port}/x",
        "http://user:word@127.0.0.1:{port}/x",
        "http://0x7f000001:{port}/x",
        "file:///etc/passwd",
        "ftp://127.0.0.1:{port}/x",
        "javascript:alert(1)",
        "http://[::1",
        "",
        "http://\udcff:{port}/",
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_safety_07_each_hop_is_checked_as_if_it_were_the_first(outbound, forbidden, fault_of, location, status):
    async def run():
        async with forbidden({"/x": http(200, RSS)}) as secret, Loopback() as start:
            start.answers["/feed"] = http(status, Location=location.format(port=secret.port))
            async with outbound(allow_private_hosts=start.listed, resolve=loopback_names) as door:
                fault = await fault_of(door.get_feed(start.url(), Validators()))
            return fault.code, secret.connections

    code, hits = asyncio.run(run())
    assert code in NEVER
    assert hits == 0


@pytest.mark.parametrize("answers", [{"/0": "/0"}, {"/0": "/1", "/1": "/0"}, {f"/{n}": f"/{n + 1}" for n in range(20)}])
def test_safety_07_a_loop_or_a_long_chain_ends_after_five(outbound, fault_of, answers):
    async def run():
        told = {path: http(301, Location=to) for path, to in answers.items()}
        async with Loopback(told) as server, outbound(allow_private_hosts=server.listed) as door:
            fault = await fault_of(door.get_feed(server.url("/0"), Validators()))
            return fault.code, len(server.requests)

    assert asyncio.run(run()) == (FaultCode.REDIRECTS, 6)


def test_safety_07_the_body_of_a_redirect_is_never_read(outbound):
    async def endless(writer):
        writer.write(http(302, Location="/there", length=10**12))
        while True:  # until the other side has gone
            writer.write(bytes(65536))
            await writer.drain()

    async def run():
        answers = {"/feed": endless, "/there": http(200, RSS)}
        async with Loopback(answers) as server, outbound(allow_private_hosts=server.listed) as door:
            return (await asyncio.wait_for(door.get_feed(server.url(), Validators()), 60)).body

    assert asyncio.run(run()) == RSS


def test_safety_09_the_environment_cannot_put_a_proxy_in_between(outbound, monkeypatch):
    async def run():
        async with Loopback({"/feed": http(200, RSS)}) as server, Loopback() as proxy:
            for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
                monkeypatch.setenv(name, proxy.url(""))
            async with outbound(allow_private_hosts=server.listed) as door:
                await asyncio.wait_for(door.get_feed(server.url(), Validators()), 60)
            return proxy.connections

    assert asyncio.run(run()) == 0
