from __future__ import annotations

import json

import pytest

from rankers import verify_receipt


def lists(run):
    return {each["id"]: each for each in run("lists", "list", "--json").json}


def test_a_list_is_made_changed_removed_and_taken_back(own_filled):
    run = own_filled
    feed = run("feeds", "list", "--json").json[0]["url"]
    made = run(
        "lists", "add", "Evening paper", "--rule", "newest-first", "--feed", feed, "--language", "en",
        "--days", "3", "--times", "18:00,7:00", "--weekdays", "mon,fri", "--time-zone", "Europe/Paris", "--json",
    )  # fmt: skip
    assert made.code == 0, made.err
    assert made.json["editions"] == {"times": ["07:00", "18:00"], "weekdays": [0, 4]}
    assert made.json["scope"]["languages"] == ["en"]
    assert made.json == lists(run)["evening-paper"]
    assert run("lists", "set", "evening-paper", "--feed", "all", "--times", "live", "--place", "1").code == 0
    assert list(lists(run)) == ["evening-paper", "front-page"]
    changed = lists(run)["evening-paper"]
    assert (changed["scope"]["feeds"], changed["editions"], changed["max_age_days"]) == ([], None, 3)
    assert run("lists", "remove", "evening-paper").code == 0
    assert "evening-paper" not in lists(run)
    assert run("lists", "restore", "evening-paper").code == 0
    assert lists(run)["evening-paper"] == changed


@pytest.mark.parametrize(
    "wrong", [["--rule", "none"], ["--weekdays", "someday", "--times", "7:00"], ["--feed", "https://unknown.example/"]]
)
def test_a_wish_that_cannot_be_is_wrong_use(own_filled, wrong):
    assert own_filled("lists", "add", "Some list", *wrong).code == 2


def test_list_page_and_receipt_of_a_scoped_list_agree(own_filled, tmp_path):
    run = own_filled
    feed = run("feeds", "list", "--json").json[0]
    run("lists", "add", "One", "--feed", feed["url"])
    at = ("--at", "2026-02-18T11:30:00Z")
    shown = run("lists", "show", "one", *at, "--json").json
    assert {entry["feed"] for entry in shown["entries"]} == {feed["url"]}
    receipt = run("receipt", "one", *at).out
    assert verify_receipt(receipt.strip().encode()).holds
    told = json.loads(receipt)
    kept = [(told["facts"]["uid"][each["entry"]], each["total"]) for each in told["outcome"]["shown"]]
    assert kept == [(entry["id"], entry["total"]) for entry in shown["entries"]]
    (tmp_path / "receipt.json").write_text(receipt)
    assert run("verify", tmp_path / "receipt.json").code == 0


def test_no_edition_is_kept_before_its_time(own_filled):
    run = own_filled
    run("lists", "add", "Paper", "--times", "07:00")
    told = run("lists", "editions", "paper", "--json").json
    assert told["editions"] == []
    assert told["next"].endswith("T07:00:00Z")
    assert run("lists", "show", "paper", "--json").json["edition"] is False


def test_why_takes_a_link(filled):
    first = filled("lists", "show", "front-page", "--at", "2026-02-18T11:30:00Z", "--json").json["entries"][0]
    by_link = filled("why", first["link"], "--list", "front-page", "--at", "2026-02-18T11:30:00Z", "--json")
    assert by_link.json["entry"] == first["id"]
    assert by_link.json["position"] == 1
    assert filled("why", "https://nothing.example/", "--list", "front-page").code == 2


def test_a_feed_counts_as_what_editors_say(own_filled):
    url = own_filled("feeds", "list", "--json").json[0]["url"]
    before = own_filled("feeds", "source", url, "--json").json
    told = own_filled("feeds", "source", url, "--source", "paper", "--owner", "house", "--json").json
    assert (told["source"], told["owner"]) == ("paper", "house")
    assert own_filled("feeds", "source", url, "--source", "", "--owner", "", "--json").json == before
