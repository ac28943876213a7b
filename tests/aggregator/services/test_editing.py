from __future__ import annotations

import pytest

from aggregator.errors import BadInputError, ConflictError, NotAllowedError, NotFoundError
from aggregator.services import editing, publishing, reading
from aggregator.store import rules as stored
from rankers import RuleError, published_rules
from tests.aggregator.services.newsroom import open_newsroom

RULE = """
schema = "ranking-rule/1"
id = "ours"
title = "{title}"
plain = "What we like."

[[filter]]
id = "no-audio"
leave_out = {{ kind = "audio" }}
why = "To read."

[[score]]
id = "fresh"
signal = "age_hours"
curve = {{ halves_every = 12 }}
points = {points}
why = "New."

[[score]]
id = "loud"
signal = "source_pace"
curve = {{ rises = [1, 10] }}
points = -10
why = "Loud."

[[arrange]]
step = "take-turns"
by = "source"
why = "In turn."

[finish]
length = 10
"""


def rule(title="Ours", points=30):
    return RULE.format(title=title, points=points)


@pytest.fixture
def room(tmp_path):
    with open_newsroom(tmp_path) as opened:
        yield opened


def test_the_shipped_rules_are_published_once(room):
    assert {version.slug for version in editing.rules(room.desk, room.reader)} == set(published_rules())
    assert publishing.install_shipped(room.desk) == ()
    assert {version.number for version in editing.rules(room.desk, room.reader)} == {1}


def test_every_shipped_rule_can_be_said_in_words(room):
    for version in editing.rules(room.desk, room.reader):
        page = editing.rule_page(room.desk, room.reader, version.slug)
        assert all(line.sentence for line in page.lines)
        assert page.lines[-1].part == "finish"


def test_a_shipped_text_that_moved_on_becomes_a_new_version(room, monkeypatch):
    newer = {**published_rules(), "newest-first": published_rules()["newest-first"] + "# moved on\n"}
    monkeypatch.setattr(publishing, "published_rules", lambda: newer)
    assert ["newest-first"] == [version.slug for version in publishing.install_shipped(room.desk)]
    assert editing.rule_page(room.desk, room.reader, "newest-first").version.number == 2
    assert publishing.install_shipped(room.desk) == ()


def test_a_rule_the_group_made_its_own_is_not_overwritten(room, monkeypatch):
    own = published_rules()["newest-first"] + "# ours\n"
    publishing.publish(room.desk, room.editor, own, "ours")
    newer = {**published_rules(), "newest-first": published_rules()["newest-first"] + "# moved on\n"}
    monkeypatch.setattr(publishing, "published_rules", lambda: newer)
    assert publishing.install_shipped(room.desk) == ()
    assert editing.rule_page(room.desk, room.reader, "newest-first").version.toml == own


def test_publishing_makes_a_version_with_author_and_reason(room):
    first = publishing.publish(room.desk, room.editor, rule(), None)
    second = publishing.publish(room.desk, room.editor, rule(points=40), " newer first ")
    assert [(1, None), (2, "newer first")] == [(each.number, each.reason) for each in (first, second)]
    page = editing.rule_page(room.desk, room.reader, "ours")
    assert [2, 1] == [version.number for version in page.versions]
    assert (page.version, page.current, page.version.author) == (second, True, "A editor")
    assert editing.rule_page(room.desk, room.reader, "ours", 1).current is False


def test_a_rule_page_says_lines_points_and_shares(room):
    publishing.publish(room.desk, room.editor, rule(), None)
    page = editing.rule_page(room.desk, room.reader, "ours")
    assert page.budget == 40
    assert [("score", "fresh", 30, 750), ("score", "loud", -10, 250), ("filter", "no-audio", 0, 0)] == [
        (line.part, line.id, line.points, line.share) for line in page.lines[:3]
    ]
    assert page.lines[0].sentence == "half as much every 12 hours"


def test_a_published_change_ranks_the_page_at_once(room):
    room.fill(feeds=2)
    publishing.publish(room.desk, room.editor, rule(), None)
    before = reading.list_page(room.desk, room.reader, "front-page", rule="ours")
    publishing.publish(room.desk, room.editor, rule(points=60), None)
    after = reading.list_page(room.desk, room.reader, "front-page", rule="ours")
    assert after.rule.hash != before.rule.hash
    totals = [page.items[0].explanation.terms[0].points for page in (before, after)]
    assert totals[1] == 2 * totals[0] or before.items[0].entry.uid != after.items[0].entry.uid


def test_a_change_of_wording_is_a_version_too(room):
    publishing.publish(room.desk, room.editor, rule(), None)
    assert publishing.publish(room.desk, room.editor, rule(title="Theirs"), None).title == "Theirs"


def test_the_same_text_twice_is_refused(room):
    publishing.publish(room.desk, room.editor, rule(), None)
    with pytest.raises(ConflictError):
        publishing.publish(room.desk, room.editor, rule(), None)


def test_a_bad_text_is_refused_whole_with_its_places(room):
    bad = rule().replace("halves_every", "halfs_every")
    (problem, *_) = editing.check_rule(bad, file="ours.toml").problems
    assert (problem.file, problem.line > 10) == ("ours.toml", True)
    with pytest.raises(RuleError):
        publishing.publish(room.desk, room.editor, bad, None)
    with room.desk.database.read() as conn:
        assert stored.find_rule(conn, room.editor.group, "ours") is None


def test_a_good_text_is_checked_without_being_kept(room):
    assert editing.check_rule(rule()).document.id == "ours"
    assert "ours" not in {version.slug for version in editing.rules(room.desk, room.reader)}


def test_readers_do_not_publish(room):
    with pytest.raises(NotAllowedError):
        publishing.publish(room.desk, room.reader, rule(), None)


def test_a_reason_has_an_end(room):
    with pytest.raises(BadInputError):
        publishing.publish(room.desk, room.editor, rule(), "x" * 1001)


@pytest.mark.parametrize(("slug", "number"), [("nothing", None), ("newest-first", 7)])
def test_unknown_rules_and_versions_are_not_found(room, slug, number):
    with pytest.raises(NotFoundError):
        editing.rule_page(room.desk, room.reader, slug, number)
