"""Sound on its way through the door (safety 7, 8, 11, 28), on real connections."""

from __future__ import annotations

import asyncio

import pytest

from aggregator.errors import FetchError
from aggregator.model.fault import FaultCode
from aggregator.model.ports import AudioHead, Span
from aggregator.outbound.limits import AUDIO_BYTES, AUDIO_SLICE
from aggregator.outbound.sniff import sniff_audio
from tests.aggregator.outbound.loopback import Loopback, http

MP3 = b"ID3\x04" + bytes(range(256)) * 40


async def hear(door, url, span=None):
    async with door.open_audio(url, span) as audio:
        return audio.head, b"".join([part async for part in audio.parts()])


def listen(outbound, answer, span=None):
    """Open a file that is answered so; gives head, sound, and the fields that were asked with."""

    async def run():
        async with Loopback({"/a.mp3": answer}) as server, outbound(allow_private_hosts=server.listed) as door:
            return *await hear(door, server.url("/a.mp3"), span), server.fields()

    return asyncio.run(run())


def fault(outbound, answer, span=None):
    with pytest.raises(FetchError) as caught:
        listen(outbound, answer, span)
    return caught.value.fault.code


def test_a_whole_file_goes_through(outbound):
    head, sound, sent = listen(outbound, http(200, MP3, Content_Type="application/octet-stream"))
    assert (head, sound) == (AudioHead("audio/mpeg", len(MP3)), MP3)
    assert "range" not in sent
    assert sent["accept-encoding"] == "identity"


def test_a_part_is_asked_for_and_goes_through(outbound):
    answer = http(206, MP3[100:200], Content_Range=f"bytes 100-199/{len(MP3)}", Content_Type="audio/x-m4a")
    head, sound, sent = listen(outbound, answer, Span(100, 199))
    assert (head, sound) == (AudioHead("audio/mp4", 100, 100, len(MP3)), MP3[100:200])
    assert sent["range"] == "bytes=100-199"


def test_no_more_than_a_slice_is_asked_for_at_once(outbound):
    _, _, sent = listen(outbound, http(206, MP3, Content_Range=f"bytes 0-{len(MP3) - 1}/{len(MP3)}"), Span(0))
    assert sent["range"] == f"bytes=0-{AUDIO_SLICE - 1}"


def test_a_server_that_gives_no_parts_gives_the_whole(outbound):
    head, sound, _ = listen(outbound, http(200, MP3), Span(0))
    assert (head.first, sound) == (None, MP3)


@pytest.mark.parametrize(
    "told", ["bytes 0-99/200", "bytes 100-50/200", "bytes 100-", "100-199/200", f"bytes 100-{AUDIO_SLICE * 2}/*", ""]
)
def test_another_part_than_was_asked_for_is_refused(outbound, told):
    assert fault(outbound, http(206, MP3[:100], Content_Range=told), Span(100)) is FaultCode.BAD_ANSWER


@pytest.mark.parametrize(
    "body",
    [
        b"<html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x89PNG\r\n\x1a\nxxxxxx",
        b"MZ",
    ],
)
def test_safety_28_what_is_no_sound_does_not_go_through(outbound, body):
    assert fault(outbound, http(200, body, Content_Type="audio/mpeg")) is FaultCode.BAD_ANSWER


def test_safety_28_in_the_middle_of_a_file_only_sound_is_named(outbound):
    head, _, _ = listen(
        outbound, http(206, b"<script>", Content_Range="bytes 9-16/99", Content_Type="text/html"), Span(9)
    )
    assert head.type == "audio/mpeg"


def test_safety_11_a_file_over_the_limit_is_refused(outbound):
    assert fault(outbound, http(200, MP3, length=AUDIO_BYTES + 1)) is FaultCode.TOO_LARGE
    answer = http(206, MP3, Content_Range=f"bytes 0-9/{AUDIO_BYTES + 1}")
    assert fault(outbound, answer, Span(0)) is FaultCode.TOO_LARGE


def test_safety_11_more_than_was_told_is_cut_off(outbound):
    answer = http(206, MP3 + b"x", Content_Range=f"bytes 0-{len(MP3) - 1}/*")
    assert fault(outbound, answer, Span(0)) is FaultCode.TOO_LARGE


def test_safety_11_nothing_is_read_before_it_is_wanted(outbound):
    sent = 0

    async def endless(writer):
        nonlocal sent
        writer.write(http(200, MP3, length=AUDIO_BYTES))
        while True:
            writer.write(bytes(65536))
            sent += 65536
            await writer.drain()

    async def run():
        async with (
            Loopback({"/a.mp3": endless}) as server,
            outbound(allow_private_hosts=server.listed) as door,
            door.open_audio(server.url("/a.mp3"), None) as audio,
        ):
            parts = audio.parts()
            for _ in range(3):
                await anext(parts)
            for _ in range(200):
                await asyncio.sleep(0)
            return sent

    assert asyncio.run(run()) < AUDIO_BYTES / 10


def test_a_packed_file_is_refused(outbound):
    assert fault(outbound, http(200, MP3, Content_Encoding="gzip")) is FaultCode.BAD_ENCODING


def test_past_the_end_is_told_as_such(outbound):
    with pytest.raises(FetchError) as caught:
        listen(outbound, http(416, b"", Content_Range="bytes */10"), Span(99))
    assert (caught.value.fault.code, caught.value.fault.detail) == (FaultCode.STATUS, "416")


def test_a_file_is_followed_where_it_leads_and_no_further_than_five_times(outbound):
    async def run():
        answers = {f"/{n}": http(302, Location=f"/{n + 1}") for n in range(9)} | {"/3": http(200, MP3)}
        async with Loopback(answers) as server, outbound(allow_private_hosts=server.listed) as door:
            _, sound = await hear(door, server.url("/0"))
            with pytest.raises(FetchError) as caught:
                await hear(door, server.url("/4"))
            return sound, caught.value.fault.code

    assert asyncio.run(run())[0] == MP3


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"ID3\x03", "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"\xff\xf1\x50\x80", "audio/aac"),
        (b"OggS\x00", "audio/ogg"),
        (b"fLaC", "audio/flac"),
        (b"RIFF\x00\x00\x00\x00WAVE", "audio/wav"),
        (b"\x00\x00\x00\x20ftypM4A ", "audio/mp4"),
        (b"\x00\x00\x00\x20ftypavif", None),
        (b"RIFF\x00\x00\x00\x00WEBP", None),
        (b"<!doctype html>", None),
        (b"", None),
    ],
)
def test_sound_is_told_by_its_beginning(data, kind):
    assert sniff_audio(data) == kind
