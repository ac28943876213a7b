import asyncio
import os
import socket
import stat
import threading
from contextlib import asynccontextmanager

import msgpack
import pytest

from aggregator.errors import BadInputError, BusyError, FetchError
from aggregator.model.discovery import DiscoveredFeed, Discovery, Tried
from aggregator.model.extras import Chapter
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.ids import FeedId
from aggregator.model.ports import AudioHead, Image, RefreshReport, Span
from aggregator.model.spoken import Said, Spoken
from aggregator.queue.ask import WorkerSocket
from aggregator.queue.frames import frame, read_frame
from aggregator.worker.answer import AnswerServer

REPORT = RefreshReport(fetched=3, not_modified=2, failed=1, entries_new=40, entries_changed=5)

FOUND = Discovery(
    "https://paper.example/",
    (DiscoveredFeed("https://paper.example/feed", "Paper"), DiscoveredFeed("https://paper.example/rss")),
    (Tried("https://paper.example/"), Tried("https://paper.example/f", Fault(FaultCode.STATUS, "404", 3))),
)


HEAD = AudioHead("audio/mpeg", 300, 10, 1000)


class Sound:
    """Three parts."""

    head = HEAD

    async def parts(self):
        for part in (b"a" * 100, b"b" * 100, b"c" * 100):
            yield part


class BrokenSound(Sound):
    async def parts(self):
        yield b"a" * 100
        raise FetchError(Fault(FaultCode.CONNECT))


class Worker:
    """Answers as it is told to, and remembers what it was asked."""

    def __init__(self):
        self.asked = []
        self.release = asyncio.Event()
        self.release.set()
        self.raises = None

    async def refresh(self, feeds):
        self.asked.append(feeds)
        await self.release.wait()
        if self.raises:
            raise self.raises
        return REPORT

    async def image(self, url):
        self.asked.append(url)
        await self.release.wait()
        if self.raises:
            raise self.raises
        return Image("image/png", b"\x89PNG" * 1000)

    @asynccontextmanager
    async def audio(self, url, span):
        self.asked.append((url, span))
        await self.release.wait()
        if self.raises:
            raise self.raises
        yield Sound()

    async def transcript(self, feed_id, url, told):
        self.asked.append((feed_id, url, told))
        return Spoken((Said("Boats.", 3, "Ana"), Said("Yes.")), cut=True)

    async def chapters(self, feed_id, url):
        self.asked.append((feed_id, url))
        return (Chapter(3, "The lock"), Chapter(9, "The sea", "https://paper.example/sea"))

    async def discover(self, address):
        self.asked.append(address)
        await self.release.wait()
        if self.raises:
            raise self.raises
        return FOUND

    def wake(self):
        self.asked.append("wake")

    def state(self):
        return "working"


def talk(tmp_path, questions, worker=None):
    """Run `questions(client)` in a thread against a real socket and return what it returns."""
    path = tmp_path / "worker.sock"

    async def run():
        server = AnswerServer(path, worker or Worker())
        assert await server.open()
        try:
            return await asyncio.to_thread(questions, WorkerSocket(path))
        finally:
            await server.close()

    return asyncio.run(run())


def test_a_refresh_comes_back_with_its_report(tmp_path):
    worker = Worker()
    assert talk(tmp_path, lambda ask: ask.refresh([FeedId(3), FeedId(5)], wait=60), worker) == REPORT
    assert worker.asked == [(3, 5)]


def test_none_means_all_feeds(tmp_path):
    worker = Worker()
    talk(tmp_path, lambda ask: ask.refresh(None, wait=60), worker)
    assert worker.asked == [None]


def test_a_refresh_that_takes_longer_goes_on_without_us(tmp_path):
    worker = Worker()
    worker.release.clear()
    assert talk(tmp_path, lambda ask: ask.refresh(None, wait=0.01), worker) is None
    assert worker.asked == [None]


def test_a_picture_comes_back_whole(tmp_path):
    image = talk(tmp_path, lambda ask: ask.image("https://paper.example/a.png", wait=60))
    assert image == Image("image/png", b"\x89PNG" * 1000)


def test_what_is_said_in_a_recording_and_its_chapters_come_back(tmp_path):
    worker, url = Worker(), "https://paper.example/t"
    spoken = talk(tmp_path, lambda ask: ask.transcript(FeedId(3), url, "text/vtt", wait=60), worker)
    assert spoken == Spoken((Said("Boats.", 3, "Ana"), Said("Yes.")), cut=True)
    found = talk(tmp_path, lambda ask: ask.chapters(FeedId(3), url, wait=60), worker)
    assert found == (Chapter(3, "The lock"), Chapter(9, "The sea", "https://paper.example/sea"))
    assert worker.asked == [(3, url, "text/vtt"), (3, url)]


def test_what_was_found_comes_back_with_what_was_tried(tmp_path):
    worker = Worker()
    assert talk(tmp_path, lambda ask: ask.discover("https://paper.example/", wait=60), worker) == FOUND
    assert worker.asked == ["https://paper.example/"]


def test_sound_comes_in_parts(tmp_path):
    worker = Worker()

    def listen(ask):
        audio = ask.audio("https://paper.example/a.mp3", Span(10), wait=60)
        return audio.head, list(audio.parts)

    assert talk(tmp_path, listen, worker) == (HEAD, [b"a" * 100, b"b" * 100, b"c" * 100])
    assert worker.asked == [("https://paper.example/a.mp3", Span(10))]


