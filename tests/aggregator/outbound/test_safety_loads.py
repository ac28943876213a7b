"""What comes in and what goes out (safety 10 to 12, 54), on real connections."""

from __future__ import annotations

import asyncio
import gzip

import pytest

from aggregator.model.fault import FaultCode
from aggregator.model.feed import Validators
from aggregator.outbound.client import Deadlines
from aggregator.outbound.limits import MIB
from tests.aggregator.outbound.loopback import Loopback, http

RSS = b"<rss version='2.0'/>"


def drip(head):
    async def answer(writer):
        for byte in head + b"a" * 10_000:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.01)

    return answer


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nX: ",
        b"HTTP/1.1 200 OK\r\n\r\n",
        http(200, length=9000),
        b"HTTP/1.1 100 Go on\r\n\r\n" * 500,
    ],
)
def test_safety_10_the_deadline_is_for_all_not_for_each_byte(outbound, fault_of, head):
    async def run():
        async with Loopback({"/feed": drip(head)}) as server:
            deadlines = Deadlines(feed=0.3, image=0.3)
            async with outbound(allow_private_hosts=server.listed, deadlines=deadlines) as door:
                feed = await fault_of(door.get_feed(server.url(), Validators()))
                image = await fault_of(door.get_image(server.url()))
                return feed.code, image.code

    assert asyncio.run(run()) == (FaultCode.TIMEOUT, FaultCode.TIMEOUT)


def test_safety_10_the_deadline_is_for_all_hops(outbound, fault_of):
    async def late(writer):
        await asyncio.sleep(0.2)
        writer.write(http(302, Location="/feed", Connection="close"))
        await writer.drain()

    async def run():
        deadlines = Deadlines(feed=0.5)
        async with (
            Loopback({"/feed": late}) as server,
            outbound(allow_private_hosts=server.listed, deadlines=deadlines) as door,
        ):
            return (await fault_of(door.get_feed(server.url(), Validators()))).code

    assert asyncio.run(run()) is FaultCode.TIMEOUT


def test_safety_10_a_connection_has_its_own_deadline(outbound, fault_of):
    async def hanging(_host):
        await asyncio.Event().wait()

    async def run():
        async with outbound(resolve=hanging, deadlines=Deadlines(connect=0.2)) as door:
            return (await fault_of(door.get_feed("http://slow.example/", Validators()))).code

    assert asyncio.run(run()) is FaultCode.TIMEOUT


