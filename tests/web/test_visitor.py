from __future__ import annotations

import pytest

from web.visitor import device_of, visitor_address

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "address"),
    [
        ("192.0.2.1", "", [""], "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", [""], "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", ["127.0.0.1"], "192.0.2.1"),
        ("127.0.0.1", "198.51.100.7", ["127.0.0.1"], "198.51.100.7"),
        ("127.0.0.1", "made up, 198.51.100.7", ["127.0.0.1"], "198.51.100.7"),
        ("127.0.0.1", "198.51.100.7, 10.0.0.2", ["127.0.0.1", "10.0.0.2"], "198.51.100.7"),
        ("127.0.0.1", "", ["127.0.0.1"], "127.0.0.1"),
        (None, "198.51.100.7", ["127.0.0.1"], None),
    ],
)
def test_safety_38_an_address_is_believed_from_our_own_proxies_alone(peer, forwarded, trusted, address):
    assert visitor_address(peer, forwarded, trusted) == address


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (CHROME, "Chrome on Linux"),
        (CHROME.replace("Safari/537.36", "Safari/537.36 Edg/140.0"), "Edge on Linux"),
        ("Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0", "Firefox on Android"),
        ("curl/8", None),
        ("", None),
    ],
)
def test_a_browser_is_called_what_a_person_would_call_it(user_agent, device):
    assert device_of(user_agent) == device
