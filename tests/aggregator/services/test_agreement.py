"""Page, feed, API, command line and receipt give one order with the same points, on both databases."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from lxml import etree

from aggregator.cli.main import run
from aggregator.model.member import Actor, Role
from aggregator.model.sharing import Sharing
from aggregator.services import reading, receipts, sharing, subscribing
from aggregator.services.shapes import list_shape
from rankers import verify_receipt
from tests.aggregator.services.newsroom import NOW, open_newsroom
from web import create_app


@pytest.fixture
def room(tmp_path, database):
    with open_newsroom(tmp_path, database) as opened:
        opened.fill(feeds=5, each=20)
        yield opened


@pytest.fixture
def printed(room, tmp_path, monkeypatch, capsys):
    """Run a command on the room's instance, as its editor and by its clock; gives what it prints."""
    with room.desk.database.read() as conn:
        url = "" if room.desk.database.path else conn.engine.url.render_as_string(hide_password=False)
    told = {"DATA": tmp_path, "DATABASE_URL": url.replace("+psycopg", ""), "CLOCK": NOW.isoformat()}
    for name, value in told.items():
        monkeypatch.setenv(f"BROADSHEET_{name}", str(value))

    def call(*arguments):
        capsys.readouterr()
        code = run([*arguments, "--as", room.editor.member.name])
        out, err = capsys.readouterr()
        assert (code, err) == (0, "")
        return out

    return call


@pytest.mark.parametrize("rule", ["many-voices", "newest-first"])
def test_all_ways_out_agree(room, rule, printed, tmp_path):
    actor = replace(room.reader)
    steward = Actor(room.editor.member, room.editor.group, Role.STEWARD)
    from aggregator.store import lists, rules  # noqa: PLC0415  # choosing the rule is no part of what is tested

    with room.desk.database.write() as conn:
        found = lists.get_list(conn, actor.group, "front-page")
        lists.set_list_rule(conn, found.id, rules.find_rule(conn, actor.group, rule).id)
    sharing.set_sharing(room.desk, steward, "front-page", Sharing(public=True))
    client = create_app(room.desk.settings, desk=room.desk).test_client()

    page = reading.list_page(room.desk, actor, "front-page", limit=50)
    expected = [(each.entry.uid, each.position, each.explanation.total) for each in page.items]
    addresses = {each.feed.id: each.feed.address for each in subscribing.sources(room.desk, actor)}
    shape = json.loads(json.dumps(list_shape(page, page.items, addresses)))

    feed = json.loads(client.get("/lists/front-page.json").data)
    atom = etree.fromstring(client.get("/lists/front-page.atom").data)
    places = atom.iter("{urn:broadsheet:feed}place")
    api = client.get("/api/v1/lists/front-page?limit=50").get_json()
    receipt = client.get("/api/v1/lists/front-page/receipt").data

    (tmp_path / "receipt.json").write_bytes(receipt)
    commanded = json.loads(printed("lists", "show", "front-page", "--limit", str(len(expected)), "--json"))
    verified = json.loads(printed("verify", str(tmp_path / "receipt.json"), "--json"))

    ours = [each["_broadsheet"] for each in feed["items"]]
    assert [(each["id"], each["position"], each["total"]) for each in ours] == expected
    assert [(each.get("entry"), int(each.get("position")), int(each.get("total"))) for each in places] == expected
    assert api == shape == commanded
    assert (verified["ok"], verified["rule"]) == (True, page.rule.hash)
    assert json.loads(printed("receipt", "front-page"))["hash"] == json.loads(receipt)["hash"]
    checked = verify_receipt(receipt, b"")
    assert (checked.holds, checked.rule_hash) == (True, page.rule.hash)
    assert receipt == receipts.make(room.desk, actor, "front-page").data
    assert [(uid, total) for uid, _, total in expected] == _ordered(json.loads(receipt))


def _ordered(receipt):
    """Give the uids of a receipt with their totals, in the order it states."""
    uids = receipt["facts"]["uid"]
    return [(uids[each["entry"]], each["total"]) for each in receipt["outcome"]["shown"]]