@pytest.mark.parametrize("told", [True, False], ids=["told", "untold"])
def test_safety_11_a_body_over_the_limit_is_cut_off(outbound, fault_of, told):
    sent = 0

    async def answer(writer):
        nonlocal sent
        writer.write(http(200, length=40 * MIB if told else None, Connection="close"))
        for _ in range(40 * 16):
            writer.write(bytes(MIB // 16))
            await writer.drain()
            sent += MIB // 16

    async def run():
        async with Loopback({"/feed": answer}) as server, outbound(allow_private_hosts=server.listed) as door:
            return await fault_of(door.get_feed(server.url(), Validators()))

    assert asyncio.run(run()).code is FaultCode.TOO_LARGE
    assert sent < 30 * MIB


def test_safety_11_the_limit_itself_passes(outbound):
    async def run():
        answers = {"/feed": http(200, bytes(10 * MIB))}
        async with Loopback(answers) as server, outbound(allow_private_hosts=server.listed) as door:
            return len((await asyncio.wait_for(door.get_feed(server.url(), Validators()), 60)).body)

    assert asyncio.run(run()) == 10 * MIB


def test_safety_11_other_codings_are_not_offered(outbound):
    async def run():
        answers = {"/feed": http(200, RSS), "/p": http(200, b"GIF89a")}
        async with Loopback(answers) as server, outbound(allow_private_hosts=server.listed) as door:
            await door.get_feed(server.url(), Validators())
            await door.get_image(server.url("/p"))
            return [server.fields(number)["accept-encoding"] for number in (0, 1)]

    assert asyncio.run(run()) == ["gzip", "identity"]


BAD_ANSWERS = {
    "fields": http(200, RSS, **{f"X_{n}": "x" for n in range(300)}),
    "one long field": http(200, RSS, X_Long="x" * 70_000),
    "long fields": http(200, RSS, **{f"X_{n}": "x" * 1000 for n in range(70)}),
    "no http": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "garbage": bytes(range(256)) * 20 + b"\r\n\r\n",
    "no status": b"HTTP/1.1\r\n\r\n",
    "a strange status": b"HTTP/1.1 9999 Hm\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "a negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabcd",
    "a bad chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
}
ENDS = {
    "too early": http(200, RSS, length=5000),
    "in a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc",
    "in the head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "at once": b"",
}


def and_close(answer):
    async def write(writer):
        writer.write(answer)
        await writer.drain()

    return write


@pytest.mark.parametrize("answer", [*BAD_ANSWERS.values(), *ENDS.values()], ids=[*BAD_ANSWERS, *ENDS])
def test_safety_12_a_broken_answer_is_a_fault_and_the_client_lives(outbound, fault_of, answer):
    async def run():
        answers = {"/bad": and_close(answer), "/good": http(200, RSS)}
        async with Loopback(answers) as server, outbound(allow_private_hosts=server.listed) as door:
            fault = await fault_of(door.get_feed(server.url("/bad"), Validators()))
            good = await asyncio.wait_for(door.get_feed(server.url("/good"), Validators()), 60)
            return fault.code, good.body

    code, body = asyncio.run(run())
    assert code in (FaultCode.BAD_ANSWER, FaultCode.BAD_ENCODING, FaultCode.CONNECT)
    assert body == RSS


def test_safety_12_garbage_instead_of_gzip_is_a_fault_where_it_is_unpacked(outbound, fault_of):
    async def run():
        answers = {"/p": http(200, b"garbage", Content_Encoding="gzip")}
        async with Loopback(answers) as server, outbound(allow_private_hosts=server.listed) as door:
            return (await fault_of(door.get_image(server.url("/p")))).code

    assert asyncio.run(run()) is FaultCode.BAD_ENCODING


def test_safety_12_an_end_without_length_is_an_end(outbound):
    async def run():
        answers = {"/feed": and_close(http(200, RSS, length=None))}
        async with Loopback(answers) as server, outbound(allow_private_hosts=server.listed) as door:
            return (await asyncio.wait_for(door.get_feed(server.url(), Validators()), 60)).body

    assert asyncio.run(run()) == RSS


def test_safety_54_all_servers_see_the_same_and_nothing_of_the_reader(outbound):
    async def run():
        answers = {
            "/feed": http(302, Location="/there", Set_Cookie="id=1; Path=/"),
            "/there": http(200, gzip.compress(RSS), Content_Encoding="gzip", Set_Cookie="id=2; Path=/"),
            "/p": http(200, b"GIF89a", Set_Cookie="id=3; Path=/"),
        }
        async with Loopback(answers) as server, outbound(allow_private_hosts=server.listed) as door:
            for _ in range(2):
                await door.get_feed(server.url(), Validators('"x"', "then"))
                await door.get_image(server.url("/p"))
            return [server.fields(number) for number in range(len(server.requests))]

    seen = asyncio.run(run())
    assert len(seen) == 6
    allowed = {"host", "user-agent", "accept", "accept-encoding", "if-none-match", "if-modified-since"}
    assert all(set(fields) <= allowed for fields in seen)
    assert {fields["user-agent"] for fields in seen} == {"Broadsheet (feed reader; +https://news.example.org/about)"}


@pytest.mark.parametrize(
    ("contact", "agent"),
    [
        ("", "Broadsheet (feed reader)"),
        ("desk@example.org", "Broadsheet (feed reader; +desk@example.org)"),
        ("a\r\nCookie: x=1é", "Broadsheet (feed reader; +aCookie: x=1)"),
    ],
)
def test_safety_54_the_contact_cannot_add_a_field(outbound, contact, agent):
    async def run():
        async with Loopback({"/feed": http(200, RSS)}) as server:
            async with outbound(allow_private_hosts=server.listed, contact=contact) as door:
                await door.get_feed(server.url(), Validators())
            return server.fields()

    fields = asyncio.run(run())
    assert fields["user-agent"] == agent
    assert "cookie" not in fields
