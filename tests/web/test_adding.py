"""Adding a source by whatever address: what was found is added, chosen from, or told."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from aggregator.errors import FetchError
from aggregator.model.discovery import DiscoveredFeed, Discovery, Tried
from aggregator.model.fault import Fault, FaultCode
from aggregator.services import subscribing
from tests.web.conftest import Browser
from web import create_app
from web.door import TOKEN

SITE = "https://paper.example/"


class Worker:
    """Finds what it is told to."""

    def __init__(self, found):
        self.found = found

    def ping(self):
        return {"state": "working"}

    def wake(self):
        pass

    def discover(self, address, *, wait):
        assert wait > 0
        if isinstance(self.found, Exception):
            raise self.found
        return replace(self.found, asked=address)


@pytest.fixture
def adding(newsroom):
    """Post an address where the worker finds what is given; answers with the response and the addresses held."""

    def post(found, **fields):
        desk = replace(newsroom.desk, ask=Worker(found))
        client = create_app(newsroom.settings, desk=desk).test_client()
        with client.session_transaction() as session:
            session[TOKEN] = newsroom.set_up()
        answer = Browser(client).post("/sources/add", {"address": "paper.example", **fields})
        return answer, [s.feed.address for s in subscribing.sources(newsroom.desk, newsroom.actor())]

    return post


def test_one_feed_is_added(adding):
    answer, held = adding(Discovery(SITE, (DiscoveredFeed(f"{SITE}feed", "Paper"),)))
    assert (answer.status_code, held) == (303, [f"{SITE}feed"])


def test_several_are_chosen_from(adding):
    feeds = (DiscoveredFeed(f"{SITE}a", "<b>A</b>"), DiscoveredFeed(f"{SITE}b?token=verysecrettoken123"))
    answer, held = adding(Discovery(SITE, feeds), folder="News")
    assert (answer.status_code, held) == (200, [])
    assert "2 feeds are there" in answer.text
    assert "&lt;b&gt;A&lt;/b&gt;" in answer.text
    chosen = [html.unescape(found) for found in re.findall(r'name="address" value="([^"]*)"', answer.text)]
    assert chosen == [feed.address for feed in feeds]
    answer, held = adding(FetchError(Fault(FaultCode.DNS)), address=chosen[0], folder="News", as_is="1")
    assert (answer.status_code, held) == (303, [f"{SITE}a"])


def test_where_there_is_none_plain_words_say_what_was_tried(adding):
    tried = (Tried(SITE), Tried(f"{SITE}feed/", Fault(FaultCode.STATUS, "404")))
    answer, held = adding(Discovery(SITE, (), tried))
    assert (answer.status_code, held) == (422, [])
    for words in (
        "No feed was found there.",
        "It names no feed.",
        f"{SITE}feed/",
        "(404)",
        "Add the address all the same",
    ):
        assert words in answer.text


def test_a_look_that_takes_too_long_is_told(adding):
    answer, held = adding(FetchError(Fault(FaultCode.TIMEOUT, "30 s")))
    assert (answer.status_code, held) == (422, [])
    assert "The answer took too long." in answer.text


def test_safety_08_a_page_cannot_name_a_private_address(adding):
    answer, held = adding(Discovery(SITE, (DiscoveredFeed("http://127.0.0.1/feed"),)))
    assert (answer.status_code, held) == (400, [])
