"""Our hub, with a real subscriber on loopback: it is asked whether it wants this, told of news, and left alone."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import feedparser
import pytest
from werkzeug.serving import make_server

from aggregator.model.sharing import Sharing
from aggregator.services import sharing
from aggregator.store import hub as stored
from aggregator.worker.our_hub import OurHub
from aggregator.worker.staff import open_staff
from tests.web.newsroom import Item, Newsroom, Source
from web import create_app

SECRET = "a secret of theirs"
LATE = Source("https://late.example/feed", "Late", "en", "", (Item("Late news", 1, "<p>x</p>"),))


class Subscriber:
    """Answers challenges as it is told to, and remembers what it was sent."""

    def __init__(self):
        self.agrees, self.status = True, 204
        self.questions, self.sent = [], []
        subscriber = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                told = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                subscriber.questions.append(told)
                body = told["hub.challenge"].encode() if subscriber.agrees else b"no"
                self._answer(200 if subscriber.agrees else 404, body)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                subscriber.sent.append((dict(self.headers), body))
                self._answer(subscriber.status, b"")

            def _answer(self, status, body):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()
        self.callback = f"http://127.0.0.1:{self.server.server_port}/told?who=me"

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class World:
    """An instance with a public list, its web server, and somebody who wants to be told."""

    def __init__(self, folder):
        self.subscriber = Subscriber()
        host = f"127.0.0.1:{self.subscriber.server.server_port}"
        self.room = Newsroom(folder / "data", allow_private_hosts=(host,))
        self.room.set_up()
        self.room.fill()
        app = create_app(self.room.settings, desk=self.room.desk)
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        object.__setattr__(self.room.settings, "port", self.server.server_port)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()
        self.client = app.test_client()
        self.topic = f"{self.room.desk.address}/lists/front-page.atom"
        self.share(public=True)

    def share(self, **chosen):
        sharing.set_sharing(self.room.desk, self.room.actor(), "front-page", Sharing(**chosen))

    def ask(self, mode="subscribe", **given):
        form = {"mode": mode, "topic": self.topic, "callback": self.subscriber.callback, "secret": SECRET, **given}
        return self.client.post("/hub", data={f"hub.{name}": value for name, value in form.items()})

    def work(self):
        async def round_():
            async with open_staff(self.room.desk) as staff:
                await OurHub(self.room.desk, staff.outbound, staff.records).round()

        asyncio.run(round_())

    def news(self):
        self.room.subscribe([LATE])
        self.room.fetch([LATE])

    def kept(self):
        with self.room.desk.database.read() as conn:
            return stored.count(conn)

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
        self.subscriber.close()
        self.room.close()


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    made.close()


def test_who_asked_and_agreed_is_told_of_news_once_with_a_signature(world):
    assert world.ask(lease_seconds="7200").status_code == 202
    world.work()
    (question,) = world.subscriber.questions
    assert (question["hub.mode"], question["hub.topic"]) == ("subscribe", world.topic)
    assert (question["hub.lease_seconds"], question["who"]) == ("7200", "me")
    assert world.subscriber.sent == []
    world.news()
    world.work()
    world.work()
    ((headers, body),) = world.subscriber.sent
    assert headers["X-Hub-Signature"] == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["Content-Type"].startswith("application/atom+xml")
    assert f'<{world.topic}>; rel="self"' in headers["Link"]
    assert "Late news" in {entry.title for entry in feedparser.parse(body).entries}


def test_of_many_nobody_waits_for_ever(world, monkeypatch):
    monkeypatch.setattr("aggregator.worker.our_hub.AT_ONCE", 1)
    host = world.subscriber.callback.partition("?")[0]
    for n in range(3):
        world.ask(callback=f"{host}?n={n}")
    for _ in range(3):
        world.work()
    world.news()
    for _ in range(3):
        world.work()
    assert len(world.subscriber.sent) == 3


def test_the_feed_names_the_hub_and_itself(world):
    links = {
        link.rel: link.href for link in feedparser.parse(world.client.get("/lists/front-page.atom").data).feed.links
    }
    assert (links["hub"], links["self"]) == (f"{world.room.desk.address}/hub", world.topic)
    world.share(public=False)
    assert world.client.get("/lists/front-page.atom").status_code == 401


def test_nothing_holds_that_the_address_does_not_confirm(world):
    world.subscriber.agrees = False
    world.ask()
    world.work()
    world.news()
    world.work()
    assert (world.subscriber.sent, world.kept()) == ([], 0)


def test_a_stranger_cannot_end_what_was_agreed(world):
    world.ask()
    world.work()
    world.subscriber.agrees = False
    world.ask("unsubscribe")
    world.ask(secret="another secret")
    world.work()
    world.news()
    world.work()
    ((headers, body),) = world.subscriber.sent
    assert headers["X-Hub-Signature"].endswith(hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest())


def test_who_leaves_is_left_alone(world):
    world.ask()
    world.work()
    world.ask("unsubscribe")
    world.work()
    assert world.subscriber.questions[-1]["hub.mode"] == "unsubscribe"
    world.news()
    world.work()
    assert (world.subscriber.sent, world.kept()) == ([], 0)


def test_who_is_gone_is_forgotten_and_who_stumbles_is_kept(world):
    world.ask()
    world.work()
    world.news()
    world.subscriber.status = 500
    world.work()
    world.work()
    assert (len(world.subscriber.sent), world.kept()) == (1, 1)
    with world.room.desk.database.write() as conn:
        conn.exec_driver_sql("update hub_subscriber set due = 0")
    world.subscriber.status = 410
    world.work()
    assert (len(world.subscriber.sent), world.kept()) == (2, 0)


def test_a_list_that_is_no_longer_public_tells_nobody(world):
    world.ask()
    world.work()
    world.share(public=False)
    world.news()
    world.work()
    assert (world.subscriber.sent, world.kept()) == ([], 0)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"mode": "publish"}, 400), ({"mode": ""}, 400), ({"secret": "x" * 200}, 400), ({"callback": "ftp://x/"}, 400),
        ({"callback": "http://127.0.0.1:1/"}, 400), ({"callback": "http://10.0.0.1/"}, 400), ({"callback": ""}, 400),
        ({"callback": "https://a.example/" + "x" * 2000}, 400), ({"topic": "https://elsewhere.example/feed"}, 404),
        ({"topic": ""}, 404), ({"topic": "/lists/front-page.atom"}, 404),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_nothing_kept(world, given, status):
    assert world.ask(**given).status_code == status
    assert world.kept() == 0


def test_a_host_can_ask_for_so_much(world, monkeypatch):
    monkeypatch.setattr("aggregator.services.hub.MOST_OF_A_HOST", 2)
    host = world.subscriber.callback.partition("?")[0]
    answers = [world.ask(callback=f"{host}?n={n}").status_code for n in range(4)]
    assert answers == [202, 202, 503, 503]


def test_safety_44_secrets_of_subscribers_are_sealed(world):
    world.ask()
    world.work()
    data = world.room.settings.data
    assert not any(SECRET.encode() in path.read_bytes() for path in data.glob("broadsheet.db*"))
