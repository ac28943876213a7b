"""The pages of alerts: making and ending one, and the page that the link in a letter opens."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from aggregator.model.fault import Fault, FaultCode
from aggregator.services import alerting, alerts
from aggregator.store import alerts as stored
from tests.web.conftest import Browser
from web import create_app
from web.door import TOKEN

MINE = {"by": "mail", "address": "ines@quay.example", "hours": "24"}


@pytest.fixture
def mailing(newsroom):
    """Somebody signed in where mail can be sent."""
    newsroom.fill()
    settings = replace(newsroom.settings, mail_server="mail.paper.example:587", mail_from="news@paper.example")
    newsroom.desk = replace(newsroom.desk, settings=settings)
    client = create_app(settings, desk=newsroom.desk).test_client()
    with client.session_transaction() as session:
        session[TOKEN] = newsroom.set_up()
    return Browser(client)


def first(newsroom):
    with newsroom.desk.database.read() as conn:
        return stored.of_member(conn, newsroom.actor().member.id)[0]


def test_an_alert_is_made_shown_and_ended(mailing, newsroom):
    assert "Be told of news" in mailing.page("/lists/front-page")
    assert mailing.post("/lists/front-page/alerts", MINE).status_code == 303
    page = mailing.page("/lists/front-page/alerts")
    assert "ines@quay.example" in page
    assert "at most once a day" in page
    assert "is on its way" in page
    ended = mailing.post(f"/lists/front-page/alerts/{first(newsroom).id}/end", follow_redirects=True)
    assert "This alert has ended." in ended.text
    assert "ines@quay.example" not in ended.text


def test_the_link_in_a_letter_says_yes_and_stops_without_a_form_token(mailing, newsroom):
    mailing.post("/lists/front-page/alerts", MINE)
    word = alerts.word_of(newsroom.desk, first(newsroom))
    stranger = mailing.client.application.test_client()
    assert "Yes, tell me" in stranger.get(f"/alerts/{word}").text
    assert first(newsroom).confirmed is None
    assert stranger.post(f"/alerts/{word}/confirm").status_code == 303
    assert "Next at" in mailing.page("/lists/front-page/alerts")
    stopped = stranger.post(f"/alerts/{word}/stop", data={"List-Unsubscribe": "One-Click"})
    assert "These alerts have stopped" in stopped.text
    assert stranger.get(f"/alerts/{word}").status_code == 404


def test_what_failed_stands_beside_the_alert(mailing, newsroom):
    sent = {"by": "webhook", "address": "https://program.example/hook", "hours": "1"}
    assert mailing.post("/lists/front-page/alerts", sent).status_code == 303
    for _ in range(alerting.MOST_TRIES):
        alerting.note_failed(newsroom.desk, alerting.News(first(newsroom), ""), Fault(FaultCode.STATUS, "500"))
    page = mailing.page("/lists/front-page/alerts")
    assert "Off since" in page
    assert re.search(r"It failed the last 8 times: [^<]*\(500\)", page)
    assert "X-Broadsheet-Signature" in page


@pytest.mark.parametrize(
    "wrong", [{"address": "nobody"}, {"hours": "3"}, {"by": "smoke"}, {"by": "webhook", "address": "https://10.0.0.1/"}]
)
def test_what_is_wrong_stands_beside_the_form(mailing, wrong):
    answer = mailing.post("/lists/front-page/alerts", {**MINE, **wrong})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
