"""What comes to the inbox: acted on where it is proved to be its actor's, else refused for a reason."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.model.fediverse import FollowState
from aggregator.services.inbox import MOST_BYTES, Received
from aggregator.sources.fediverse.signatures import Scheme
from aggregator.store import blocks, deliveries, followed, values
from aggregator.text.address import ACTOR_MARK
from tests.aggregator.worker.loopback import get, opened_desk, run
from tests.aggregator.worker.peer import PUBLIC, Peer, new_key, opened, state, take, texts


@pytest.fixture
def desk(tmp_path, server, clock):
    with opened_desk(tmp_path, server, clock, public_url="https://news.example") as desk:
        yield desk


@pytest.fixture
def ana(server):
    return Peer(server)


@pytest.fixture
def feed(desk, ana):
    (feed,) = opened(desk, ana)
    return feed


def refusals(desk):
    with desk.database.read() as conn:
        return [each.reason for each in deliveries.get_refusals(conn, limit=100)]


def refused(desk, feed):
    """Let the worker look; gives why it refused, and asserts that nothing was stored."""
    take(desk)
    assert [] == texts(desk, feed)
    with desk.database.read() as conn:
        assert 0 == deliveries.count_waiting(conn)
    (reason,) = refusals(desk)
    return reason


@pytest.mark.parametrize("scheme", list(Scheme))
def test_create_update_and_delete_do_what_they_say(desk, ana, feed, scheme):
    post = ana.note(1, "Low tide")
    assert Received.TAKEN is ana.deliver(desk, ana.create(post), scheme=scheme)
    take(desk)
    assert ["Low tide"] == texts(desk, feed)
    ana.deliver(desk, ana.activity("Update", post | {"content": "<p>High tide</p>"}, to=[PUBLIC]), scheme=scheme)
    take(desk)
    assert ["High tide"] == texts(desk, feed)
    ana.deliver(desk, ana.activity("Delete", {"id": post["id"], "type": "Tombstone"}), scheme=scheme)
    take(desk)
    assert ([], []) == (texts(desk, feed), refusals(desk))


def test_safety_58_a_delete_by_push_leaves_no_trace_in_any_file(desk, ana, feed, tmp_path):
    word = "quoxalumbra"
    post = ana.note(1, f"The {word} stays for a while")
    for number in range(2, 40):
        ana.deliver(desk, ana.create(ana.note(number, f"Other words {number}")))
    ana.deliver(desk, ana.create(post))
    take(desk)
    holding = [path.name for path in tmp_path.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]
    assert holding
    ana.deliver(desk, ana.activity("Delete", post["id"]))
    take(desk)
    assert 38 == len(texts(desk, feed))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [] == [path.name for path in files if word.encode() in path.read_bytes()]
    assert [] == [path.name for path in files if word[3:].encode() in path.read_bytes()]


def test_a_boost_is_taken_from_its_own_host_and_taken_back(desk, server, ana, feed):
    bo = Peer(server, "bo")
    post = bo.note(9, "By Bo")
    boost = ana.activity("Announce", post["id"], to=[PUBLIC])
    ana.deliver(desk, boost)
    take(desk)
    assert ["By Bo"] == texts(desk, feed)
    ana.deliver(desk, ana.activity("Undo", boost))
    take(desk)
    assert [] == texts(desk, feed)


def test_reactions_are_dropped_at_the_door(desk, ana, feed):
    assert Received.TAKEN is ana.deliver(desk, ana.activity("Like", "https://x.example/1"))
    with desk.database.read() as conn:
        assert 0 == deliveries.count_waiting(conn)
    assert [] == texts(desk, feed)


def test_the_inbox_is_shut_until_a_steward_opens_it(desk, ana, feed):
    with desk.database.write() as conn:
        values.delete_value(conn, "fediverse-push")
    assert Received.OFF is ana.deliver(desk, ana.create(ana.note(1)))
    assert [] == texts(desk, feed)


def test_safety_47_a_replay_is_refused(desk, ana, feed):
    act = ana.activity("Delete", f"{ana.base}/notes/1")
    ana.deliver(desk, act)
    take(desk)
    ana.deliver(desk, act)
    assert "its signature was used before" == refused(desk, feed)


def test_safety_47_a_stale_signature_is_refused_at_the_door(desk, ana, feed, clock):
    old = clock.instant - timedelta(hours=13)
    assert Received.REFUSED is ana.deliver(desk, ana.create(ana.note(1)), at=old)
    assert "another time" in refused(desk, feed)


def test_safety_47_another_body_is_refused_at_the_door(desk, ana, feed):
    def other(request):
        return replace(request, body=request.body.replace(b"Hello", b"Howdy"))

    assert Received.REFUSED is ana.deliver(desk, ana.create(ana.note(1)), change=other)
    assert "body" in refused(desk, feed)


def test_safety_46_another_actors_key_is_refused(desk, server, ana, feed):
    bo = Peer(server, "bo")
    ana.deliver(desk, ana.create(ana.note(1)), key=bo.key, key_id=f"{bo.id}#main-key")
    assert "somebody else" in refused(desk, feed)


def test_safety_46_a_wrong_key_is_refused(desk, ana, feed):
    ana.deliver(desk, ana.create(ana.note(1)), key=new_key())
    assert "wrong" in refused(desk, feed)


def test_safety_46_a_key_of_another_host_is_refused(desk, ana, feed):
    ana.deliver(desk, ana.create(ana.note(1)), key_id="https://elsewhere.example/users/ana#main-key")
    assert "another host" in refused(desk, feed)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"id": "https://elsewhere.example/notes/1"}, "another host"),
        ({"attributedTo": "https://elsewhere.example/users/bo"}, "somebody else"),
        ({"id": None}, "no address"),
        ({"to": ["https://x.example/users/bo"]}, "people it names"),
        ({"to": ["http://127.0.0.1/users/ana/followers"]}, "followers"),
        ({"type": "ChatMessage"}, "private message"),
        ({"type": "Tombstone"}, "deleted"),
        ({"type": "Frobnication"}, "no kind of"),
        ({"content": "", "name": None}, "nothing in it"),
    ],
)
def test_safety_46_and_48_spoofed_and_private_posts_are_refused(desk, ana, feed, told, reason):
    post = {name: value for name, value in (ana.note(1) | told).items() if value is not None}
    ana.deliver(desk, ana.activity("Create", post))
    assert reason in refused(desk, feed)


def test_safety_46_an_activity_with_an_id_elsewhere_is_refused(desk, ana, feed):
    ana.deliver(desk, ana.create(ana.note(1)) | {"id": "https://elsewhere.example/1"})
    assert "its id is on another host" in refused(desk, feed)


def test_nobody_deletes_the_posts_of_others(desk, server, ana, feed):
    bo = Peer(server, "bo")
    ana.deliver(desk, ana.create(ana.note(1, "Mine")))
    bo.deliver(desk, bo.activity("Delete", f"{ana.base}/notes/1"))
    take(desk)
    assert ["Mine"] == texts(desk, feed)
    assert ["it is about somebody else's post"] == refusals(desk)
    ana.deliver(desk, ana.activity("Delete", "https://elsewhere.example/notes/1"))
    take(desk)
    assert "it is about a post of another host" in refusals(desk)


def test_who_is_not_read_here_is_refused(desk, server, feed):
    bo = Peer(server, "bo")
    bo.deliver(desk, bo.create(bo.note(1)))
    assert "nobody here reads its actor" == refused(desk, feed)


@pytest.mark.parametrize(
    "kind", ["text/html", "application/json", "application/octet-stream", "image/png", "application/ld+json", ""]
)
def test_safety_45_other_types_are_refused_at_the_door(desk, ana, feed, kind):
    assert Received.NO_ACTIVITY is ana.deliver(desk, ana.create(ana.note(1)), kind=kind)
    assert [] == texts(desk, feed)


def test_safety_49_a_name_of_a_megabyte_is_refused_at_the_door(desk, ana, feed):
    post = ana.note(1) | {"name": "n" * 1024 * 1024}
    assert Received.TOO_LARGE is ana.deliver(desk, ana.create(post))
    assert MOST_BYTES < 1024 * 1024
    assert [] == texts(desk, feed)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 50_000, b"null", b"[]", b"\xff\xfe", b'{"type":"Create"}'])
def test_safety_49_bombs_and_rubbish_are_refused(desk, ana, feed, body):
    ana.deliver(desk, body)
    assert "could not be looked up" in refused(desk, feed)


def test_safety_49_activities_within_activities_are_refused(desk, ana, feed):
    deep = ana.create(ana.note(1))
    for _ in range(30):
        deep = ana.activity("Announce", deep)
    ana.deliver(desk, deep)
    assert "nothing in it" in refused(desk, feed) or "too deep" in refusals(desk)[0]


def test_safety_50_a_server_kept_out_is_not_heard(desk, ana, feed):
    with desk.database.write() as conn:
        blocks.set_block(conn, "127.0.0.1", None, now=desk.clock.now())
    assert Received.TAKEN is ana.deliver(desk, ana.create(ana.note(1)))
    take(desk)
    assert ([], []) == (texts(desk, feed), refusals(desk))


def test_what_waits_of_one_host_is_bounded(desk, ana, feed, monkeypatch):
    monkeypatch.setattr(deliveries, "MOST_OF_A_HOST", 3)
    came = [ana.deliver(desk, ana.create(ana.note(number))) for number in range(1, 6)]
    assert [Received.TAKEN] * 3 + [Received.FULL] * 2 == came
    assert [] == texts(desk, feed)


def test_a_new_key_is_looked_up_once(desk, server, ana, feed, clock):
    ana.deliver(desk, ana.create(ana.note(1, "Before")))
    take(desk)
    ana.key = new_key()
    ana.show()
    clock.instant += timedelta(hours=1)
    asked = server.asked["/users/ana"]
    ana.deliver(desk, ana.create(ana.note(2, "After")))
    ana.deliver(desk, ana.create(ana.note(3, "After that")))
    take(desk)
    assert ["After", "After that", "Before"] == texts(desk, feed)
    assert asked + 1 == server.asked["/users/ana"]


def test_an_actor_that_leaves_takes_all_along_though_its_key_is_gone_too(desk, ana, feed):
    ana.deliver(desk, ana.create(ana.note(1)))
    take(desk)
    ana.put("/users/ana", b"", status=410)
    ana.deliver(desk, ana.activity("Delete", ana.id))
    take(desk)
    assert ([], True, []) == (texts(desk, feed), get(desk, feed).paused, refusals(desk))


def test_people_who_left_elsewhere_are_no_news(desk, server, feed):
    bo = Peer(server, "bo")
    bo.put("/users/bo", b"", status=410)
    bo.deliver(desk, bo.activity("Delete", bo.id))
    take(desk)
    assert ([], []) == (texts(desk, feed), refusals(desk))


@pytest.mark.parametrize("kind", ["Block", "Reject"])
def test_who_does_not_want_to_be_read_is_read_no_more(desk, ana, feed, kind):
    ana.deliver(desk, ana.create(ana.note(1)))
    take(desk)
    with desk.database.write() as conn:
        followed.set_state(conn, feed, FollowState.ASKED, now=desk.clock.now())
    ours = "https://news.example/actor"
    follow = {"type": "Follow", "id": f"{ours}/follows/{feed}", "actor": ours, "object": ana.id}
    ana.deliver(desk, ana.activity(kind, ours if kind == "Block" else follow))
    take(desk)
    assert ([], True) == (texts(desk, feed), get(desk, feed).paused)
    assert FollowState.REJECTED is state(desk, feed).state


def test_an_actor_is_followed_where_it_moves_to_if_that_names_it(desk, server, ana, feed):
    bo = Peer(server, "bo")
    ana.deliver(desk, ana.activity("Move", ana.id, target=bo.id))
    take(desk)
    assert ["where it moves to does not name it"] == refusals(desk)
    bo.show(alsoKnownAs=[ana.id])
    ana.deliver(desk, ana.activity("Move", ana.id, target=bo.id))
    take(desk)
    assert bo.id + ACTOR_MARK == get(desk, feed).address


def test_we_ask_to_be_told_and_take_it_back(desk, server, ana, feed):
    posted = []
    server.posted = posted.append
    run(desk, lambda staff: staff.follows.run())
    assert ["Follow"] == [json.loads(body)["type"] for _, _, body in posted]
    assert FollowState.ASKED is state(desk, feed).state
    follow = json.loads(posted[0][2])
    ana.deliver(desk, ana.activity("Accept", follow))
    take(desk)
    assert FollowState.ACCEPTED is state(desk, feed).state
    with desk.database.write() as conn:
        values.delete_value(conn, "fediverse-push")
    run(desk, lambda staff: staff.follows.run())
    assert ["Follow", "Undo"] == [json.loads(body)["type"] for _, _, body in posted]
    assert FollowState.NONE is state(desk, feed).state


def test_an_answer_to_nothing_is_refused(desk, ana, feed):
    ana.deliver(desk, ana.activity("Accept", {"type": "Follow", "actor": "https://x.example/a", "object": ana.id}))
    assert "did not ask" in refused(desk, feed)
