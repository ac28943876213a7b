"""A feed names a hub, and the worker asks it."""

import asyncio
from datetime import timedelta

from aggregator.store import pushes
from aggregator.worker.hubs import Hubs
from aggregator.worker.staff import open_staff
from tests.aggregator.outbound.loopback import Loopback, http
from tests.aggregator.worker.loopback import NOW, SetClock, add, due, get, opened_desk, rss


def hub_link(address):
    return f"<link xmlns='http://www.w3.org/2005/Atom' rel='hub' href='{address}'/>"


def push_of(desk, feed):
    with desk.database.read() as conn:
        return pushes.find_push(conn, feed)


def test_a_hub_a_feed_names_is_kept_and_forgotten_with_it(desk, server, clock):
    address = server.put("/feed", rss("a", head=hub_link("https://hub.example/")))
    (feed,) = add(desk, address)
    due(desk)
    assert (push_of(desk, feed).hub, push_of(desk, feed).topic) == ("https://hub.example/", address)
    server.put("/feed", rss("a"))
    clock.instant += timedelta(days=1)
    due(desk)
    assert push_of(desk, feed) is None


def ask(tmp_path, server, **settings):
    """Let a feed name a hub on loopback, and have it asked; gives what the hub saw and what is kept."""

    async def run(desk, feed, hub):
        async with open_staff(desk) as staff:
            await Hubs(desk, staff.outbound, staff.records).ask()
            await Hubs(desk, staff.outbound, staff.records).ask()
        return hub.requests, push_of(desk, feed)

    async def main():
        async with Loopback({"/hub": http(202)}) as hub:
            with opened_desk(tmp_path, server, SetClock(), **settings) as desk:
                object.__setattr__(desk.settings, "allow_private_hosts", (server.host, *hub.listed))
                (feed,) = add(desk, "https://paper.example/feed")
                with desk.database.write() as conn:
                    pushes.set_hub(conn, feed, hub.url("/hub"), None, now=NOW)
                return await run(desk, feed, hub)

    return asyncio.run(main())


def test_safety_51_a_hub_is_asked_once_with_a_secret_and_where_to_call(tmp_path, server):
    requests, push = ask(tmp_path, server, public_url="https://news.example.org")
    assert len(requests) == 1
    assert requests[0].startswith(b"POST /hub ")
    assert (push.asked, push.until, push.failures) == (NOW, None, 1)


def test_safety_51_nobody_is_asked_where_nobody_could_call(tmp_path, server):
    requests, push = ask(tmp_path, server)
    assert (requests, push.asked) == ([], None)


def test_a_feed_that_is_told_of_news_is_still_looked_at_four_times_a_day(desk, server, clock):
    (feed,) = add(desk, server.put("/feed", rss("a", head=hub_link("https://hub.example/")), etag='"1"'))
    due(desk)
    with desk.database.write() as conn:
        pushes.set_agreed(conn, feed, until=NOW + timedelta(days=10), again=NOW + timedelta(days=8))
    clock.instant += timedelta(hours=3)
    due(desk)
    wait = get(desk, feed).schedule.due - clock.instant
    assert timedelta(hours=6) <= wait <= timedelta(hours=7)
