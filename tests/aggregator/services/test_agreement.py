"""Page, feed, API, command line and receipt give one order with the same points, on both databases."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree

from aggregator.cli.main import run
from aggregator.model.ids import NAMESPACE
from aggregator.model.member import Actor, Role
from aggregator.model.readinglist import Scope
from aggregator.model.sharing import Sharing
from aggregator.services import editions, listing, reading, receipts, sharing, subscribing
from aggregator.services.listing import ListWish
from aggregator.services.shapes import list_shape
from rankers import verify_receipt
from tests.aggregator.candidates.stored import odd_entries
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


def scoped(room, *times):
    """A public list of one folder and one language; gives its slug."""
    wish = ListWish("Paper", "many-voices", Scope(folders=("News",), languages=("fr", "en")), days=9, times=times)
    slug = listing.add_list(room.desk, room.editor, wish).slug
    sharing.set_sharing(
        room.desk, Actor(room.editor.member, room.editor.group, Role.STEWARD), slug, Sharing(public=True)
    )
    return slug


@pytest.mark.parametrize("kind", ["live", "edition"])
def test_all_ways_out_agree_on_scoped_lists_and_their_editions(room, kind):
    slug = scoped(room, *(["12:30"] if kind == "edition" else []))
    if kind == "edition":
        room.clock.pass_by(minutes=31)
        assert editions.make_due(room.desk) == 1
        made = [(data, timedelta(0)) for data, _ in odd_entries(9, 9, start=9000)]
        room.store(1, made, first_seen=room.clock.now())  # which no edition holds
    page = reading.list_page(room.desk, room.reader, slug, limit=50)
    assert (page.edition is not None) == (kind == "edition")
    everything = reading.list_page(room.desk, room.reader, "front-page").counts.total
    assert 0 < page.counts.total < everything
    expected = [(each.entry.uid, each.position, each.explanation.total) for each in page.items]
    app = create_app(room.desk.settings, desk=room.desk)
    client = app.test_client()
    text = client.get(f"/lists/{slug}").text
    assert re.findall(r'<li value="(\d+)">\s*<article [^>]*data-uid="(\w+)"', text) == [
        (str(position), uid) for uid, position, _ in expected
    ]
    ours = [each["_broadsheet"] for each in json.loads(client.get(f"/lists/{slug}.json").data)["items"]]
    assert [(each["id"], each["position"], each["total"]) for each in ours] == expected
    api = client.get(f"/api/v1/lists/{slug}?limit=50").get_json()
    assert [(each["id"], each["position"], each["total"]) for each in api["entries"]] == expected
    receipt = client.get(f"/api/v1/lists/{slug}/receipt").data
    checked = verify_receipt(receipt, b"")
    assert (checked.holds, checked.rule_hash) == (True, page.rule.hash)
    assert [(uid, total) for uid, _, total in expected] == _ordered(json.loads(receipt))
    order = receipts.check_order(room.desk, room.reader, slug)
    assert sum(count for _, count in order.sources) == page.counts.total


def test_checking_an_old_edition_counts_what_that_edition_was_chosen_from(room):
    slug = scoped(room, "12:30")
    room.clock.pass_by(minutes=31)
    editions.make_due(room.desk)
    before = receipts.check_order(room.desk, room.reader, slug)
    listing.change_list(room.desk, room.editor, slug, ListWish("Paper", "newest-first", times=("12:30",)))
    at = before.receipt.at
    assert receipts.check_order(room.desk, room.reader, slug, at=at).sources == before.sources


@pytest.mark.parametrize("rule", ["many-voices", "newest-first"])
def test_all_ways_out_agree(room, rule, printed, tmp_path):
    actor = replace(room.reader)
    steward = Actor(room.editor.member, room.editor.group, Role.STEWARD)
    _, wish = listing.list_to_change(room.desk, steward, "front-page")
    listing.change_list(room.desk, steward, "front-page", replace(wish, rule=rule))
    sharing.set_sharing(room.desk, steward, "front-page", Sharing(public=True))
    client = create_app(room.desk.settings, desk=room.desk).test_client()

    page = reading.list_page(room.desk, actor, "front-page", limit=50)
    expected = [(each.entry.uid, each.position, each.explanation.total) for each in page.items]
    addresses = {each.feed.id: each.feed.address for each in subscribing.sources(room.desk, actor)}
    shape = json.loads(json.dumps(list_shape(page, page.items, addresses)))

    feed = json.loads(client.get("/lists/front-page.json").data)
    atom = etree.fromstring(client.get("/lists/front-page.atom").data)
    places = atom.iter(f"{{{NAMESPACE}}}place")
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
