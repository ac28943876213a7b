from __future__ import annotations

import json

import pytest

from aggregator.services import accounts
from aggregator.settings import Settings
from aggregator.wiring import open_desk


@pytest.fixture
def made(broadsheet, environ):
    broadsheet("init")
    with open_desk(Settings(data=environ)) as desk:
        accounts.use_link(desk, accounts.make_link(desk), name="Ana", instance_name="Ours", language="en")
    return broadsheet


def state(made):
    lines = made("members", "list", "--json").json
    return {line["name"]: (line["role"], bool(line["suspended"]), bool(line["removed"])) for line in lines}


def test_members_are_added_changed_shut_out_and_removed(made):
    assert "/set-up/" in made("members", "add", "Ben", "--role", "editor", "--json").json["link"]
    assert made("members", "role", "ben", "steward").code == 0
    assert state(made) == {"Ana": ("steward", False, False), "Ben": ("steward", False, False)}
    assert made("members", "suspend", "Ben").code == 0
    assert state(made)["Ben"] == ("steward", True, False)
    assert made("members", "password-link", "Ben").code == 2
    assert made("members", "remove", "Ben").code == 0
    assert made("members", "resume", "Ben").code == 0
    assert state(made)["Ben"] == ("steward", False, False)
    assert "/set-up/" in made("members", "password-link", "Ben").out
    assert "/join/" in made("members", "invite", "--role", "reader", "--uses", "3").out


def test_the_last_steward_and_unknown_members_are_left_alone(made):
    for command in (("remove", "Ana"), ("suspend", "Ana"), ("role", "Ana", "reader"), ("remove", "Nobody Here")):
        done = made("members", *command)
        assert (done.code, "Traceback" in done.err) == (2, False)


def test_what_is_kept_of_a_member_is_written_to_a_file(made, tmp_path):
    assert made("members", "export", "Ana", tmp_path / "ana.json").code == 0
    assert json.loads((tmp_path / "ana.json").read_text())["name"] == "Ana"


@pytest.mark.parametrize("role", ["reader", "editor"])
@pytest.mark.parametrize(
    "command",
    [
        ("add", "Eve"),
        ("list",),
        ("role", "Ana", "reader"),
        ("invite",),
        ("suspend", "Ana"),
        ("remove", "Ana"),
        ("export", "Ana", "x.json"),
    ],
    ids=lambda command: command[0],
)
def test_safety_36_members_who_are_no_stewards_are_refused_here_too(made, role, command):
    made("members", "add", "Ben", "--role", role)
    done = made("members", *command, "--as", "Ben")
    assert (done.code, "lacks the right" in done.err) == (2, True)


def test_safety_36_somebody_suspended_may_nothing(made):
    made("members", "add", "Ben", "--role", "steward")
    made("members", "suspend", "Ben")
    done = made("feeds", "list", "--as", "Ben")
    assert (done.code, "lacks the right" in done.err) == (2, True)


@pytest.mark.parametrize("command", [("feeds", "add", "https://x.example/f", "--as-is"), ("feeds", "refresh")])
def test_safety_36_a_reader_changes_nothing_from_the_command_line(made, command):
    made("members", "add", "Ben")
    done = made(*command, "--as", "Ben")
    assert (done.code, "lacks the right" in done.err) == (2, True)
