from __future__ import annotations

import re

import pytest

from tests.web.newsroom import Newsroom
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
        return self.client.get(path, **kwargs)

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
