"""Lists followed from the fediverse: who may, and what they are told, delivered over HTTP and signed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from apsig.draft.verify import Verifier
from apsig.rfc9421 import RFC9421Verifier
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from aggregator.model.sharing import Sharing
from aggregator.services import (
    being_followed,
    federating,
    list_actors,
    list_news,
    list_posts,
    publishing,
    sharing,
    subscribing,
)
from aggregator.services.instance_actor import ensure_key, find_signer
from aggregator.sources.fediverse.signatures import Request, Scheme, sign
from aggregator.store import deliveries, entries, feeds, followers, leases
from aggregator.text.address import ACTOR_MARK
from aggregator.worker.posting import FIRST_WAIT, LONGEST_WAIT, MOST_TRIES
from rankers import published_rules
from tests.aggregator.worker.loopback import run
from tests.aggregator.worker.peer import OURS, PUBLIC, Peer, pem_of, take
from tests.web.newsroom import NOW, SOURCES, Newsroom, Standing

LIST = f"{OURS}/lists/front-page/actor"


@pytest.fixture
def room(tmp_path, server):
    room = Newsroom(tmp_path / "data", public_url=OURS, allow_private_hosts=(server.host,))
    room.set_up()
    room.subscribe()
    room.fetch(arrived=NOW - timedelta(hours=2))
    ensure_key(room.desk)
    sharing.set_sharing(room.desk, room.actor(), "front-page", Sharing(public=True))
    being_followed.set_on(room.desk, room.actor(), on=True)
    yield room
    room.close()


@pytest.fixture
def desk(room):
    return room.desk


@pytest.fixture
def got(server):
    got = []
    server.posted = got.append
    return got


@pytest.fixture
def ana(server, got):  # noqa: ARG001  # who posts to it is heard from the start
    return Peer(server)


def post(desk):
    """Look for news and send it; gives the desk of an hour later."""
    run(desk, lambda staff: staff.posting.run())
    return later(desk)


def later(desk, **more):
    return replace(desk, clock=Standing(desk.clock.now() + timedelta(**(more or {"hours": 1}))))


def follow(desk, ana, what=LIST):
    act = ana.activity("Follow", what)
    ana.deliver(desk, act)
    take(desk)
    return act


def count(desk):
    with desk.database.read() as conn:
        return sum(many for domains in followers.get_domains(conn).values() for _, many in domains)


def refusals(desk):
    with desk.database.read() as conn:
        return [each.reason for each in deliveries.get_refusals(conn, limit=9)]


def activities(got):
    return [json.loads(body) for _, _, body in got]


def kinds(got):
    return [each["type"] for each in activities(got)]


def arrive(room, desk, title="Brand new"):
    """Have a source publish one more entry now."""
    source = SOURCES[0]
    moved = replace(source, items=(*source.items, replace(source.items[0], title=title, hours_old=0.0)))
    at = desk.clock.now()
    with desk.database.write() as conn:
        feed = feeds.find_feed_by_address(conn, source.address)
        leases.set_due(conn, feed.id, at)
    room.desk = desk
    room.fetch((moved, *SOURCES[1:]))


def test_who_follows_is_accepted_and_told_what_comes_in_later_once(room, desk, ana, got):
    desk = post(desk)
    act = follow(desk, ana)
    desk = post(desk)
    (accepted,) = activities(got)
    assert ("Accept", LIST, act["id"]) == (accepted["type"], accepted["actor"], accepted["object"]["id"])
    assert f'keyId="{LIST}#main-key"' in got[0][1]["Signature"]
    got.clear()
    arrive(room, desk)
    desk = post(post(desk))
    (created,) = activities(got)
    note = created["object"]
    assert ("Create", "Note", LIST) == (created["type"], note["type"], note["attributedTo"])
    assert [PUBLIC] == note["to"]
    assert all(told in note["content"] for told in ("Brand new", SOURCES[0].title, "href="))
    assert SOURCES[0].items[0].body not in note["content"]


def test_one_inbox_is_told_once_however_many_follow_there(room, desk, server, ana, got):
    bo = Peer(server, "bo")
    for peer in (ana, bo):
        peer.show(endpoints={"sharedInbox": f"{peer.base}/inbox"})
    desk = post(desk)
    follow(desk, ana)
    follow(desk, bo)
    desk = post(desk)
    arrive(room, desk)
    post(desk)
    assert ["Accept", "Accept", "Create"] == kinds(got)
    assert "/inbox" == got[-1][0]


def test_who_undoes_it_blocks_the_list_or_leaves_is_forgotten(desk, ana):
    for last in ("undo", "block", "leave"):
        act = follow(desk, ana)
        assert 1 == count(desk)
        ana.deliver(
            desk,
            {
                "undo": lambda: ana.activity("Undo", act),  # noqa: B023  # called at once
                "block": lambda: ana.activity("Block", LIST),
                "leave": lambda: ana.activity("Delete", ana.id),
            }[last](),
        )
        take(desk)
        assert (0, []) == (count(desk), refusals(desk))


def test_nobody_ends_what_somebody_else_follows(desk, server, ana):
    act = follow(desk, ana)
    bo = Peer(server, "bo")
    bo.deliver(desk, bo.activity("Undo", act))
    take(desk)
    assert 1 == count(desk)


@pytest.mark.parametrize("case", ["private", "closed", "off", "unknown", "personal", "elsewhere"])
def test_lists_that_are_not_everybodys_cannot_be_followed(room, desk, ana, case):
    what = {"unknown": f"{OURS}/lists/nothing/actor", "personal": f"{OURS}/lists/my-own/actor"}.get(case, LIST)
    if case == "private":
        sharing.set_sharing(desk, room.actor(), "front-page", Sharing(public=False))
    if case == "closed":
        being_followed.set_open(desk, room.actor(), "front-page", on=False)
    if case == "off":
        being_followed.set_on(desk, room.actor(), on=False)
        federating.set_push(desk, room.actor(), on=True)
    if case == "elsewhere":
        what = "https://elsewhere.example/lists/front-page/actor"
    follow(desk, ana, what)
    assert 0 == count(desk)
    assert ["it follows no list that can be followed"] == refusals(desk)


def test_safety_50_a_server_kept_out_cannot_follow_and_its_followers_go(room, desk, ana):
    follow(desk, ana)
    federating.block(desk, room.actor(), "127.0.0.1", None)
    assert 0 == count(desk)
    follow(desk, ana)
    assert 0 == count(desk)


def test_an_entry_of_the_fediverse_is_passed_on_and_taken_back_with_its_post(room, desk, ana, got):

    feed = subscribing.add_source(desk, room.actor(), ana.id + ACTOR_MARK).feed.id
    ana.outbox(ana.create(ana.note(1, "Low tide")))
    desk = post(desk)
    follow(desk, ana)
    desk = post(desk)
    run(desk, lambda staff: staff.loop.these([feed]))
    got.clear()
    desk = post(desk)
    announce = next(each for each in activities(got) if each["type"] == "Announce")
    assert f"{ana.base}/notes/1" == announce["object"]
    got.clear()
    with desk.database.read() as conn:
        (held,) = entries.iter_entries(conn, feed_id=feed, limit=9)
    with desk.database.write() as conn:
        entries.delete_entries(conn, [held.id])
    post(desk)
    (undo,) = activities(got)
    assert ("Undo", announce["id"]) == (undo["type"], undo["object"]["id"])


def test_who_did_not_agree_to_be_found_is_not_passed_on(room, desk, ana):
    ana.show(indexable=False)
    feed = subscribing.add_source(desk, room.actor(), ana.id + ACTOR_MARK).feed.id
    ana.outbox(ana.create(ana.note(1, "Low tide")))
    run(desk, lambda staff: staff.loop.these([feed]))
    post(desk)
    items = list_posts.outbox_page(desk, "front-page", None)["orderedItems"]
    assert items
    assert "Announce" not in [each["type"] for each in items]


def test_an_entry_that_is_withdrawn_is_deleted_elsewhere(desk, ana, got):
    desk = post(desk)
    follow(desk, ana)
    desk = post(desk)
    number = list_posts.outbox_page(desk, "front-page", None)["orderedItems"][0]["object"]["id"].rpartition("/")[2]
    got.clear()
    with desk.database.read() as conn:
        held = entries.iter_entries(conn, limit=1000)
    with desk.database.write() as conn:
        entries.delete_entries(conn, [each.id for each in held])
    post(desk)
    told = activities(got)
    assert {"Delete"} == set(kinds(got))
    assert f"{OURS}/lists/front-page/posts/{number}" in [each["object"]["id"] for each in told]


def test_a_list_that_is_everybodys_no_more_says_that_it_is_gone(room, desk, ana, got):
    follow(desk, ana)
    desk = post(desk)
    got.clear()
    sharing.set_sharing(desk, room.actor(), "front-page", Sharing(public=False))
    post(desk)
    (told,) = activities(got)
    assert ("Delete", LIST, LIST) == (told["type"], told["actor"], told["object"])
    assert 0 == count(desk)


def test_a_new_version_of_the_rule_is_told_as_an_article(room, desk, ana, got):

    follow(desk, ana)
    desk = post(desk)
    got.clear()
    text = published_rules()["fair-turns"].replace("fair-turns", "many-voices")
    publishing.publish(desk, room.actor(), text, reason="More turns <for> all")
    post(desk)
    article = next(each["object"] for each in activities(got) if each["object"]["type"] == "Article")
    assert article["name"].startswith("The rule changed: ")
    assert "<li>" in article["content"]
    assert "More turns &lt;for&gt; all" in article["content"]


def test_what_is_put_off_is_sent_later(desk, ana, got):
    follow(desk, ana)
    assert 1 == count(desk)
    with desk.database.write() as conn:
        (one,) = followers.get_due(conn, desk.clock.now(), limit=9)
        followers.put_off(conn, [one.id], desk.clock.now() + timedelta(hours=2), tries=1)
    post(desk)
    assert [] == got
    post(later(desk, hours=3))
    assert "Accept" in kinds(got)


@pytest.mark.parametrize("scheme", list(Scheme))
def test_what_a_list_signs_is_checked_by_another_library(desk, scheme):
    signer = replace(find_signer(desk), key_id=list_actors.key_id(LIST))
    pem = list_actors.document(desk, "front-page")["publicKey"]["publicKeyPem"]
    assert pem_of(signer.key) == pem
    body = b'{"type":"Accept"}'
    fields = sign(Request("POST", "https://there.example/inbox", {}, body), signer, datetime.now(UTC), scheme)
    headers = {name.lower(): value for name, value in fields.items()} | {"host": "there.example"}
    check(scheme, pem, headers, body)


def check(scheme, pem, headers, body):
    where = "https://there.example/inbox"
    if scheme is Scheme.CAVAGE:
        proved = Verifier(pem, "POST", where, headers, body).verify(raise_on_fail=True)
    else:
        # It knows @target-uri only as a field it is handed.
        fields = {**headers, "@target-uri": where}
        key = load_pem_public_key(pem.encode())
        proved = RFC9421Verifier(key, "POST", "/inbox", "there.example", fields, body).verify(raise_on_fail=True)
    assert list_actors.key_id(LIST) == proved


def test_editions_are_told_when_they_are_made(room, desk):
    assert list_news.PLACES < list_news.EDITION_PLACES
    room.add_paper()
    sharing.set_sharing(desk, room.actor(), "paper", Sharing(public=True))
    list_news.look(desk)
    many = list_posts.outbox(desk, "paper")["totalItems"]
    assert 0 < many <= list_news.EDITION_PLACES
    list_news.look(later(desk))
    assert many == list_posts.outbox(desk, "paper")["totalItems"]


def test_a_server_that_says_it_is_gone_is_forgotten_with_all_who_follow_there(desk, server, ana):
    follow(desk, ana)
    server.taken = 410
    post(desk)
    assert (0, 0) == (count(desk), unsent(desk))


def test_a_server_in_trouble_is_told_later_each_time_longer_and_in_the_end_no_more(desk, server, ana):
    follow(desk, ana)
    server.taken = 503
    for tries in range(MOST_TRIES):
        run(desk, lambda staff: staff.posting.send())
        wait = min(FIRST_WAIT * 4**tries, LONGEST_WAIT)
        assert [0, 1] == [due(desk, wait - timedelta(seconds=1)), due(desk, wait)]
        desk = later(desk, seconds=wait.total_seconds())
    run(desk, lambda staff: staff.posting.send())
    assert (1, 0) == (count(desk), unsent(desk))


def test_what_a_server_refuses_is_not_sent_again(desk, server, ana):
    follow(desk, ana)
    server.taken = 404
    run(desk, lambda staff: staff.posting.send())
    assert (1, 0) == (count(desk), unsent(desk))


def due(desk, wait):
    with desk.database.read() as conn:
        return len(followers.get_due(conn, desk.clock.now() + wait, limit=9))


def unsent(desk):
    with desk.database.read() as conn:
        return followers.count_unsent(conn)
