"""Source keys and addresses that mean one feed."""

import pytest

from aggregator.sources.identity import canonical_address, registrable_domain, source_key

FEED = "https://feeds.example.org/x"


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("https://www.bbc.co.uk/news", "bbc.co.uk"),
        ("https://blog.gazette.example.com/", "example.com"),
        ("https://user.github.io/blog/", "user.github.io"),
        ("https://cook.blogspot.com/", "cook.blogspot.com"),
        ("https://letters.substack.com/", "letters.substack.com"),
        ("https://songs.bandcamp.com", "songs.bandcamp.com"),
        ("https://www.substack.com/", "substack.com"),
        ("https://www.youtube.com/channel/UCabc", "youtube.com/channel/UCabc"),
        ("https://www.youtube.com/@Maker/videos", "youtube.com/@maker"),
        ("https://www.reddit.com/r/Bread/new", "reddit.com/r/bread"),
        ("https://github.com/python/cpython/releases", "github.com/python"),
        ("https://medium.com/@ada", "medium.com/@ada"),
        ("https://ada.medium.com/", "ada.medium.com"),
        ("https://bsky.app/profile/ada.example.com", "bsky.app/ada.example.com"),
        ("https://social.example.org/@Ada", "@ada@social.example.org"),
        ("https://social.example.org/users/ada", "@ada@social.example.org"),
        ("https://MÜNCHEN.de/", "xn--mnchen-3ya.de"),
    ],
)
def test_a_source_is_a_domain_or_a_place_on_a_shared_host(site, expected):
    assert source_key(FEED, site) == expected


@pytest.mark.parametrize(
    ("site", "title"),
    [(None, None), ("http://127.0.0.1:8900/s/1/", None), ("http://[::1]/", None), ("http://intranet/", None),
     ("http://abcdefgh.onion/", None), ("https://planet.gnome.org/", None), ("https://x.example.org/", "Planet Bread"),
     ("https://github.io/", None), ("not an address", None)],
)  # fmt: skip
def test_a_feed_without_site_a_host_without_domain_and_a_planet_are_their_own_source(site, title):
    assert source_key(FEED, site, title=title) == FEED


def test_two_feeds_of_one_host_without_domain_are_two_sources():
    site = "http://127.0.0.1:8900/s/1/"
    assert source_key("http://127.0.0.1:8900/f/1.xml", site) != source_key("http://127.0.0.1:8900/f/2.xml", site)


def test_a_lemmy_community_is_a_source():
    address = "https://lemmy.example.org/feeds/c/bread.xml"
    assert source_key(address, "https://lemmy.example.org/c/bread") == "!bread@lemmy.example.org"


@pytest.mark.parametrize(
    "address",
    ["https://example.org/feed", "http://example.org/feed", "HTTP://EXAMPLE.org:80/feed", "https://example.org:443/feed/",
     "feed://example.org/feed",
     "feed:https://example.org/feed", "https://example.org/feed#top", " https://example.org./feed ",
     "https://example.org/feed?utm_source=x"],
)  # fmt: skip
def test_one_feed_has_one_canonical_address(address):
    assert canonical_address(address) == "https://example.org/feed"


@pytest.mark.parametrize(
    "address",
    ["https://example.org/feed?page=2", "https://example.org/Feed", "https://www.example.org/feed", "https://example.org:8443/feed",
     "https://example.org/feed.xml"],
)  # fmt: skip
def test_other_feeds_have_other_addresses(address):
    assert canonical_address(address) != "https://example.org/feed"


@pytest.mark.parametrize("address", ["", "nonsense", "http://[", "mailto:a@b.example", "http://exa mple/\u2028"])
def test_what_is_no_address_comes_back(address):
    assert isinstance(canonical_address(address), str)


@pytest.mark.parametrize("host", ["localhost", "10.0.0.1", "::1", "x.onion", "co.uk", "github.io", "com", ""])
def test_hosts_without_a_registrable_domain(host):
    assert registrable_domain(host) is None
