from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta

from aggregator.services import editing, exposure, publishing
from aggregator.services.versions import check_envelope
from rankers import verify_receipt
from tests.web.newsroom import NOW, SOURCES, Item, Source

FRONT = "/lists/front-page"


def test_the_order_of_a_list_can_be_checked_from_its_page(member, newsroom):
    newsroom.fill()
    address = re.search(rf'href="({FRONT}/check\?[^"]+)"', member.page(FRONT))[1].replace("&amp;", "&")
    page = member.page(address)
    assert "the order is the same" in page
    assert "What it does not prove" in page
    file = re.search(rf'href="({FRONT}/receipt.json\?[^"]+)"', page)[1].replace("&amp;", "&")
    receipt = member.get(file).data
    assert verify_receipt(receipt).holds
    assert verify_receipt(receipt).receipt_hash[:16] in page


def test_who_has_room_starts_with_the_list_as_it_stands(member, newsroom):
    newsroom.fill()
    page = member.page(f"{FRONT}/room")
    assert "Nothing was counted yet" in page
    told = member.get(f"{FRONT}/room.json").json
    assert (0, 28) == (told["records"], told["days"])
    assert abs(sum(each["share"] for each in told["sources"]) - 1000) <= len(told["sources"])
    assert told["variety"]["gini_floor"] <= told["variety"]["gini"]
    assert member.get(f"{FRONT}/room?days=5").status_code == 400


def test_who_has_room_calls_sources_by_their_titles(member, newsroom):
    newsroom.fill()
    page = member.page(f"{FRONT}/room")
    assert "The Tidewater Post</a> <bdi" in page
    assert "tide.example</bdi>" in page


def test_a_list_says_where_a_promise_of_its_rule_could_not_be_kept(member, newsroom):
    newsroom.fill()
    page = member.page(FRONT)
    assert "Could not be kept at" in page
    assert "at most 1 of one source among any 15 neighbours" in page
    assert "Could not be kept" not in member.page(f"{FRONT}?rule=newest-first")


def test_who_has_room_is_counted_once_a_day(member, newsroom):
    newsroom.subscribe()
    newsroom.fetch(arrived=NOW - timedelta(days=1))
    assert exposure.write_ledgers(newsroom.desk) == 1
    assert "Counted once a day" in member.page(f"{FRONT}/room?days=7")
    rows = list(csv.DictReader(io.StringIO(member.get(f"{FRONT}/room.csv").text)))
    told = member.get(f"{FRONT}/room.json").json
    assert [each["key"] for each in told["sources"]] == [row["key"] for row in rows if row["kind"] == "source"]


def test_who_has_room_tells_one_english_from_another(member, newsroom):
    source = Source("https://lake.example/feed", "The Lake", "en-GB", "", (Item("Rain", 1, "<p>It rained.</p>"),))
    newsroom.subscribe((*SOURCES, source))
    newsroom.fetch((*SOURCES, source))
    page = member.page(f"{FRONT}/room")
    assert "English (United Kingdom)" in page
    assert '<th scope="row" dir="auto">English</th>' in page


def test_a_version_has_a_page_of_its_own_with_what_changed(member, newsroom):
    first = editing.find_version(newsroom.desk, newsroom.actor(), "many-voices")
    points = re.search(r"points = (\d+)", first.toml)[1]
    text = first.toml.replace(f"points = {points}", "points = 7", 1)
    publishing.publish(newsroom.desk, newsroom.actor(), text, "Less of it")
    assert "This is the first version." in member.page("/rules/many-voices/versions/1")
    page = member.page("/rules/many-voices/versions/2")
    assert "Less of it" in page
    assert points in page.split("What changed")[1].split("</section>")[0]
    assert '<div class="statement" lang="ar" dir="rtl">' in member.page("/rules/many-voices/versions/2?lang=ar")
    assert "Ce qui donne des points" in member.page("/rules/many-voices/versions/2?lang=fr")
    assert "What gives points" in member.page("/rules/many-voices/versions/2?lang=../en")
    signed = member.get("/rules/many-voices/versions/2.json").data
    assert check_envelope(signed).problem is None
    assert first.identity == json.loads(signed)["version"]["supersedes"]
    assert "/rules/many-voices/versions/2" in member.page("/rules/many-voices")
    assert member.get("/rules/many-voices/versions/3").status_code == 404
