"""Looking for feeds through the whole path: the outward door, the parse processes, the order of asking."""

from __future__ import annotations

import json

import pytest

from aggregator.errors import FetchError
from aggregator.model.discovery import DiscoveredFeed, Tried
from aggregator.model.fault import Fault, FaultCode
from aggregator.outbound import guard
from aggregator.worker.discovering import discover
from tests.aggregator.worker.loopback import NOW, Server, rss, run

FEED = rss("a")
ABSENT = Fault(FaultCode.STATUS, "404")


def look(desk, address):
    return run(desk, lambda staff: discover(staff, address, NOW))


def page(*links):
    head = "".join(f'<link rel="alternate" type="application/rss+xml" href="{link}">' for link in links)
    return f"<!doctype html><html><head>{head}</head><body><p>Hello</p></body></html>".encode()


@pytest.fixture
def site(server):
    """Let every path that is not served answer 404."""

    class Absent(dict):
        def __missing__(self, path):
            def absent(handler):
                handler.send_response(404)
                handler.send_header("Content-Length", "0")
                handler.end_headers()

            return absent

    server.pages = Absent(server.pages)
    return server


def test_a_feed_is_found_at_its_own_address(desk, site):
    address = site.put("/feed", FEED)
    found = look(desk, address)
    assert (found.asked, found.feeds, found.tried) == (address, (DiscoveredFeed(address, "Paper"),), ())
    assert site.asked.total() == 1


def test_a_feed_that_leads_on_is_taken_as_it_was_pasted(desk, site):
    site.put("/real", FEED)
    address = site.put("/old", status=301, Location="/real")
    assert [feed.address for feed in look(desk, address).feeds] == [address]


def test_a_page_names_its_feeds_and_nothing_else_is_asked(desk, site):
    address = site.put("/blog", page("/one", "two"), content_type="text/html")
    found = look(desk, address)
    assert [feed.address for feed in found.feeds] == [f"http://{site.host}/one", f"http://{site.host}/two"]
    assert found.tried == (Tried(address),)
    assert site.asked.total() == 1


def test_links_are_read_from_where_a_page_leads(desk, site):
    site.put("/there/", page("feed"), content_type="text/html")
    address = site.put("/here", status=302, Location="/there/")
    assert [feed.address for feed in look(desk, address).feeds] == [f"http://{site.host}/there/feed"]


def test_the_places_of_a_service_are_tried_where_a_page_names_none(desk, site):
    address = site.put("/@ines", page(), content_type="text/html")
    feed = site.put("/users/ines.atom", FEED)
    found = look(desk, address)
    assert found.feeds == (DiscoveredFeed(feed, "Paper"),)
    assert found.tried == (
        Tried(f"http://{site.host}/.well-known/webfinger?resource=acct:ines@{site.host}", ABSENT),
        Tried(address),
        Tried(f"{address}.rss", ABSENT),
        Tried(f"{address}.atom", ABSENT),
    )


def runs(site, software):
    """Have a server say what it runs."""
    schema = "http://nodeinfo.diaspora.software/ns/schema/2.1"
    links = {"links": [{"rel": schema, "href": f"http://{site.host}/nodeinfo/2.1"}]}
    site.put("/.well-known/nodeinfo", json.dumps(links).encode(), content_type="application/json")
    told = {"version": "2.1", "software": {"name": software, "version": "1"}}
    site.put("/nodeinfo/2.1", json.dumps(told).encode(), content_type="application/json")


@pytest.mark.parametrize(
    ("software", "path", "feed", "not_asked"),
    [
        ("pixelfed", "/@ines", "/users/ines.atom", ("/@ines.rss", "/@ines.atom")),
        ("PeerTube", "/c/boats", "/feeds/videos.xml?videoChannelName=boats", ("/feeds/c/boats.xml",)),
        ("gotosocial", "/@ines", "/@ines/feed.rss", ()),
        ("writefreely", "/ines", "/ines/feed/", ()),
        ("something-new", "/@ines", "/users/ines.atom", ()),
    ],
)
def test_what_a_server_says_it_runs_decides_where_is_looked(desk, site, *, software, path, feed, not_asked):
    runs(site, software)
    address = site.put(path, page(), content_type="text/html")
    found = look(desk, site.put(feed, FEED))
    assert found.feeds
    assert look(desk, address).feeds == (DiscoveredFeed(f"http://{site.host}{feed}", "Paper"),)
    assert [site.asked[each] for each in not_asked] == [0] * len(not_asked)


