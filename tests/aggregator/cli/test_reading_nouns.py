"""The commands that look at an instance with entries in it. They look at noon of 18 February 2026."""

from __future__ import annotations

import hashlib
import re

import pytest

AT = "2026-02-18T12:00:00Z"
LIST_KEYS = {"list", "rule", "at", "entries", "left_out", "folded", "further_down"}
LISTED_KEYS = {"id", "title", "link", "feed", "source", "published", "position", "total", "terms"}
WHY_KEYS = {"entry", "list", "rule", "at", "position", "newest_first_position", "terms", "total", "moves", "what_if"}
TERM_KEYS = {"id", "signal", "value", "curve_out", "points", "why"}
ENTRY_KEYS = {
    "id", "feed", "guid", "title", "link", "authors", "published", "updated", "language", "kind", "categories",
    "enclosures", "content_html", "summary_html",
}  # fmt: skip
FEED_KEYS = {"id", "url", "title", "folder", "site", "last_ok", "next", "error", "entries"}


@pytest.fixture
def shown(filled):
    return filled("lists", "show", "front-page", "--at", AT, "--json").json


def test_refresh_says_what_it_did(refreshed):
    assert {"fetched": 2, "not_modified": 0, "failed": 1, "entries_new": 5, "entries_changed": 0} == refreshed.json


def test_feeds_list_has_its_shape(filled):
    feeds = filled("feeds", "list", "--json").json
    assert all(set(feed) >= FEED_KEYS for feed in feeds)
    assert {("Harbour Post", "Harbour", 3), ("The Quay", "Harbour", 2), ("A page", None, 0)} == {
        (feed["title"], feed["folder"], feed["entries"]) for feed in feeds
    }


def test_failed_feed_is_told_in_plain_words(filled):
    worst = filled("feeds", "health", "--json").json[0]
    assert ("A page", 1, "html") == (worst["title"], worst["failures"], worst["fault"])
    assert "web page, not a feed" in filled("feeds", "health").out


def test_lists_show_has_its_shape(shown):
    assert set(shown) >= LIST_KEYS
    assert {"id", "title", "hash"} == set(shown["rule"])
    assert all(set(entry) >= LISTED_KEYS for entry in shown["entries"])


def test_lists_show_ranks_what_was_fetched(shown):
    assert [1, 2, 3, 4, 5] == [entry["position"] for entry in shown["entries"]]
    assert AT == shown["at"]


def test_points_of_a_shown_entry_add_up(shown):
    assert [entry["total"] for entry in shown["entries"]] == [
        sum(term["points"] for term in entry["terms"]) for entry in shown["entries"]
    ]


def test_feed_of_an_entry_is_its_address(shown, filled):
    addresses = {feed["url"] for feed in filled("feeds", "list", "--json").json}
    assert {entry["feed"] for entry in shown["entries"]} <= addresses


def test_limit_shows_so_many(filled):
    found = filled("lists", "show", "front-page", "--at", AT, "--limit", 2, "--json").json
    assert [1, 2] == [entry["position"] for entry in found["entries"]]


def test_another_rule_gives_another_order(filled):
    found = filled("lists", "show", "front-page", "--at", AT, "--rule", "newest-first", "--json").json
    times = [entry["published"] or "" for entry in found["entries"]]
    assert ("newest-first", sorted(times, reverse=True)) == (found["rule"]["id"], times)


def test_list_for_people_has_places_and_the_rule(filled):
    out = filled("lists", "show", "front-page", "--at", AT).out
    assert (True, True) == (" 1  " in out, "by Many voices, version 1" in out)


def test_left_out_of_a_rule_without_filters_is_empty(filled):
    assert [] == filled("lists", "show", "front-page", "--at", AT, "--left-out", "--json").json


def test_unknown_list_is_wrong_use(filled):
    assert filled("lists", "show", "nothing").code == 2


def test_why_has_its_shape_and_adds_up(shown, filled):
    first = shown["entries"][0]
    why = filled("why", first["id"], "--list", "front-page", "--at", AT, "--what-if", "--json").json
    assert set(why) >= WHY_KEYS
    assert all(set(term) >= TERM_KEYS for term in why["terms"])
    assert first["total"] == why["total"] == sum(term["points"] for term in why["terms"])
    assert {"without", "position"} == set(why["what_if"][0])


def test_why_and_list_say_the_same(shown, filled):
    for entry in shown["entries"]:
        why = filled("why", entry["id"], "--list", "front-page", "--at", AT, "--json").json
        assert (entry["position"], entry["total"]) == (why["position"], why["total"])


def test_because_names_entries_by_their_ids(shown, filled):
    ids = {entry["id"] for entry in shown["entries"]}
    for entry in shown["entries"]:
        why = filled("why", entry["id"], "--list", "front-page", "--at", AT, "--json").json
        for move in why["moves"]:
            assert set(move["because"]) <= ids
            assert {"step", "from", "to", "because"} <= set(move)


