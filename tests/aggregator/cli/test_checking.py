"""Receipts, versions and comparisons on the command line."""

from __future__ import annotations

import json

import pytest

AT = "2026-02-18T12:00:00Z"


@pytest.fixture
def receipt(filled, tmp_path):
    """A receipt in a file."""
    path = tmp_path / "r.json"
    path.write_text(filled("receipt", "front-page", "--at", AT).out)
    return path


def test_a_receipt_is_verified_without_an_instance(filled, receipt, tmp_path):
    told = filled("verify", receipt, "--data", tmp_path / "nowhere", "--json").json
    assert (True, 5, None) == (told["ok"], told["entries"], told["difference"])
    assert "not that the facts are true" in filled("verify", receipt).out


def test_the_facts_of_a_receipt_are_compared_with_those_stored(filled, instance, receipt):
    told = filled("verify", receipt, "--facts", instance[0], "--json").json
    assert (True, True) == (told["ok"], told["facts_checked"])


def test_a_changed_receipt_is_refused_with_the_first_difference(filled, receipt):
    content = json.loads(receipt.read_text())
    content["outcome"]["shown"].reverse()
    receipt.write_text(json.dumps(content))
    done = filled("verify", receipt, "--json")
    assert (1, "hash") == (done.code, done.json["difference"]["section"])
    assert "It does not hold" in filled("verify", receipt).out


def test_what_is_no_receipt_is_refused(filled, tmp_path):
    (tmp_path / "r.json").write_text("[]")
    assert 1 == filled("verify", tmp_path / "r.json").code
    assert 2 == filled("verify", tmp_path / "missing.json").code


def test_a_version_is_handed_on_and_verified(filled, tmp_path):
    envelope = filled("rules", "version", "many-voices").out
    (tmp_path / "v.json").write_text(envelope)
    assert filled("verify", tmp_path / "v.json", "--json").json["ok"]
    (tmp_path / "v.json").write_text(envelope.replace("Shipped with", "Written with"))
    assert 1 == filled("verify", tmp_path / "v.json").code


def test_a_copy_is_published_compared_and_undone_by_nothing(own_filled):
    assert 0 == own_filled("rules", "fork", "many-voices", "ours", "--title", "Ours", "--reason", "To begin with").code
    told = own_filled("rules", "diff", "many-voices", "ours", "--json").json
    assert (True, {"wording"}) == (told["same_order"], {change["kind"] for change in told["changes"]})
    assert "Both give the same order." in own_filled("rules", "diff", "many-voices", "ours@1").out
    assert 2 == own_filled("rules", "fork", "many-voices", "No id", "--reason", "Wrong").code


def test_a_statement_says_the_whole_rule_and_in_which_language(filled):
    english = filled("rules", "statement", "many-voices", "--json").json
    assert ["parameters", "left_out", "order", "end", "never", "models"] == [
        each["key"] for each in english["sections"]
    ]
    assert "en" == english["language"]
    french = filled("rules", "statement", "many-voices", "--lang", "fr", "--json").json
    assert ("fr", "Ce qui donne des points") == (french["language"], french["sections"][0]["heading"])
    assert 2 == filled("rules", "statement", "many-voices", "--lang", "xx").code


def test_a_replay_says_which_versions_it_compares(filled):
    said = filled("rules", "replay", "many-voices@1", "many-voices@1", "--days", "1").out
    assert "Many voices, version 1 (A) beside Many voices, version 1 (B)." in said


def test_a_replay_says_what_each_day_would_have_been(filled):
    told = filled("rules", "replay", "newest-first", "fair-turns", "--days", "3", "--json").json
    assert 3 == len(told["days"])
    assert {"at", "entries", "overlap", "entering", "leaving", "moved"} == set(told["days"][0])
    assert "newest-first" == told["before"]["id"]


def test_the_canary_lives(own_filled):
    told = own_filled("db", "canary", "--json").json
    assert (True, []) == (told["ok"], told["differing"])
    assert told["orders"] >= 9


def test_a_rules_own_cases_are_run_where_there_is_an_instance(filled, tmp_path):
    first, *_, last = filled("lists", "show", "front-page", "--rule", "newest-first", "--at", AT, "--json").json[
        "entries"
    ]
    file = tmp_path / "own.toml"
    case = f'[[test]]\nabove = "{last["link"]}"\nbelow = "{first["link"]}"\nwhy = "Old things first"\n'
    file.write_text(filled("rules", "version", "newest-first").json["toml"] + case)
    failed = filled("rules", "check", file, "--list", "front-page", "--at", AT, "--json")
    assert (1, False, ["fails"]) == (failed.code, failed.json["ok"], [each["verdict"] for each in failed.json["cases"]])
    assert last["position"] == failed.json["cases"][0]["above"]["position"]
    said = filled("rules", "check", file, "--at", AT)
    assert (1, True) == (said.code, "Old things first" in said.out)
    unsaid = filled("rules", "check", file, "--data", tmp_path / "nowhere")
    assert (0, True) == (unsaid.code, "were not run" in unsaid.err)


def test_a_rule_whose_case_fails_is_not_published(own_filled, tmp_path, monkeypatch):
    monkeypatch.setenv("BROADSHEET_CLOCK", AT)  # cases are run on what a list has now
    first, *_, last = own_filled("lists", "show", "front-page", "--rule", "newest-first", "--json").json["entries"]
    file = tmp_path / "own.toml"
    text = own_filled("rules", "version", "newest-first").json["toml"].replace('"newest-first"', '"oldest-first"')
    file.write_text(f'{text}[[test]]\nabove = "{last["link"]}"\nbelow = "{first["link"]}"\nwhy = "Old things first"\n')
    done = own_filled("rules", "publish", file, "--reason", "We like what is old")
    assert (1, True) == (done.code, "Old things first" in done.err)
    assert "oldest-first" not in own_filled("rules", "list").out
