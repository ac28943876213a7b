from __future__ import annotations

import pytest

from aggregator.errors import BadInputError, BusyError, ConflictError, NotAllowedError, NotFoundError
from aggregator.model.ids import FeedId
from aggregator.model.member import Actor, Role
from aggregator.services import accounts, subscribing

ADDRESS = "https://harbour.example.org/feed"


@pytest.fixture
def actor(desk):
    return accounts.operator(desk)


@pytest.fixture
def harbour(desk, actor):
    return subscribing.add_source(desk, actor, ADDRESS, folder="News/Local").feed.id


def test_added_source_is_due_at_once(desk, actor, harbour):
    assert (harbour,) == subscribing.due_sources(desk, actor)


def test_added_source_is_called_by_its_host_until_it_says_more(desk, actor, harbour):
    held = subscribing.source(desk, actor, harbour)
    assert ("harbour.example.org", ("News/Local",)) == (held.feed.title, held.subscription.folders)


@pytest.mark.usefixtures("harbour")
@pytest.mark.parametrize("spelling", [f" {ADDRESS} ", "http://HARBOUR.example.org/feed/", f"{ADDRESS}?utm_source=x"])
def test_adding_it_again_is_a_conflict_that_names_it(desk, actor, spelling):
    with pytest.raises(ConflictError, match=ADDRESS):
        subscribing.add_source(desk, actor, spelling)
    assert len(subscribing.sources(desk, actor)) == 1


@pytest.mark.parametrize(
    "address", ["", "harbour", "file:///etc/passwd", "http://127.0.0.1/feed", "https://ana:word@example.org/feed"]
)
def test_address_no_feed_can_have_is_refused_in_plain_words(desk, actor, address):
    with pytest.raises(BadInputError) as caught:
        subscribing.add_source(desk, actor, address)
    assert caught.value.problem.endswith((".", ")"))


def test_own_title_and_back_to_the_publishers(desk, actor, harbour):
    subscribing.rename(desk, actor, harbour, " Our  harbour ")
    assert subscribing.source(desk, actor, harbour).subscription.title == "Our harbour"
    subscribing.rename(desk, actor, harbour, None)
    assert subscribing.source(desk, actor, harbour).subscription.title is None


def test_paused_source_is_not_due(desk, actor, harbour):
    subscribing.pause(desk, actor, harbour)
    assert subscribing.due_sources(desk, actor) == ()


def test_resumed_source_is_due_again(desk, actor, harbour):
    subscribing.pause(desk, actor, harbour)
    subscribing.resume(desk, actor, harbour)
    assert subscribing.due_sources(desk, actor) == (harbour,)


def test_removed_source_is_gone(desk, actor, harbour):
    subscribing.remove(desk, actor, harbour)
    assert subscribing.sources(desk, actor) == ()


def test_restored_source_is_what_it_was(desk, actor, harbour):
    subscribing.rename(desk, actor, harbour, "Our harbour")
    before = subscribing.source(desk, actor, harbour)
    subscribing.restore(desk, actor, subscribing.remove(desk, actor, harbour))
    assert before == subscribing.source(desk, actor, harbour)


def test_removed_source_can_be_added_again(desk, actor, harbour):
    subscribing.remove(desk, actor, harbour)
    assert harbour == subscribing.add_source(desk, actor, ADDRESS).feed.id
    assert subscribing.due_sources(desk, actor) == (harbour,)


@pytest.mark.parametrize("use", [subscribing.pause, subscribing.resume, subscribing.remove, subscribing.source])
def test_source_that_is_not_there_is_not_found(desk, actor, use):
    with pytest.raises(NotFoundError):
        use(desk, actor, FeedId(404))


def test_refresh_without_a_worker_says_so(desk, actor, harbour):
    with pytest.raises(BusyError):
        subscribing.refresh(desk, actor, [harbour])


def test_reader_may_look_and_not_touch(desk, actor, harbour):
    reader = Actor(actor.member, actor.group, Role.READER)
    assert len(subscribing.sources(desk, reader)) == 1
    for refused in (
        lambda: subscribing.add_source(desk, reader, "https://quai.example.net/rss"),
        lambda: subscribing.rename(desk, reader, harbour, "x"),
        lambda: subscribing.pause(desk, reader, harbour),
        lambda: subscribing.resume(desk, reader, harbour),
        lambda: subscribing.remove(desk, reader, harbour),
        lambda: subscribing.refresh(desk, reader, None),
    ):
        with pytest.raises(NotAllowedError):
            refused()
