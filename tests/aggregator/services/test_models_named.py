"""Receipts, versions and lists name the model that gave what a rule reads of meaning."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.errors import ConflictError
from aggregator.model.member import Actor, Role
from aggregator.queue.ask import WorkerSocket
from aggregator.services import canary, editing, publishing, reading, receipts, versions
from aggregator.services.current_model import name_of
from aggregator.store import cards
from tests.aggregator.services.meant import CARD, OTHER, fill, read, tell
from tests.aggregator.services.newsroom import open_newsroom

STORIES, PLAIN = "big-stories", "newest-first"
DAY = timedelta(days=1)


@pytest.fixture
def room(tmp_path, database):
    with open_newsroom(tmp_path, database) as opened:
        opened.desk = replace(opened.desk, ask=WorkerSocket(tmp_path / "nobody.sock"))
        fill(opened)
        yield opened


def make(room, rule=STORIES, **asked):
    return receipts.make(room.desk, room.reader, "front-page", rule=rule, **asked)


def named(receipt):
    return [each["name"] for each in json.loads(receipt.data)["models"]]


def list_page(room, rule=STORIES):
    return reading.list_page(room.desk, room.reader, "front-page", rule=rule)


def test_without_a_model_a_receipt_names_none(room):
    assert ([], []) == (named(make(room)), named(make(room, PLAIN)))


def test_a_receipt_names_the_model_behind_its_facts_and_holds(room):
    read(room, 1, 2, 3, 4)
    tell(room, 1, 4)
    receipt = make(room)
    assert [CARD.name] == named(receipt)
    assert receipts.verify_receipt(receipt.data).holds
    assert receipts.check_facts(room.desk, room.reader, receipt.data) is None
    assert [] == named(make(room, PLAIN))


def test_facts_of_another_model_are_not_those_of_the_receipt(room):
    read(room, 1, 2, 3, 4)
    receipt = make(room)
    read(room, 1, 2, 3, 4, model=OTHER)
    assert receipts.verify_receipt(receipt.data).holds
    found = receipts.check_facts(room.desk, room.reader, receipt.data)
    assert ("models", True) == (found.section, OTHER.name in found.found)


def test_what_a_model_said_of_stories_counts_as_long_as_lists_reach_back_to_it(room):
    read(room, 1, 2, 3, 4)
    tell(room, 1, 4)
    room.clock.instant += DAY
    read(room, 1, 2, 3, 4, model=OTHER)
    assert [OTHER.name, CARD.name] == named(make(room))
    assert (OTHER, 0, (CARD,)) == (
        (mixed := list_page(room).mixed).card,
        mixed.left,
        mixed.former,
    )
    assert receipts.check_facts(room.desk, room.reader, make(room).data) is None
    assert list_page(room, PLAIN).mixed is None
    room.clock.instant += 8 * DAY
    assert [OTHER.name] == named(make(room))
    assert list_page(room).mixed is None


def test_a_list_says_how_much_the_new_model_has_still_to_read(room):
    read(room, 1, 2, 3, 4)
    assert list_page(room).mixed is None
    read(room, model=OTHER)
    assert 4 == list_page(room).mixed.left
    read(room, 1, 2, 3, 4, model=OTHER)
    assert 0 == list_page(room).mixed.left


def test_the_same_model_again_changes_nothing(room):
    read(room, 1, 2, 3, 4)
    with room.desk.database.write() as conn:
        cards.let_count(conn, None, now=room.clock.now())
    assert [] == named(make(room))
    read(room, 1, 2, 3, 4)
    assert [CARD.name] == named(make(room))
    with room.desk.database.read() as conn:
        assert [CARD] == [each.card for each in cards.get_counted(conn)]


def test_a_version_names_the_model_it_was_published_with(room):
    shipped = editing.find_version(room.desk, room.reader, STORIES)
    with pytest.raises(ConflictError):
        publishing.publish(room.desk, room.editor, shipped.toml, "Again")
    read(room, 1, 2, 3, 4)
    version = publishing.publish(room.desk, room.editor, shipped.toml, "With the model")
    signed = versions.envelope(room.desk, room.reader, version.id)
    assert versions.check_envelope(signed.encode()).problem is None
    assert (name_of(CARD),) == versions.models_of(signed)
    assert json.loads(make(room).data)["rule_hash"] == version.hash != shipped.hash
    page = editing.rule_page(room.desk, room.reader, STORIES, 1)
    assert (shipped.hash, version.hash) == (page.version.hash, page.hash_here)
    with pytest.raises(ConflictError):
        publishing.publish(room.desk, room.editor, shipped.toml, "Again")


def test_a_version_of_a_rule_without_meaning_names_no_model(room):
    read(room, 1, 2, 3, 4)
    text = editing.find_version(room.desk, room.reader, PLAIN).toml.replace('title = "', 'title = "Our ', 1)
    version = publishing.publish(room.desk, room.editor, text, "Ours")
    assert () == versions.models_of(versions.envelope(room.desk, room.reader, version.id))


@pytest.mark.parametrize("models", [[], [{"name": "x", "sha256": "y"}], "x", [1]])
def test_another_model_in_a_signed_version_is_found_out(room, models):
    read(room, 1)
    shipped = editing.find_version(room.desk, room.reader, STORIES)
    version = publishing.publish(room.desk, room.editor, shipped.toml, "With the model")
    told = json.loads(versions.envelope(room.desk, room.reader, version.id))
    told["models"] = models
    assert versions.check_envelope(json.dumps(told).encode()).problem


def test_checking_an_order_tells_which_model_its_version_was_published_with(room):
    read(room, 1, 2, 3, 4)
    checked = receipts.check_order(room.desk, room.reader, "front-page", rule=STORIES)
    assert ((name_of(CARD),), ()) == (checked.found.models, checked.published_with)


def test_marks_have_no_part_in_orders_by_meaning_either(room):
    read(room, 1, 2, 3, 4)
    tell(room, 1, 2, 4)
    steward = Actor(room.editor.member, room.editor.group, Role.STEWARD)
    assert () == canary.try_marks(room.desk, steward).differing


def test_the_statement_names_the_model(room):
    read(room, 1)
    version = editing.find_version(room.desk, room.reader, STORIES)
    *_, models = editing.statement(room.desk, room.reader, version)
    assert CARD.digest in models.sentences[0].text