@pytest.mark.parametrize(
    "links",
    [
        {"links": [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": "http://10.0.0.1/nodeinfo"}]},
        {"links": [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": ["x"]}, 7, None]},
        {"links": "none"},
        [1],
    ],
)
def test_a_server_that_describes_itself_wrongly_is_looked_through_all_the_same(desk, site, links):
    site.put("/.well-known/nodeinfo", json.dumps(links).encode(), content_type="application/json")
    address = site.put("/@ines", page(), content_type="text/html")
    site.put("/users/ines.atom", FEED)
    assert look(desk, address).feeds == (DiscoveredFeed(f"http://{site.host}/users/ines.atom", "Paper"),)


def test_a_server_is_asked_what_it_runs_once_in_seven_days(desk, site):
    runs(site, "pixelfed")
    addresses = [site.put(path, page(), content_type="text/html") for path in ("/@ines", "/@bo")]

    async def both(staff):
        return [await discover(staff, address, NOW) for address in addresses]

    run(desk, both)
    assert (1, 1) == (site.asked["/.well-known/nodeinfo"], site.asked["/nodeinfo/2.1"])


def test_the_usual_places_are_the_last_resort_and_the_first_will_do(desk, site):
    address = site.put("/", page(), content_type="text/html")
    feed = site.put("/rss.xml", FEED)
    site.put("/atom.xml", FEED)
    found = look(desk, address)
    assert found.feeds == (DiscoveredFeed(feed, "Paper"),)
    assert site.asked["/atom.xml"] == 0


def test_where_nothing_is_found_all_that_was_tried_is_told(desk, site):
    address = site.put("/", page(), content_type="text/html")
    found = look(desk, address)
    assert found.feeds == ()
    assert found.tried[0] == Tried(address)
    assert {tried.fault for tried in found.tried[1:]} == {ABSENT}
    assert site.asked.total() == len(found.tried) <= 10


def test_a_page_in_a_usual_place_is_no_feed(desk, site):
    address = site.put("/", page(), content_type="text/html")
    site.put("/feed/", page("/elsewhere"), content_type="text/html")
    assert look(desk, address).feeds == ()


def test_a_site_that_does_not_answer_is_asked_once(desk):
    found = look(desk, "http://nobody.invalid/")
    assert (found.feeds, len(found.tried), found.tried[0].fault.code) == ((), 1, FaultCode.DNS)


def test_safety_16_a_page_that_takes_too_long_to_read_is_stopped(desk, site):
    address = site.put("/", b"<html>" + b"<b><a href='x'>" * 600_000, content_type="text/html")
    found = look(desk, address)
    assert found.feeds == ()


@pytest.fixture
def forbidden(monkeypatch):
    """Make a listener on loopback whose port is as good as 80: only its address forbids it."""
    server = Server()
    monkeypatch.setitem(guard.PORTS, "test", server.http.server_port)
    yield server
    server.close()


PRIVATE = (
    "http://127.0.0.1:{port}/x", "http://localhost:{port}/x", "http://0x7f000001/", "http://10.0.0.1/",
    "http://[::1]/", "http://169.254.169.254/latest", "file:///etc/passwd", "http://2130706433/",
)  # fmt: skip


@pytest.mark.parametrize("target", PRIVATE)
@pytest.mark.parametrize("way", ["pasted", "redirect", "redirect of a usual place"])
def test_safety_08_discovery_never_reaches_a_private_address(desk, site, forbidden, way, target):
    target = target.format(port=forbidden.http.server_port)
    if way == "pasted":
        address = target
    elif way == "redirect":
        address = site.put("/", status=302, Location=target)
    else:
        address = site.put("/", page(), content_type="text/html")
        site.put("/feed/", status=302, Location=target)
    try:
        found = look(desk, address)
    except FetchError:
        raise AssertionError("faults of addresses are told, not raised") from None
    assert found.feeds == ()
    assert forbidden.asked.total() == 0