def test_whole_sound_is_asked_for_without_a_span(tmp_path):
    worker = Worker()
    talk(tmp_path, lambda ask: ask.audio("https://paper.example/a.mp3", None, wait=60), worker)
    assert worker.asked == [("https://paper.example/a.mp3", None)]


def test_sound_that_breaks_off_ends_short_and_the_worker_lives(tmp_path):
    class Breaking(Worker):
        @asynccontextmanager
        async def audio(self, _url, _span):
            yield BrokenSound()

    def listen(ask):
        parts = list(ask.audio("https://paper.example/a.mp3", None, wait=60).parts)
        return parts, ask.ping()["state"]

    assert talk(tmp_path, listen, Breaking()) == ([b"a" * 100], "working")


def test_a_listener_who_goes_away_ends_the_way(tmp_path):
    ended = threading.Event()

    class Endless(Sound):
        async def parts(self):
            try:
                while True:
                    yield bytes(65536)
            finally:
                ended.set()

    class Going(Worker):
        @asynccontextmanager
        async def audio(self, _url, _span):
            try:
                yield Endless()
            finally:
                ended.set()

    def listen(ask):
        parts = ask.audio("https://paper.example/a.mp3", None, wait=60).parts
        next(parts)
        parts.close()
        return ended.wait(60)

    assert talk(tmp_path, listen, Going())


@pytest.mark.parametrize("error", [FetchError(Fault(FaultCode.STATUS, "416")), BusyError("the domain", 7)])
def test_sound_that_cannot_be_had_is_told(tmp_path, error):
    worker = Worker()
    worker.raises = error
    with pytest.raises(type(error)) as caught:
        talk(tmp_path, lambda ask: ask.audio("https://paper.example/a.mp3", None, wait=60), worker)
    assert vars(caught.value) == vars(error)


def test_a_picture_that_takes_too_long_is_a_timeout(tmp_path):
    worker = Worker()
    worker.release.clear()
    with pytest.raises(FetchError) as caught:
        talk(tmp_path, lambda ask: ask.image("https://paper.example/a.png", wait=0.01), worker)
    assert caught.value.fault.code is FaultCode.TIMEOUT


@pytest.mark.parametrize(
    "error",
    [FetchError(Fault(FaultCode.STATUS, "503", 0)), BusyError("the domain", 7)],
)
def test_errors_cross_the_socket(tmp_path, error):
    worker = Worker()
    worker.raises = error
    with pytest.raises(type(error)) as caught:
        talk(tmp_path, lambda ask: ask.refresh(None, wait=60), worker)
    assert vars(caught.value) == vars(error)


def test_wake_and_ping(tmp_path):
    worker = Worker()

    def questions(ask):
        ask.wake()
        return ask.ping()

    assert talk(tmp_path, questions, worker) == {"state": "working", "pid": os.getpid(), "clock": ""}
    assert worker.asked == ["wake"]


def test_without_a_worker_everything_but_wake_is_busy(tmp_path):
    ask = WorkerSocket(tmp_path / "worker.sock")
    ask.wake()
    for question in (ask.ping, lambda: ask.refresh(None, wait=1), lambda: ask.image("https://a.example/", wait=1)):
        with pytest.raises(BusyError):
            question()


def test_a_socket_whose_worker_died_is_busy_and_taken_over(tmp_path):
    path = tmp_path / "worker.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with pytest.raises(BusyError):
        WorkerSocket(path).ping()
    assert talk(tmp_path, lambda ask: ask.ping())["state"] == "working"


def test_only_one_worker_has_the_socket_and_the_next_takes_over(tmp_path):
    async def run():
        first, second = (AnswerServer(tmp_path / "worker.sock", Worker()) for _ in range(2))
        opened = [await first.open(), await second.open()]
        await first.close()
        opened.append(await second.open())
        await second.close()
        return opened

    assert asyncio.run(run()) == [True, False, True]


def test_only_the_owner_may_ask(tmp_path):
    assert talk(tmp_path, lambda _: stat.S_IMODE((tmp_path / "worker.sock").stat().st_mode)) == 0o600


def test_a_data_directory_with_a_very_long_name_will_do(tmp_path):
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    deep.mkdir(parents=True)
    assert talk(deep, lambda ask: ask.ping())["state"] == "working"


@pytest.mark.parametrize(
    "message",
    [
        frame(msgpack.packb({"ask": "sing"})),
        frame(msgpack.packb({"ask": "refresh", "feeds": ["x"], "wait": 1})),
        frame(msgpack.packb({"ask": "image", "url": 4, "wait": 1})),
        frame(msgpack.packb({"ask": "audio", "url": "https://a.example/", "span": [1], "wait": 1})),
        frame(msgpack.packb(["ask"])),
        frame(b"\xc1"),
        b"\xff\xff\xff\xff",
    ],
)
def test_nonsense_is_answered_as_such_and_the_worker_lives(tmp_path, message):
    def questions(ask):
        with socket.socket(socket.AF_UNIX) as raw:
            raw.connect(str(tmp_path / "worker.sock"))
            raw.settimeout(60)
            raw.sendall(message)
            answer = msgpack.unpackb(read_frame(raw.recv_into))
        return answer, ask.ping()["state"]

    answer, state = talk(tmp_path, questions)
    assert list(answer) == ["bad"]
    assert state == "working"


def test_a_question_that_makes_no_sense_to_the_worker_is_our_own_mistake(tmp_path):
    with pytest.raises(BadInputError):
        talk(tmp_path, lambda ask: ask._ask({"ask": "sing"}, 60))
