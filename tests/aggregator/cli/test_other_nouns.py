"""The commands that need no entries."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest
from served import opml

from aggregator.services import accounts
from aggregator.settings import Settings
from aggregator.wiring import open_desk

RULE = """schema = "ranking-rule/1"
id = "ours"
title = "Ours"
plain = "New things first."

[[score]]
id = "fresh"
signal = "age_hours"
curve = { halves_every = 24 }
points = 10
why = "News matters."
"""


@pytest.fixture
def made(broadsheet):
    assert broadsheet("init").code == 0
    return broadsheet


@pytest.mark.usefixtures("made")
def test_init_makes_a_directory_for_its_owner_alone(environ):
    assert 0o700 == stat.S_IMODE(environ.stat().st_mode)
    assert {0o600} == {stat.S_IMODE((environ / name).stat().st_mode) for name in ("secret", "broadsheet.db")}


def test_init_prints_a_link_that_works(made, environ):
    out = made("init", "--json").json
    assert not out["set_up"]
    with open_desk(Settings(data=environ)) as desk:
        state = accounts.link_state(desk, out["link"].rpartition("/")[2])
    assert state is accounts.LinkState.SET_UP


def test_init_prints_the_link_alone_on_a_line(made):
    assert any(line.startswith("http://127.0.0.1:8000/set-up/") for line in made("init").out.splitlines())


def test_init_imports_the_starter_once(broadsheet, tmp_path):
    starter = tmp_path / "feeds.opml"
    starter.write_text(opml("harbour.example.org"))
    counts = [broadsheet("init", "--starter", starter, "--json").json["imported"] for _ in range(2)]
    assert [3, None] == counts


def test_init_keeps_the_secret(made, environ):
    before = (environ / "secret").read_bytes()
    made("init")
    assert before == (environ / "secret").read_bytes()


def test_import_dry_run_changes_nothing(made, tmp_path):
    file = tmp_path / "x.opml"
    file.write_text(opml("harbour.example.org"))
    assert 3 == made("feeds", "import", file, "--dry-run", "--json").json["new"]
    assert [] == made("feeds", "list", "--json").json


def test_import_and_export(made, tmp_path):
    file = tmp_path / "x.opml"
    file.write_text(opml("harbour.example.org"))
    assert 3 == made("feeds", "import", file, "--json").json["new"]
    exported = made("feeds", "export").out
    file.write_text(exported)
    assert 3 == made("feeds", "import", file, "--json").json["already"]
    assert exported == made("feeds", "export").out


def test_import_says_what_is_refused_and_why(made, tmp_path):
    file = tmp_path / "x.opml"
    file.write_text(opml("192.168.0.1"))
    assert "private network" in made("feeds", "import", file).out


def test_import_of_no_source_list_is_wrong_use(made, tmp_path):
    file = tmp_path / "x.opml"
    file.write_text("hello")
    done = made("feeds", "import", file)
    assert (2, 1) == (done.code, done.err.count("\n"))


def test_add_says_where_it_went_wrong(made):
    done = made("feeds", "add", "file:///etc/passwd")
    assert (2, True) == (done.code, "no address a feed can have" in done.err)


def test_added_source_is_listed(made):
    made("feeds", "add", "https://harbour.example.org/feed", "--as-is", "--folder", "News/Local", "--title", "Harbour")
    (feed,) = made("feeds", "list", "--json").json
    assert ("Harbour", "News/Local", None) == (feed["title"], feed["folder"], feed["error"])


def test_refresh_with_nothing_due_does_nothing(made):
    assert 0 == made("feeds", "refresh", "--json").json["fetched"]


def test_rule_check_holds(broadsheet, tmp_path):
    file = tmp_path / "ours.toml"
    file.write_text(RULE)
    done = broadsheet("rules", "check", file, "--json")
    assert (0, True, "ours") == (done.code, done.json["ok"], done.json["id"])


def test_rule_with_a_typo_names_line_and_column(broadsheet, tmp_path):
    file = tmp_path / "ours.toml"
    file.write_text(RULE.replace("age_hours", "age_huors"))
    done = broadsheet("rules", "check", file)
    assert (1, True) == (done.code, f"{file}:8:" in done.out)


def test_published_rule_is_listed_with_its_number(made, tmp_path):
    file = tmp_path / "ours.toml"
    file.write_text(RULE)
    assert 1 == made("rules", "publish", file, "--reason", "We decided so.", "--json").json["number"]
    file.write_text(RULE.replace("points = 10", "points = 20"))
    assert 2 == made("rules", "publish", file, "--reason", "And again.", "--json").json["number"]
    assert "ours" in {rule["id"] for rule in made("rules", "list", "--json").json}


def test_rule_that_is_none_is_not_published(made, tmp_path):
    file = tmp_path / "ours.toml"
    file.write_text(RULE.replace("points", "pionts"))
    assert made("rules", "publish", file, "--reason", "x").code == 1


def test_lists_list_has_the_front_page(made):
    assert ["front-page"] == [each["id"] for each in made("lists", "list", "--json").json]


def test_doctor_finds_the_worker_missing(made):
    done = made("doctor", "--json")
    assert (1, {"worker"}) == (done.code, {part["part"] for part in done.json if not part["ok"]})


def test_members_of_a_new_instance(made):
    assert [] == made("members", "list", "--json").json


def test_acting_as_somebody_unknown_is_wrong_use(made):
    assert made("feeds", "list", "--as", "Eve").code == 2


def test_marking_as_the_first_steward(made, environ):
    with open_desk(Settings(data=environ)) as desk:
        accounts.use_link(desk, accounts.make_link(desk), name="Ana", instance_name="Ours", language="en")
    (ana,) = made("members", "list", "--json").json
    assert ("Ana", "steward", "en", None, None) == (
        ana["name"], ana["role"], ana["language"], ana["suspended"], ana["removed"],
    )  # fmt: skip
    done = made("entries", "mark", "0" * 32, "--read")
    assert (2, True) == (done.code, "no entry" in done.err)


def test_settings_mask_secrets(broadsheet, monkeypatch):
    monkeypatch.setenv("BROADSHEET_SECRET", "not for the screen")
    monkeypatch.setenv("BROADSHEET_DATABASE_URL", "postgresql://ana:word@db/broadsheet")
    done = broadsheet("settings")
    shown = broadsheet("settings", "--json").json
    assert "not for the screen" not in done.out
    assert ["(set, not shown)"] * 2 == [shown["secret"], shown["database_url"]]


def test_settings_shown_are_those_that_hold(broadsheet, environ, monkeypatch):
    environ.mkdir()
    (environ / "settings.toml").write_text('port = 9000\ncontact = "mailto:a@example.org"\n')
    monkeypatch.setenv("BROADSHEET_PORT", "9001")
    shown = broadsheet("settings", "--json").json
    assert (9001, "mailto:a@example.org") == (shown["port"], shown["contact"])


def test_settings_without_data_need_no_instance(broadsheet):
    assert broadsheet("settings").code == 0


def test_setting_that_cannot_be_used_is_told(broadsheet, monkeypatch):
    monkeypatch.setenv("BROADSHEET_PORT", "many")
    done = broadsheet("settings")
    assert (2, 1) == (done.code, done.err.count("\n"))


def test_title_cannot_speak_to_the_terminal(made, tmp_path):
    file = tmp_path / "x.opml"
    file.write_text(opml("harbour.example.org"))
    made("feeds", "import", file)
    made("feeds", "add", "https://quai.example.net/", "--as-is", "--title", "\x1b[2J\u202eevil")
    assert ("\x1b" in made("feeds", "list").out, "\u202e" in made("feeds", "list").out) == (False, False)


def test_settings_file_is_toml_the_page_shows():
    page = (Path(__file__).resolve().parents[3] / "docs" / "operators" / "settings.md").read_text(encoding="utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]
    assert "public_url" in tomllib.loads(example)
