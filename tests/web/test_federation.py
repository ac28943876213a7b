"""The instance in the fediverse, seen by others and by its stewards."""

from __future__ import annotations

import json

import pytest

from aggregator.model.posting import Follower
from aggregator.model.sharing import Sharing
from aggregator.services import sharing
from aggregator.services.inbox import MOST_BYTES
from aggregator.services.instance_actor import ensure_key
from aggregator.store import blocks, deliveries, followers, lists, values
from tests.web.conftest import Browser
from tests.web.newsroom import NOW, Newsroom
from web import create_app
from web.door import TOKEN

ACTIVITY = "application/activity+json"


@pytest.fixture
def room(tmp_path):
    room = Newsroom(tmp_path / "data", public_url="http://localhost")
    ensure_key(room.desk)
    yield room
    room.close()


@pytest.fixture
def client(room):
    return create_app(room.settings, desk=room.desk).test_client()


@pytest.fixture
def steward(room, client):
    with client.session_transaction() as session:
        session[TOKEN] = room.set_up()
    return Browser(client)


def test_others_find_the_instances_actor_and_its_key(client):
    found = client.get("/.well-known/webfinger?resource=acct:localhost@localhost")
    assert "application/jrd+json" in found.headers["Content-Type"]
    (link,) = found.get_json(force=True)["links"]
    answer = client.get("/actor")
    actor = answer.get_json(force=True)
    assert ACTIVITY in answer.headers["Content-Type"]
    assert (link["href"], "http://localhost/inbox") == (actor["id"], actor["inbox"])
    assert "BEGIN PUBLIC KEY" in actor["publicKey"]["publicKeyPem"]
    assert "PRIVATE" not in answer.text
    assert 404 == client.get("/.well-known/webfinger?resource=acct:ines@localhost").status_code


def test_what_describes_the_server_counts_nobody(client):
    links = client.get("/.well-known/nodeinfo").get_json(force=True)["links"]
    assert "http://localhost/nodeinfo/2.1" == links[0]["href"]
    assert {} == client.get("/nodeinfo/2.1").get_json(force=True)["usage"]["users"]


def test_an_instance_without_public_address_is_nobody_there(stranger):
    assert [404] * 3 == [stranger.get(path).status_code for path in ("/actor", "/nodeinfo/2.1", "/actor/outbox")]


def test_the_inbox_is_shut_at_first_and_says_what_it_does_not_take(room, client):
    def post(kind=ACTIVITY, body=b"{}"):
        return client.post("/inbox", data=body, headers={"Content-Type": kind}).status_code

    assert 404 == post()
    with room.desk.database.write() as conn:
        values.set_value(conn, "fediverse-push", "on")
    assert [415, 401, 413] == [post("text/html"), post(), post(body=b" " * (MOST_BYTES + 1))]
    with room.desk.database.read() as conn:
        refusals = deliveries.get_refusals(conn, limit=9)
        assert 0 == deliveries.count_waiting(conn)
    assert 3 == len({refusal.reason for refusal in refusals})
    assert 202 == post(body=json.dumps({"type": "Like"}).encode())


def test_a_steward_turns_it_on_sees_refusals_and_keeps_a_server_out(room, steward):
    steward.post("/fediverse/push", {"on": "1"})
    assert "Stop being told" in steward.page("/fediverse")
    with room.desk.database.write() as conn:
        deliveries.add_refusal(conn, host="bad.example", kind="Create", reason="its signature is wrong", now=NOW)
    steward.post("/fediverse/block", {"domain": "Bad.example", "why": "spam"})
    page = steward.page("/fediverse")
    assert all(told in page for told in ("its signature is wrong", "bad.example", "spam"))
    with room.desk.database.read() as conn:
        assert blocks.is_blocked(conn, "sub.bad.example")
        assert not blocks.is_blocked(conn, "notbad.example")
    steward.post("/fediverse/unblock", {"domain": "bad.example"})
    assert "Let in again" not in steward.page("/fediverse")


def test_what_is_no_server_is_told(steward):
    answer = steward.post("/fediverse/block", {"domain": "not a name"})
    assert 400 == answer.status_code
    assert "a name like bad.example is expected" in answer.text


def test_a_steward_lets_lists_be_followed_and_withdraws_one(room, steward, client):
    list_actor = "/lists/front-page/actor"
    sharing.set_sharing(room.desk, room.actor(), "front-page", Sharing(public=True))
    assert 404 == client.get(list_actor).status_code
    assert "Nothing is posted until you say so" in steward.page("/fediverse")
    assert 303 == steward.post("/fediverse/followed", {"on": "1"}).status_code
    page = steward.page("/fediverse")
    assert all(told in page for told in ("@front-page@localhost", "0 follow it", "Do not let it be followed"))
    assert 200 == client.get(list_actor).status_code
    assert 303 == steward.post("/fediverse/lists/front-page", {"on": "0"}).status_code
    assert 404 == client.get(list_actor).status_code
    steward.post("/fediverse/lists/front-page", {"on": "1"})
    assert 200 == client.get(list_actor).status_code
    assert 404 == steward.post("/fediverse/lists/nothing", {"on": "1"}).status_code
    steward.post("/fediverse/followed", {"on": "0"})
    assert 404 == client.get(list_actor).status_code


def test_a_list_for_members_says_that_it_cannot_be_followed(steward):
    steward.post("/fediverse/followed", {"on": "1"})
    assert "it cannot be followed from there" in steward.page("/fediverse")


def test_followers_are_counted_by_server_and_named_to_nobody(room, steward, client):
    sharing.set_sharing(room.desk, room.actor(), "front-page", Sharing(public=True))
    steward.post("/fediverse/followed", {"on": "1"})
    with room.desk.database.write() as conn:
        found = lists.get_list(conn, room.actor().group, "front-page")
        for name in ("ana", "bo"):
            who = f"https://far.example/users/{name}"
            followers.set_follower(conn, Follower(found.id, who, "far.example", f"{who}/inbox", NOW))
    page = steward.page("/fediverse")
    assert "2 follow it" in page
    assert "far.example" in page
    assert "users/ana" not in page
    told = client.get("/lists/front-page/followers").get_json(force=True)
    assert (2, False) == (told["totalItems"], "orderedItems" in told)


def test_being_followed_needs_an_address_others_reach(member):
    answer = member.post("/fediverse/followed", {"on": "1"})
    assert 400 == answer.status_code
    assert "set public_url first" in answer.text
