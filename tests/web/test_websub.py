"""Hubs that call (safety 51)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import update

from aggregator.services import websub
from aggregator.store import entries, feeds, pushes
from aggregator.store.tables import feed_state
from tests.web.newsroom import NOW, Newsroom
from web import create_app

BASE = "https://news.example.org"
TOPIC = "https://tide.example/feed.xml"
HUB = "https://hub.example/"


class Asks:
    """Stands for the worker: remembers what it was asked to fetch."""

    def __init__(self):
        self.asked = []

    def refresh(self, feed_ids, *, wait):
        assert wait == 0
        self.asked += feed_ids

    def wake(self):
        pass


class Stopped:
    def now(self):
        return NOW


class Called:
    """An instance that has asked a hub, seen from the hub."""

    def __init__(self, room):
        room.fill()
        self.asks = Asks()
        self.desk = replace(room.desk, ask=self.asks, clock=Stopped())
        self.client = create_app(room.settings, desk=self.desk).test_client()
        with self.desk.database.write() as conn:
            self.feed = feeds.find_feed_by_address(conn, TOPIC).id
            pushes.set_hub(conn, self.feed, HUB, TOPIC, now=NOW)
            pushes.set_asked(conn, self.feed, NOW, again=NOW + timedelta(hours=1))
            conn.execute(update(feed_state).values(last_tried=NOW - timedelta(hours=1)))
        self.form = websub.request_of(self.desk, self.push())
        self.path = urlsplit(self.form["hub.callback"]).path

    def push(self):
        with self.desk.database.read() as conn:
            return pushes.find_push(conn, self.feed)

    def verify(self, path=None, **told):
        given = {"mode": "subscribe", "topic": TOPIC, "challenge": "c-123", "lease_seconds": "86400", **told}
        query = {f"hub.{name}": value for name, value in given.items()}
        return self.client.get(path or self.path, query_string=query, base_url=BASE)

    def tell(self, body, signature):
        headers = {"X-Hub-Signature": signature} if signature is not None else {}
        return self.client.post(self.path, data=body, headers=headers, base_url=BASE)

    def signed(self, body, secret=None):
        key = (secret or self.form["hub.secret"]).encode()
        return "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()

    def entries(self):
        with self.desk.database.read() as conn:
            return [entry.uid for entry in entries.iter_entries(conn, feed_id=self.feed, limit=1000)]


@pytest.fixture
def called(tmp_path):
    room = Newsroom(tmp_path / "data", public_url=BASE)
    yield Called(room)
    room.close()


def test_safety_51_the_callback_cannot_be_guessed(called):
    assert called.form["hub.callback"].startswith(f"{BASE}/websub/{called.feed}/")
    assert len(called.path.rpartition("/")[2]) == 64
    assert called.form["hub.secret"] not in called.form["hub.callback"]
    assert called.verify(path=f"/websub/{called.feed}/{'0' * 64}").status_code == 404
    assert called.verify(path=called.path.replace(str(called.feed), "3", 1)).status_code == 404
    assert called.push().until is None


def test_safety_51_a_challenge_is_given_back_for_what_was_asked(called):
    answer = called.verify()
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "c-123", "text/plain")
    assert called.push().until == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    "told", [{"topic": "https://other.example/"}, {"mode": "unsubscribe"}, {"mode": ""}, {"challenge": "x" * 5000}]
)
def test_safety_51_nothing_else_is_confirmed(called, told):
    assert called.verify(**told).status_code == 404
    assert called.push().until is None


@pytest.mark.parametrize(
    ("lease", "kept"), [("", websub.LEASE), ("5", websub.SHORTEST), ("9" * 20, websub.LONGEST), ("-5", websub.LEASE)]
)
def test_safety_51_a_lease_has_bounds(called, lease, kept):
    called.verify(lease_seconds=lease)
    assert called.push().until == NOW + kept


def test_a_hub_that_refuses_is_asked_again_in_a_week(called):
    assert called.verify(mode="denied").status_code == 200
    with called.desk.database.read() as conn:
        assert pushes.get_to_ask(conn, NOW + timedelta(days=6), limit=9) == ()
        assert len(pushes.get_to_ask(conn, NOW + timedelta(days=7), limit=9)) == 1


def test_a_lease_is_asked_for_again_before_it_ends(called):
    called.verify(lease_seconds="864000")
    with called.desk.database.read() as conn:
        assert pushes.get_to_ask(conn, NOW + timedelta(days=7), limit=9) == ()
        assert len(pushes.get_to_ask(conn, NOW + timedelta(days=8), limit=9)) == 1


def test_safety_51_a_push_is_only_a_reason_to_look(called):
    called.verify()
    before, body = called.entries(), b"<rss><channel><item><title>Forged</title></item></channel></rss>"
    assert called.tell(body, called.signed(body)).status_code == 202
    assert (called.asks.asked, called.entries()) == ([called.feed], before)


@pytest.mark.parametrize(
    "forge",
    [
        lambda *_: None,
        lambda *_: "",
        lambda *_: "sha256=" + "0" * 64,
        lambda called, body: called.signed(body, "other secret"),
        lambda called, body: called.signed(body + b" "),
        lambda called, body: "sha1=" + hmac.new(called.form["hub.secret"].encode(), body, "sha1").hexdigest(),
        lambda called, body: called.signed(body)[:-1],
    ],
    ids=["none", "empty", "zeros", "another secret", "another body", "sha1", "cut"],
)
def test_safety_51_a_forged_push_is_answered_alike_and_does_nothing(called, forge):
    called.verify()
    before, body = called.entries(), b"<rss/>"
    assert called.tell(body, forge(called, body)).status_code == 202
    assert (called.asks.asked, called.entries()) == ([], before)


def test_a_hub_that_calls_too_often_is_heard_once_a_minute(called):
    with called.desk.database.write() as conn:
        conn.execute(update(feed_state).values(last_tried=NOW))
    called.tell(b"x", called.signed(b"x"))
    assert called.asks.asked == []
    with called.desk.database.read() as conn:
        assert feeds.get_feed(conn, called.feed).schedule.due == NOW + websub.REST
