"""Lists in the fediverse as the store keeps them: how each stands, who follows, what was posted, what is to be sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.model.posting import Follower, ListActor
from aggregator.model.readinglist import Scope
from aggregator.store import entries, followers, lists, posting, rules

ME = "https://news.example/lists/front/actor"


@pytest.fixture
def list_id(conn, group):
    rule = rules.make_rule(conn, group, "plain")
    told = {"title": "Front", "rule_id": rule, "max_age": timedelta(days=7), "time_zone": "UTC", "scope": Scope()}
    return lists.add_list(conn, group, slug="front", **told)


def follower(list_id, now, name, host="far.example", inbox=None):
    who = f"https://{host}/users/{name}"
    return Follower(list_id, who, host, inbox or f"{who}/inbox", now)


def test_how_a_list_stands_is_kept_and_goes_with_it(conn, list_id, now):
    for actor in (ListActor(list_id, open=False), ListActor(list_id, known=True, looked=now, version=None)):
        posting.set_actor(conn, actor)
        assert {list_id: actor} == posting.get_actors(conn)
    lists.remove_list(conn, list_id, now)
    assert {list_id: "front"} == posting.get_known_slugs(conn)
    lists.delete_removed(conn, now + timedelta(days=1))
    assert {} == posting.get_actors(conn)


def test_an_entry_is_posted_once_and_the_newest_post_stands_first(conn, list_id, add, make, now):
    added = add(make.data("one"), make.data("two"))
    one, two = (added[key].id for key in ("one", "two"))
    first = posting.add_posts(conn, list_id, [(one, None, None)], now=now)
    again = posting.add_posts(conn, list_id, [(one, None, None), (two, "https://far.example/notes/2", None)], now=now)
    assert ([one], [two]) == ([each.entry_id for each in first], [each.entry_id for each in again])
    assert 2 == posting.count_posts(conn, list_id)
    newest, oldest = posting.get_posts(conn, list_id, below=None, limit=9)
    assert (two, one) == (newest.entry_id, oldest.entry_id)
    assert (oldest,) == posting.get_posts(conn, list_id, below=newest.id, limit=9)
    assert newest == posting.find_post(conn, list_id, newest.id) == posting.get_post(conn, newest.id)
    assert posting.find_post(conn, list_id + 1, newest.id) is None


def test_posts_whose_entry_is_gone_are_found_and_old_ones_are_forgotten(conn, list_id, add, make, now):
    added = add(make.data("one"), make.data("two"))
    posting.add_posts(conn, list_id, [(each.id, None, None) for each in added.values()], now=now)
    assert () == posting.get_withdrawn(conn, limit=9)
    entries.delete_entries(conn, [added["one"].id])
    (gone,) = posting.get_withdrawn(conn, limit=9)
    assert added["one"].id == gone.entry_id
    posting.delete_posts(conn, [gone.id])
    posting.delete_posts_before(conn, now)
    assert 1 == posting.count_posts(conn, list_id)
    posting.delete_posts_before(conn, now + timedelta(seconds=1))
    assert 0 == posting.count_posts(conn, list_id)


def test_followers_are_counted_by_server_and_forgotten(conn, list_id, now):
    for one in (("ana", "far.example"), ("bo", "far.example"), ("cy", "sub.near.example"), ("di", "near.example")):
        followers.set_follower(conn, follower(list_id, now, *one))
    followers.set_follower(conn, follower(list_id, now, "ana"))
    assert 4 == followers.count_followers(conn, list_id)
    domains = (("far.example", 2), ("near.example", 1), ("sub.near.example", 1))
    assert {list_id: domains} == followers.get_domains(conn)
    assert followers.delete_follower(conn, "https://far.example/users/bo", list_id)
    assert not followers.delete_follower(conn, "https://far.example/users/bo")
    followers.delete_domain(conn, "near.example")
    assert {list_id: (("far.example", 1),)} == followers.get_domains(conn)
    followers.delete_followers_of_list(conn, list_id)
    assert 0 == followers.count_followers(conn, list_id)


def test_what_is_sent_goes_once_to_each_inbox_in_order(conn, list_id, now):
    shared = "https://far.example/inbox"
    for name in ("ana", "bo"):
        followers.set_follower(conn, follower(list_id, now, name, inbox=shared))
    followers.set_follower(conn, follower(list_id, now, "cy", "near.example"))
    followers.send_to_all(conn, list_id, ME, post=7, now=now)
    followers.send(conn, ME, follower(list_id, now, "cy", "near.example"), "{}", now=now + timedelta(hours=1))
    due = followers.get_due(conn, now, limit=9)
    assert [(shared, 7, None, 0), ("https://near.example/users/cy/inbox", 7, None, 0)] == [
        (each.inbox, each.post, each.body, each.tries) for each in due
    ]
    assert 3 == followers.count_unsent(conn)
    followers.put_off(conn, [due[0].id], now + timedelta(hours=2), tries=1)
    assert [due[1].id] == [each.id for each in followers.get_due(conn, now, limit=9)]
    assert 1 == followers.get_due(conn, now + timedelta(hours=2), limit=9)[0].tries
    followers.delete_sending(conn, due[1].id)
    followers.delete_sendings_of(conn, [7])
    assert 1 == followers.count_unsent(conn)


def test_an_inbox_that_is_gone_takes_its_followers_and_what_waits_along(conn, list_id, now):
    for name in ("ana", "bo"):
        followers.set_follower(conn, follower(list_id, now, name))
    followers.send_to_all(conn, list_id, ME, body="{}", now=now)
    followers.delete_inbox(conn, "https://far.example/users/ana/inbox")
    assert (1, 1) == (followers.count_followers(conn, list_id), followers.count_unsent(conn))


def test_a_domain_kept_out_is_sent_nothing_more_and_one_that_ends_alike_is(conn, list_id, now):
    for host in ("bad.example", "sub.bad.example", "notbad.example"):
        followers.set_follower(conn, follower(list_id, now, "ana", host))
    followers.send_to_all(conn, list_id, ME, body="{}", now=now)
    followers.delete_domain(conn, "bad.example")
    assert {"notbad.example"} == {each.host for each in followers.get_due(conn, now, limit=9)}