def test_why_for_people_ends_with_the_sum(shown, filled):
    out = filled("why", shown["entries"][0]["id"], "--list", "front-page", "--at", AT).out
    assert re.search(r"^ +\d+\.\d  in all$", out, re.MULTILINE)


def test_why_of_an_entry_that_is_too_old_says_so_without_a_place(shown, filled):
    done = filled("why", shown["entries"][0]["id"], "--list", "front-page", "--at", "2026-04-18T12:00:00Z", "--json")
    assert (0, None, "too-old") == (done.code, done.json["position"], done.json["absence"]["place"])


@pytest.mark.parametrize("entry", ["0" * 32, "abc", "../etc"])
def test_why_of_an_unknown_entry_is_wrong_use(filled, entry):
    assert filled("why", entry, "--list", "front-page").code == 2


def test_entries_list_has_every_field(filled):
    entries = filled("entries", "list", "--json").json
    assert (5, True) == (len(entries), all(set(entry) >= ENTRY_KEYS for entry in entries))
    first = next(entry for entry in entries if entry["guid"] == "urn:post:0")
    assert {
        "title": "Ropeworks tenants win",
        "link": "https://post.example.org/0",
        "updated": "2026-02-18T11:00:00Z",
        "authors": [{"name": "Ana Vidal", "uri": None}],
        "categories": ["Harbour"],
        "language": "en",
        "kind": "article",
        "content_html": "<p>Ropeworks tenants win: the cranes of post stand still.</p>",
    }.items() <= first.items()


def test_entries_of_one_feed(filled):
    address = next(feed["url"] for feed in filled("feeds", "list", "--json").json if feed["entries"] == 2)
    assert 2 == len(filled("entries", "list", "--feed", address, "--json").json)
    assert 1 == len(filled("entries", "list", "--feed", address, "--limit", 1, "--json").json)


def test_entries_of_an_unknown_feed_is_wrong_use(filled):
    assert filled("entries", "list", "--feed", "https://nobody.example.org/").code == 2


def test_entry_is_shown_whole(shown, filled):
    entry = filled("entries", "show", shown["entries"][0]["id"], "--json").json
    assert shown["entries"][0]["title"] == entry["title"]


def test_marking_needs_a_member(shown, filled):
    done = filled("entries", "mark", shown["entries"][0]["id"], "--read")
    assert (2, True) == (done.code, "broadsheet init" in done.err)


def test_search_finds_words(filled):
    (found,) = filled("search", "ropeworks", "--json").json
    assert {"id", "title", "link", "score", "snippet"} <= set(found)
    assert found["title"] == "Ropeworks tenants win"


def test_search_finds_nothing_without_a_fault(filled):
    done = filled("search", "zeppelin", "--json")
    assert (0, []) == (done.code, done.json)


def test_second_refresh_finds_nothing_new(own_filled):
    report = own_filled("feeds", "refresh", "--all", "--now", "2026-02-18T13:00:00Z", "--json").json
    assert (0, 0) == (report["entries_new"], report["entries_changed"])


def test_refresh_passes_over_what_is_not_due(filled):
    report = filled("feeds", "refresh", "--now", AT, "--json").json
    assert 0 == report["fetched"]


def test_database_is_whole(filled):
    assert {"ok": True, "problems": []} == filled("db", "check", "--json").json


def test_backup_is_a_whole_database(filled, tmp_path):
    data = tmp_path / "restored"
    data.mkdir()
    filled("db", "backup", data / "broadsheet.db")
    assert 5 == len(filled("entries", "list", "--data", data, "--json").json)


def test_backup_overwrites_nothing(filled, tmp_path):
    (tmp_path / "there").write_text("mine")
    assert filled("db", "backup", tmp_path / "there").code == 2
    assert (tmp_path / "there").read_text() == "mine"


def test_feeds_traffic_has_its_shape_and_health_names_today(filled):
    told = filled("feeds", "traffic", "--json").json
    keys = {"requests", "not_modified", "failed", "bytes"}
    assert [set(row) for row in told["days"] + told["domains"]] in ([], [{"day", *keys}, {"domain", *keys}])
    assert "Asked of others today (UTC): " in filled("feeds", "health").out


def test_a_backup_is_restored_to_an_empty_place_only(filled, tmp_path):
    filled("db", "backup", tmp_path / "copy")
    place = tmp_path / "restored"
    told = filled("db", "restore", tmp_path / "copy", "--data", place, "--json")
    assert told.code == 0
    assert told.json["sha256"] == hashlib.sha256((tmp_path / "copy").read_bytes()).hexdigest()
    assert 5 == len(filled("entries", "list", "--data", place, "--json").json)
    assert filled("db", "restore", tmp_path / "copy", "--data", place).code == 2
