from __future__ import annotations

import re

import pytest

from aggregator.services import importing, sample, searching
from tests.web.newsroom import STORY, Newsroom, opml
from web import create_app
from web.door import TOKEN

HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def newsroom(tmp_path):
    room = Newsroom(tmp_path / "data")
    yield room
    room.close()


@pytest.fixture
def app(newsroom):
    application = create_app(newsroom.settings, desk=newsroom.desk)
    application.testing = True
    application.config["PROPAGATE_EXCEPTIONS"] = False
    return application


@pytest.fixture
def stranger(app):
    return Browser(app.test_client())


@pytest.fixture
def member(app, newsroom):
    client = app.test_client()
    with client.session_transaction() as session:
        session[TOKEN] = newsroom.set_up()
    return Browser(client)


class Browser:
    """A test client that sends forms as a browser on our own page would: with the page's token."""

    def __init__(self, client):
        self.client = client

    def get(self, path, **kwargs):
        return self.client.get(path, buffered=True, **kwargs)

    def page(self, path):
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:2000])
        return answer.text

    def token(self):
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.page("/import"))
        return found[1]

    def post(self, path, data=None, *, headers=HERE, **kwargs):
        fields = {"csrf_token": self.token(), **(data or {})}
        return self.client.post(path, data=fields, headers=headers, **kwargs)


@pytest.fixture
def known(newsroom):
    """What there is to ask for: an entry, a feed, a finished import, a link, an entry of the sample."""
    newsroom.fill()
    desk, actor = newsroom.desk, newsroom.actor()
    job = importing.start_import(desk, actor, "list.opml", opml())
    importing.run_waiting(desk)
    entry = searching.search(desk, actor, "boats").items[0].seen.entry
    return {
        "edition": newsroom.add_paper(),
        "entry": entry.uid,
        "feed": str(entry.feed_id),
        "job": str(job),
        "followed": newsroom.follow_bundle(),
        "replay": newsroom.replay(),
        "link": newsroom.link(),
        "invitation": newsroom.invite(),
        "story": str(newsroom.tell(*STORY, same=STORY)),
        "sample": sample.sample_list(desk.clock.now()).items[0].entry.uid,
    }
