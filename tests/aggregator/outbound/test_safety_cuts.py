"""An answer that breaks off after any number of bytes is an error and never a document."""

from __future__ import annotations

import asyncio

import pytest

from aggregator.errors import FetchError
from aggregator.model.feed import Validators
from tests.aggregator.outbound.loopback import Loopback, http

BODY = b"<rss version='2.0'><channel><title>Paper</title></channel></rss>"
ANSWERS = {
    "with a length": http(body=BODY, ETag='"1"'),
    "in parts": http(body=b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY), length=None, Transfer_Encoding="chunked"),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_safety_62_an_answer_cut_at_any_byte_is_an_error(outbound, kind):
    whole = ANSWERS[kind]

    async def every():
        async with Loopback() as server:
            for length in range(len(whole) + 1):
                server.answers[f"/{length}"] = cut(whole[:length])
            async with outbound(allow_private_hosts=server.listed) as client:
                return [await fetched(client, server.url(f"/{length}")) for length in range(len(whole) + 1)]

    bodies = asyncio.run(every())
    assert bodies[-1] == BODY
    assert set(bodies) <= {None, BODY}
    assert bodies[: len(whole) - 7] == [None] * (len(whole) - 7)  # the last bytes of the last part say nothing more


def cut(answer):
    async def write(writer):
        writer.write(answer)
        await writer.drain()

    return write


async def fetched(client, address):
    try:
        return (await client.get_feed(address, Validators())).body
    except FetchError:
        return None
