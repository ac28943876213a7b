"""From the address of a service to where its feeds are."""

from __future__ import annotations

import pytest

from aggregator.sources.places import pasted_address, service_guesses, well_known

YOUTUBE = "https://www.youtube.com/feeds/videos.xml"
FIRST = {
    "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv": f"{YOUTUBE}?channel_id=UCabcdefghijklmnopqrstuv",
    "https://m.youtube.com/channel/UCabcdefghijklmnopqrstuv/videos": f"{YOUTUBE}?channel_id=UCabcdefghijklmnopqrstuv",
    "https://youtube.com/user/harbour": f"{YOUTUBE}?user=harbour",
    "https://www.youtube.com/playlist?list=PL12345": f"{YOUTUBE}?playlist_id=PL12345",
    "https://www.youtube.com/watch?v=x&list=PL12345": f"{YOUTUBE}?playlist_id=PL12345",
    "https://old.reddit.com/r/worldnews/": "https://www.reddit.com/r/worldnews/.rss",
    "https://www.reddit.com/r/a/top/": "https://www.reddit.com/r/a/top/.rss",
    "https://www.reddit.com/r/a/comments/1x2y/some_title/": "https://www.reddit.com/r/a/comments/1x2y/.rss",
    "https://reddit.com/user/ines": "https://www.reddit.com/user/ines/.rss",
    "https://github.com/paper/press": "https://github.com/paper/press/releases.atom",
    "https://github.com/paper/press/tree/main": "https://github.com/paper/press/releases.atom",
    "https://github.com/paper": "https://github.com/paper.atom",
    "https://bsky.app/profile/paper.example": "https://bsky.app/profile/paper.example/rss",
    "https://bsky.app/profile/did:plc:abc123": "https://bsky.app/profile/did:plc:abc123/rss",
    "https://quay.substack.com/p/the-tide": "https://quay.substack.com/feed",
    "https://substack.com/@quay": "https://quay.substack.com/feed",
    "https://quay.wordpress.com/2026/01/02/tide/": "https://quay.wordpress.com/feed/",
    "https://quay.wordpress.com/category/boats/": "https://quay.wordpress.com/category/boats/feed/",
    "https://paper.example/tag/boats": "https://paper.example/tag/boats/feed/",
    "https://write.as/ines/": "https://write.as/ines/feed/",
    "https://social.example/@ines": "https://social.example/@ines.rss",
    "https://social.example/web/@ines/": "https://social.example/@ines.rss",
    "https://social.example/@ines/109876": "https://social.example/@ines.rss",
    "https://social.example/users/ines": "https://social.example/users/ines.rss",
    "https://social.example/tags/boats": "https://social.example/tags/boats.rss",
    "https://lemmy.example/c/boats": "https://lemmy.example/feeds/c/boats.xml",
    "https://lemmy.example/c/boats@other.example": "https://lemmy.example/feeds/c/boats@other.example.xml",
    "https://lemmy.example/u/ines": "https://lemmy.example/feeds/u/ines.xml",
    "https://tube.example/video-channels/boats/videos": "https://tube.example/feeds/videos.xml?videoChannelName=boats",
    "https://tube.example/a/ines/video-channels": "https://tube.example/feeds/videos.xml?accountName=ines",
    "https://tube.example/videos/local": "https://tube.example/feeds/videos.xml",
    "https://pix.example/i/web/profile/ines": "https://pix.example/users/ines.atom",
}


@pytest.mark.parametrize("address", FIRST)
def test_the_likeliest_feed_of_a_service_address(address):
    assert service_guesses(address).addresses[0] == FIRST[address]


def test_the_feed_of_a_misskey_or_pixelfed_profile_is_among_the_guesses():
    guesses = service_guesses("https://social.example/@ines").addresses
    assert {"https://social.example/@ines.atom", "https://social.example/users/ines.atom"} <= set(guesses)


def test_a_peertube_channel_is_among_the_guesses_of_a_community():
    assert "https://x.example/feeds/videos.xml?videoChannelName=c" in service_guesses("https://x.example/c/c").addresses


@pytest.mark.parametrize(
    "address",
    [
        "https://paper.example/",
        "https://paper.example/2026/01/the-tide",
        "https://www.youtube.com/watch?v=x",
        "https://www.youtube.com/@harbour",
        "https://youtube.com.evil.example/channel/UCabcdefghijklmnopqrstuv",
        "https://www.youtube.com/playlist?list=a%26b",
        "http://[::1",
        "",
    ],
)
def test_other_addresses_have_no_guesses(address):
    assert service_guesses(address).addresses == ()


def test_guesses_never_lead_to_another_host_than_the_service_or_the_address():
    for address in FIRST:
        for guess in service_guesses(address).addresses:
            host = guess.split("/")[2]
            assert host == address.split("/")[2] or host in {
                "www.youtube.com",
                "www.reddit.com",
                "quay.substack.com",
            }


def test_usual_places_begin_beneath_the_page_and_are_few():
    places = well_known("https://paper.example/blog/")
    assert places[0] == "https://paper.example/blog/feed/"
    assert "https://paper.example/feed/" in places
    assert len(places) == 8
    assert well_known("https://paper.example")[0] == "https://paper.example/feed/"
    assert well_known("http://[::1") == ()


@pytest.mark.parametrize(
    ("pasted", "address"),
    [
        (" paper.example/blog ", "https://paper.example/blog"),
        ("localhost.example:8080/x", "https://localhost.example:8080/x"),
        ("feed://paper.example/f", "https://paper.example/f"),
        ("feed:https://paper.example/f", "https://paper.example/f"),
        ("web+feed:https://paper.example/f", "https://paper.example/f"),
        ("@ines@social.example", "https://social.example/@ines"),
        ("ines@social.example", "https://social.example/@ines"),
        ("http://paper.example/", "http://paper.example/"),
        ("file:///etc/passwd", "file:///etc/passwd"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("hello", "hello"),
        ("", ""),
    ],
)
def test_what_people_paste(pasted, address):
    assert pasted_address(pasted) == address
