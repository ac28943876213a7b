"""The API: its shapes are the command line's, its document is true, and nothing is changed by a cookie."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth

from aggregator.model.sharing import Sharing
from aggregator.services import accounts, reading, sharing, subscribing, tokens
from aggregator.services.shapes import feed_shape, list_shape, rule_entry_shape, why_shape
from rankers import verify_receipt
from tests.web.newsroom import Newsroom
from web import create_app
from web.api.v1 import openapi
from web.api.v1.operations import A_MINUTE, EXTENSION, OPERATIONS
from web.throttle import Throttle

LIST = "/api/v1/lists/front-page"
WRITTEN = Path(__file__).parents[2] / "docs" / "developers" / "openapi.json"
PAGE = WRITTEN.with_name("api.md")


class Program:
    """Asks with a token."""

    def __init__(self, client, token):
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path, status=200):
        answer = self.client.get(path, headers=self.headers)
        assert answer.status_code == status, (path, answer.text)
        return answer

    def post(self, path, sent, status=200):
        answer = self.client.post(path, json=sent, headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer.get_json()


@pytest.fixture
def filled(newsroom):
    newsroom.set_up()
    newsroom.fill()
    return newsroom


@pytest.fixture
def program(app, filled):
    return Program(app.test_client(), tokens.make_token(filled.desk, filled.actor(), "A test", "write"))


def test_a_list_has_the_shape_and_the_order_of_the_command_line(program, filled):
    page = reading.list_page(filled.desk, filled.actor(), "front-page")
    addresses = {each.feed.id: each.feed.address for each in subscribing.sources(filled.desk, filled.actor())}
    assert program.get(LIST).get_json() == list_shape(page, page.items, addresses)


def test_why_rules_and_sources_have_the_shapes_of_the_command_line(program, filled):
    desk, actor = filled.desk, filled.actor()
    uid = reading.list_page(desk, actor, "front-page").items[3].entry.uid
    standing = reading.entry_page(desk, actor, uid, "front-page", what_if=True).standing
    assert program.get(f"{LIST}/why/{uid}?what_if=true").get_json() == why_shape(uid, standing)
    assert program.get("/api/v1/sources").get_json() == [feed_shape(each) for each in subscribing.sources(desk, actor)]
    from aggregator.services import editing  # noqa: PLC0415  # beside its one use

    assert program.get("/api/v1/rules").get_json() == [rule_entry_shape(each) for each in editing.rules(desk, actor)]


def test_pages_follow_each_other_on_one_snapshot(program):
    whole = [each["id"] for each in program.get(f"{LIST}?rule=newest-first&limit=200").get_json()["entries"]]
    path, seen, pages = f"{LIST}?rule=newest-first&limit=7", [], 0
    while path:
        answer = program.get(path)
        seen += [each["id"] for each in answer.get_json()["entries"]]
        link = answer.headers.get("Link")
        path, pages = link.partition("<")[2].partition(">")[0] if link else None, pages + 1
    assert (seen, pages) == (whole, 6)


def test_a_page_that_does_not_follow_on_the_one_before_says_so(program):
    first = program.get(f"{LIST}?rule=newest-first&limit=7")
    onward = first.headers["Link"].partition("<")[2].partition(">")[0]
    assert "before=" in onward
    assert program.get(onward).get_json()["changed"] is False
    assert program.get(re.sub("before=[0-9a-f]+", "before=00", onward)).get_json()["changed"] is True


def test_a_receipt_from_here_holds_and_has_the_order(program):
    data = program.get(f"{LIST}/receipt").data
    assert verify_receipt(data, b"").holds
    found = program.get(LIST).get_json()
    assert len(found["entries"]) == 30


def test_marks_are_set_and_taken_back(program, filled):
    uid = program.get(LIST).get_json()["entries"][0]["id"]
    done = program.post("/api/v1/marks", {"entries": [uid], "read": True, "starred": True})
    assert done["changed"] == 1
    assert reading.entry_page(filled.desk, filled.actor(), uid).seen.state.starred
    assert program.post("/api/v1/marks/undo", {"undo": done["undo"]})["changed"] == 1
    assert not reading.entry_page(filled.desk, filled.actor(), uid).seen.state.read
    program.post("/api/v1/marks/undo", {"undo": done["undo"]}, status=409)


@pytest.mark.parametrize(
    "sent",
    [
        {}, {"entries": []}, {"entries": "x", "read": True}, {"entries": ["x"], "read": True},
        {"entries": ["0" * 32]}, {"entries": ["0" * 32], "read": 1}, {"entries": ["0" * 32], "read": True, "more": 1},
        {"entries": ["0" * 32] * 501, "read": True}, [], "x", None,
    ],
)  # fmt: skip
def test_what_is_sent_is_read_strictly(program, sent):
    assert program.post("/api/v1/marks", sent, status=400)["status"] == 400


@pytest.mark.parametrize(
    "query",
    ["nothing=1", "limit=0", "limit=201", "limit=x", "limit=1&limit=2", "at=yesterday", "at=2026-02-30T00:00:00Z",
     "rule=A", "start=-1", "v=%D9%A1", "start=9999999"],
)  # fmt: skip
def test_what_is_asked_is_read_strictly(program, query):
    answer = program.get(f"{LIST}?{query}", status=400)
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["detail"].startswith(query.partition("=")[0] + ":")


def test_safety_34_and_40_a_cookie_changes_nothing_here_and_a_token_for_reading_neither(member, app, filled):
    uid = reading.list_page(filled.desk, filled.actor(), "front-page").items[0].entry.uid
    sent = {"entries": [uid], "read": True}
    assert member.get("/api/v1/lists").status_code == 200
    assert member.client.post("/api/v1/marks", json=sent).status_code == 401
    reader = Program(app.test_client(), tokens.make_token(filled.desk, filled.actor(), "Reads", "read"))
    reader.get(LIST)
    reader.post("/api/v1/marks", sent, status=403)


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Bearer x", "Basic eDp5", "Bearer bst_" + "x" * 5000])
def test_safety_40_a_wrong_token_is_nobody_even_with_a_cookie(member, filled, given):
    assert filled
    answer = member.client.get(LIST, headers={"Authorization": given})
    assert answer.status_code == (401 if given else 200)
    if given:
        assert (answer.headers["WWW-Authenticate"], answer.mimetype) == ("Bearer", "application/problem+json")


def test_safety_36_everybody_reads_public_lists_and_nothing_else(stranger, filled):
    assert stranger.get("/api/v1/lists").get_json() == []
    sharing.set_sharing(filled.desk, filled.actor(), "front-page", Sharing(public=True))
    assert [each["id"] for each in stranger.get("/api/v1/lists").get_json()] == ["front-page"]
    shown = stranger.get(LIST).get_json()["entries"]
    for path in (f"{LIST}/why/{shown[0]['id']}", f"{LIST}/left-out", f"{LIST}/receipt", f"{LIST}/folded"):
        assert stranger.get(path).status_code == 200, path
    for path in ("/api/v1/sources", "/api/v1/rules", f"/api/v1/entries/{shown[0]['id']}", "/api/v1/search?words=boats"):
        assert stranger.get(path).status_code == 401, path


def test_what_is_not_there_is_told_as_a_problem(program):
    for path in ("/api/v1/nothing", f"{LIST}x", "/api/v1/entries/0", "/api/v1/sources/99", "/api/v1/sources/x"):
        answer = program.get(path, status=404)
        assert answer.mimetype == "application/problem+json"
        assert set(answer.get_json()) == {"type", "title", "status", "detail"}
    assert program.client.delete(LIST, headers=program.headers).status_code in {403, 405}


def test_who_asks_too_often_is_told_when_to_go_on(program, app):
    app.extensions[EXTENSION] = Throttle(3)
    for _ in range(3):
        program.get("/api/v1/lists")
    answer = program.get("/api/v1/lists", status=429)
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert A_MINUTE > 3


def test_the_document_is_served_and_written_down(stranger):
    served = stranger.get("/api/v1/openapi.json").get_json()
    assert served == openapi.document()
    renew = "from web.api.v1 import openapi; print(openapi.as_json(), end='')"
    assert WRITTEN.read_text("utf-8") == openapi.as_json(), renew


def test_the_page_for_developers_names_every_operation():
    text = PAGE.read_text("utf-8")
    assert [] == [each.path for each in OPERATIONS if f"`{each.method} {openapi.ROOT}{each.path}`" not in text]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """An instance that thousands of invented requests are put to, as a member."""
    room = Newsroom(tmp_path_factory.mktemp("api") / "data")
    room.set_up()
    room.fill()
    app = create_app(room.settings, desk=room.desk)
    app.extensions[EXTENSION] = Throttle(10**9)
    known = {
        "list": "front-page",
        "rule": "many-voices",
        "entry": reading.list_page(room.desk, accounts.operator(room.desk), "front-page").items[0].entry.uid,
        "number": 1,
        "source": 1,
    }
    yield app, tokens.make_token(room.desk, room.actor(), "schemathesis", "write"), known
    room.close()


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda each: each.value)
@pytest.mark.parametrize("described", OPERATIONS, ids=lambda each: each.name)
def test_every_operation_does_as_the_document_says(world, described, mode):
    app, token, known = world
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    found = schema[openapi.ROOT + described.path][described.method]
    names = [each.name for each in described.parameters if each.where == "path"]
    if mode is GenerationMode.NEGATIVE and not described.parameters and not described.body:
        pytest.skip("there is nothing to ask wrongly")
    chosen = {"path_parameters": {name: known[name] for name in names}} if mode is GenerationMode.POSITIVE else {}

    @settings(
        max_examples=15, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=found.as_strategy(mode, **chosen))
    def ask(case):
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, excluded_checks=[ignored_auth])

    ask()
