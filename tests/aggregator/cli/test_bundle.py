"""`broadsheet bundle` between two instances: one serves its bundle on loopback, the other follows it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess

import pytest

from aggregator.cli import faults
from tests.aggregator.cli.test_up import answers, running
from tests.aggregator.worker.loopback import until

FEED, MORE = "https://tide.example/feed", "https://moor.example/feed"


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def guild(broadsheet, tmp_path):
    """The instance that hands out: its commands."""
    data = tmp_path / "guild"

    def call(*arguments):
        done = broadsheet(*arguments, "--data", data)
        assert done.code == faults.DONE, done.err
        return done

    call("init")
    call("feeds", "add", FEED, "--as-is", "--folder", "Boats", "--title", "The Tide")
    return call


def changes(done):
    return [each["change"] for each in done.json["changes"] if not each["kind"].startswith(("rule", "list"))]


def test_two_instances_exchange_a_bundle_a_rule_and_a_receipt(broadsheet, guild, tmp_path, port, monkeypatch):
    first = guild("bundle", "export", "front", "--reason", "A beginning").out
    guild("bundle", "share", "front", "--everybody")
    address = f"http://127.0.0.1:{port}/bundles/front.opml"
    with running("--data", tmp_path / "guild", "--port", port):
        until(lambda: answers(port))
        monkeypatch.setenv("BROADSHEET_ALLOW_PRIVATE_HOSTS", f"127.0.0.1:{port}")
        broadsheet("init")
        followed = broadsheet("bundle", "follow", address, "--json")
        assert (faults.DONE, [f"added {FEED}"]) == (followed.code, changes(followed))
        broadsheet("bundle", "changes", address, "--accept")
        assert [FEED] == [each["url"] for each in broadsheet("feeds", "list", "--json").json]

        guild("feeds", "add", MORE, "--as-is", "--folder", "Hills", "--title", "The Moor")
        second = guild("bundle", "export", "front", "--reason", "The Moor is good").out
        changed = broadsheet("bundle", "changes", address, "--look", "--json")
        assert (2, [f"added {MORE}"]) == (changed.json["number"], changes(changed))
        broadsheet("bundle", "changes", address, "--refuse")
        assert [FEED] == [each["url"] for each in broadsheet("feeds", "list", "--json").json]

        assert broadsheet("bundle", "fork", address, "many-voices", "their-voices", "--reason", "Good").code == 0
        theirs = json.loads(guild("rules", "version", "many-voices").out)
        ours = json.loads(broadsheet("rules", "version", "their-voices").out)
        assert ours["version"]["forked_from"]
        assert ours["version"]["publisher"] != theirs["version"]["publisher"]
        receipt = guild("receipt", "front-page").out
    (tmp_path / "r.json").write_text(receipt, encoding="utf-8")
    assert broadsheet("verify", tmp_path / "r.json").code == faults.DONE
    one, two = tmp_path / "1.opml", tmp_path / "2.opml"
    one.write_text(first, encoding="utf-8")
    two.write_text(second, encoding="utf-8")
    assert broadsheet("bundle", "verify", two, "--after", one).code == faults.DONE
    assert "older" in broadsheet("bundle", "verify", one, "--after", two).out


def test_a_changed_file_does_not_hold_and_is_not_taken_in(broadsheet, guild, tmp_path):
    file = tmp_path / "changed.opml"
    file.write_text(guild("bundle", "export", "front").out.replace("The Tide", "The Tidy"), encoding="utf-8")
    broadsheet("init")
    for done in (broadsheet("bundle", "verify", file), broadsheet("bundle", "import", file)):
        assert done.code == faults.DOES_NOT_HOLD
        assert "changed after it was signed" in done.out
    assert broadsheet("feeds", "list", "--json").json == []


def test_a_dry_run_says_what_would_change_and_changes_nothing(broadsheet, guild, tmp_path):
    file = tmp_path / "front.opml"
    file.write_text(guild("bundle", "export", "front").out, encoding="utf-8")
    broadsheet("init")
    dry = broadsheet("bundle", "import", file, "--dry-run")
    assert f"new source: The Tide <{FEED}>, in Boats" in dry.out
    assert broadsheet("feeds", "list", "--json").json == []
    assert broadsheet("bundle", "import", file).code == faults.DONE
    assert [FEED] == [each["url"] for each in broadsheet("feeds", "list", "--json").json]


def test_newsboat_reads_a_bundle(guild, tmp_path):
    newsboat = shutil.which("newsboat")
    if newsboat is None:
        pytest.skip("newsboat is not installed")
    file, home = tmp_path / "front.opml", tmp_path / "home"
    home.mkdir()
    file.write_text(guild("bundle", "export", "front").out, encoding="utf-8")
    (home / "config").write_text(f'urls-source "opml"\nopml-url "file://{file}"\n', encoding="utf-8")
    (home / "urls").write_text("", encoding="utf-8")
    command = [newsboat, "-C", home / "config", "-u", home / "urls", "-c", home / "cache.db", "-e"]
    done = subprocess.run(command, env={"HOME": str(home)}, capture_output=True, text=True, timeout=60, check=True)
    assert FEED in done.stdout
