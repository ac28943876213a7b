from __future__ import annotations

import pytest

from aggregator.text.masking import has_secret, mask


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://ana:s3cret@news.example.org/feed", "https://…@news.example.org/feed"),
        ("https://forge.example.org/me.atom?feed_token=glft-abc123", "https://forge.example.org/me.atom?feed_token=…"),
        ("https://a.example.org/rss?auth=Zm9vYmFy&page=2", "https://a.example.org/rss?auth=…&page=2"),
        ("https://a.example.org/rss?x=1&access-token=abcdefgh#top", "https://a.example.org/rss?x=1&access-token=…#top"),
        ("https://cast.example.org/private/8c1f0b/feed.xml", "https://cast.example.org/…/feed.xml"),
    ],
)
def test_safety_56_secret_is_masked(address, shown):
    assert (True, shown) == (has_secret(address), mask(address))


@pytest.mark.parametrize(
    "address",
    [
        "https://news.example.org/feed",
        "https://news.example.org/feed?format=rss&lang=fr",
        "https://video.example.org/feeds/videos.xml?channel_id=UC0123456789abcdefghijkl",
        "https://news.example.org/feed?key=news",
        "https://shows.example.org/public/8c1f0b5e-7a51-4a6e-9a55-0d0f8d1b9d3e/rss",
        "https://[broken",
    ],
)
def test_public_address_is_shown_as_it_is(address):
    assert (False, address) == (has_secret(address), mask(address))
