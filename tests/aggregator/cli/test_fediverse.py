"""`broadsheet fediverse`: which lists can be followed from there, who keeps it so, and who is kept out."""

from __future__ import annotations

import pytest

from aggregator.cli import faults


@pytest.fixture
def reachable(broadsheet, monkeypatch):
    monkeypatch.setenv("BROADSHEET_PUBLIC_URL", "https://news.example")
    broadsheet("init")
    return broadsheet


def front_page(broadsheet):
    (told,) = (
        each for each in broadsheet("fediverse", "lists", "--json").json["lists"] if each["list"] == "front-page"
    )
    return told


def test_being_followed_needs_an_address_of_ones_own(broadsheet):
    broadsheet("init")
    refused = broadsheet("fediverse", "followed", "on")
    assert faults.WRONG_USE == refused.code
    assert "set public_url first" in refused.err


def test_lists_are_offered_and_withdrawn(reachable):
    assert reachable("fediverse", "followed", "on", "--json").json == {"followed": True}
    told = front_page(reachable)
    assert ("@front-page@news.example", True, 0, []) == (
        told["handle"],
        told["open"],
        told["followers"],
        told["domains"],
    )
    assert "for members" in reachable("fediverse", "lists").out
    assert reachable("fediverse", "withdraw", "front-page").code == faults.DONE
    assert not front_page(reachable)["open"]
    assert reachable("fediverse", "offer", "front-page").code == faults.DONE
    assert front_page(reachable)["open"]
    assert reachable("fediverse", "withdraw", "nothing").code == faults.WRONG_USE
    reachable("fediverse", "followed", "off")
    assert "Being followed is off; 0 deliveries" in reachable("fediverse", "lists").out


def test_a_server_is_kept_out_and_let_in(reachable):
    assert reachable("fediverse", "block", "Bad.example", "--why", "spam").code == faults.DONE
    assert [{"domain": "bad.example", "why": "spam"}] == reachable("fediverse", "show", "--json").json["blocked"]
    assert reachable("fediverse", "unblock", "bad.example").code == faults.DONE
    assert reachable("fediverse", "unblock", "bad.example").code == faults.WRONG_USE
