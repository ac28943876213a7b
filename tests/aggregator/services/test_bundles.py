from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.errors import BadDocumentError, BadInputError, ConflictError, NotAllowedError, NotFoundError
from aggregator.model.bundle import ChangeKind
from aggregator.model.member import Actor, Role
from aggregator.services import (
    accounts,
    bundle_copying,
    bundle_following,
    bundles,
    editing,
    importing,
    keys,
    publishing,
    subscribing,
    undoing,
)
from aggregator.services.bundle_proof import Pinned, chain_problem, check_bundle
from aggregator.wiring import open_desk
from tests.aggregator.services.guild import ADDRESS, guild, look

__all__ = ["guild"]

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "opml"
ODD = b"""<opml version="2.0" xmlns:o="urn:odd"><head><title>Odd</title></head><body>
<outline text="Ships" o:mood="salty">
<o:note>Only boats</o:note>
<outline type="rss" text="Tide" xmlUrl="https://tide.example/feed" o:mood="calm" starred="yes"/>
</outline></body></opml>"""


@pytest.fixture
def actor(desk):
    return accounts.operator(desk)


def addresses(desk, actor):
    return {each.feed.address for each in subscribing.sources(desk, actor)}


def words(changes):
    return [each.word for each in changes if not each.kind.copied]


def test_versions_are_kept_numbered_and_chained(guild):
    first = guild.bundle("A beginning")
    assert first == guild.bundle("Nothing changed")
    guild.add("https://moor.example/feed", "Hills", "The Moor")
    second = guild.bundle("The Moor is good")
    one, two = check_bundle(first), check_bundle(second)
    assert (None, None) == (one.problem, two.problem)
    assert (1, None, 2, one.identity) == (
        one.document.head.number,
        one.document.head.previous,
        two.document.head.number,
        two.document.head.previous,
    )
    (own,) = bundles.own_bundles(guild.desk, guild.actor)
    assert [(2, "The Moor is good"), (1, "A beginning")] == [(each.number, each.reason) for each in own.versions]
    assert first == bundles.bundle_file(guild.desk, guild.actor, "front", 1)


def test_a_secret_address_is_left_out_and_counted(guild):
    guild.add("https://hidden.example/feed?token=0123456789abcdef", "Hills", "Hidden")
    data = guild.bundle()
    assert b"0123456789abcdef" not in data
    assert check_bundle(data).document.head.left_out == 1


def test_any_change_is_found(guild):
    data = guild.bundle()
    for old, new in (
        (b"The Tide", b"The Tidy"),
        (b'text="Boats"', b'text="Boots"'),
        (b"many-voices", b"main-voices"),
        (b'number="1"', b'number="2"'),
        (b"<body>", b'<body extra="1">'),
        (b"</body>", b"<outline text='more'/></body>"),
    ):
        assert old in data
        assert check_bundle(data.replace(old, new)).problem


def test_the_order_of_attributes_and_the_quotes_are_no_change(guild):
    data = guild.bundle()
    turned = data.replace(b'name="front" number="1"', b"number='1'   name=\"front\"")
    assert turned != data
    assert check_bundle(turned).problem is None


def test_another_key_an_older_version_and_a_broken_chain_are_refused(guild, desk, actor):
    first = check_bundle(guild.bundle())
    guild.add("https://moor.example/feed", "Hills", "The Moor")
    second = check_bundle(guild.bundle())
    bundles.publish_bundle(desk, actor, "front", None)
    stranger = check_bundle(bundles.bundle_file(desk, actor, "front"))
    head = first.document.head
    at_first = Pinned(head.publisher, head.name, 1, first.identity)
    assert chain_problem(second, at_first) is None
    assert "another key" in chain_problem(stranger, at_first)
    assert "older" in chain_problem(first, replace(at_first, number=2, identity=second.identity))
    assert "two different versions 1" in chain_problem(first, replace(at_first, identity="0" * 64))
    assert "chain is broken" in chain_problem(second, replace(at_first, identity="0" * 64))
    assert "called front" in chain_problem(first, replace(at_first, name="back"))
    assert "not signed any more" in chain_problem(check_bundle(ODD), at_first)


def test_a_bundle_comes_in_add_only_or_fully(guild, desk, actor):
    subscribing.add_source(desk, actor, "https://own.example/feed", folder="Own")
    subscribing.add_source(desk, actor, "https://tide.example/feed", folder="Water", title="Tide")
    keys.set_keys(guild.desk, guild.actor, guild.feed("https://hill.example/feed"), source="hills", owner="the-hills")
    data = guild.bundle()
    found = bundles.preview(desk, actor, data)
    assert found.problem is None
    assert [
        "added https://hill.example/feed",
        "removed https://own.example/feed",
        "renamed https://tide.example/feed",
        "refiled https://tide.example/feed",
    ] == words(found.changes)
    job = bundles.take_in(desk, actor, "front.opml", data, full=False)
    importing.run_waiting(desk)
    assert "https://own.example/feed" in addresses(desk, actor)
    hill = keys.source_at(desk, actor, "https://hill.example/feed").feed
    assert ("hills", "the-hills") == (hill.source, hill.owner)
    undoing.undo_import(desk, actor, job)
    assert "https://hill.example/feed" not in addresses(desk, actor)
    bundles.take_in(desk, actor, "front.opml", data, full=True)
    importing.run_waiting(desk)
    assert not words(bundles.preview(desk, actor, data).changes)
    assert {"https://tide.example/feed", "https://hill.example/feed"} == addresses(desk, actor)


def test_all_that_a_bundle_changed_is_taken_back_but_what_was_changed_since(guild, desk, actor):
    subscribing.add_source(desk, actor, "https://own.example/feed", folder="Own", title="My own")
    subscribing.add_source(desk, actor, "https://tide.example/feed", folder="Water", title="Tide")
    before = importing.export_opml(desk, actor)
    job = bundles.take_in(desk, actor, "front.opml", guild.bundle(), full=True)
    importing.run_waiting(desk)
    assert before != importing.export_opml(desk, actor)
    undoing.undo_import(desk, actor, job)
    assert before == importing.export_opml(desk, actor)
    job = bundles.take_in(desk, actor, "front.opml", guild.bundle(), full=True)
    importing.run_waiting(desk)
    tide = keys.source_at(desk, actor, "https://tide.example/feed").feed.id
    subscribing.rename(desk, actor, tide, "The tides of today")
    undoing.undo_import(desk, actor, job)
    held = subscribing.source(desk, actor, tide).subscription
    assert ("The tides of today", ("Water",)) == (held.title, held.folders)
    with pytest.raises(NotAllowedError):
        undoing.undo_import(desk, Actor(None, actor.group, Role.READER), job)


def test_what_another_instance_took_in_it_hands_on_the_same(guild, desk, actor):
    importing.start_import(guild.desk, guild.actor, "odd.opml", ODD.replace(b"tide", b"moon"))
    importing.run_waiting(guild.desk)
    data = guild.bundle()
    bundles.take_in(desk, actor, "front.opml", data, full=True)
    importing.run_waiting(desk)
    bundles.publish_bundle(desk, actor, "front", None)
    body = b"<body>"
    assert data.partition(body)[2] == bundles.bundle_file(desk, actor, "front").partition(body)[2]
    for kept in (b'mood="calm"', b'mood="salty"', b'<o:note xmlns:o="urn:odd">Only boats</o:note>'):
        assert kept in data


def test_a_bundle_that_does_not_hold_is_not_taken_in(guild, desk, actor):
    with pytest.raises(BadDocumentError, match="changed after it was signed"):
        bundles.take_in(desk, actor, "x", guild.bundle().replace(b"The Tide", b"The Tidy"), full=False)
    assert not subscribing.sources(desk, actor)


def test_a_change_is_followed_as_a_list_that_waits(guild, desk, actor):
    followed = bundle_following.follow(desk, actor, ADDRESS)
    look(desk, actor, followed, guild.bundle("A beginning"))
    page = bundle_following.followed_page(desk, actor, followed)
    assert ["added https://tide.example/feed", "added https://hill.example/feed"] == words(page.changes)
    assert not subscribing.sources(desk, actor)
    bundle_following.decide(desk, actor, followed, page.followed.identity, ["added https://tide.example/feed"])
    importing.run_waiting(desk)
    assert {"https://tide.example/feed"} == addresses(desk, actor)
    subscribing.remove(guild.desk, guild.actor, guild.feed("https://tide.example/feed"))
    guild.add("https://moor.example/feed", "Hills", "The Moor")
    look(desk, actor, followed, guild.bundle("Moors for tides"))
    page = bundle_following.followed_page(desk, actor, followed)
    assert ["added https://moor.example/feed", "removed https://tide.example/feed"] == words(page.changes)
    assert (2, "Moors for tides") == (page.number, page.reason)
    with pytest.raises(ConflictError):
        bundle_following.decide(desk, actor, followed, "0" * 64, None)
    bundle_following.decide(desk, actor, followed, page.followed.identity, None)
    importing.run_waiting(desk)
    assert {"https://moor.example/feed"} == addresses(desk, actor)
    with pytest.raises(ConflictError):
        bundle_following.decide(desk, actor, followed, page.followed.identity, None)


def test_what_does_not_hold_is_refused_with_a_reason_and_nothing_is_stored(guild, desk, actor):
    followed = bundle_following.follow(desk, actor, ADDRESS)
    first = guild.bundle()
    guild.add("https://moor.example/feed", "Hills", "The Moor")
    second = guild.bundle()
    bundles.publish_bundle(desk, actor, "front", None)
    stranger = bundles.bundle_file(desk, actor, "front")
    assert look(desk, actor, followed, second) is None
    before = bundle_following.followed_page(desk, actor, followed)
    for bad, reason in (
        (first, "older than version 2"),
        (stranger, "another key"),
        (second.replace(b"The Moor", b"The More"), "changed after it was signed"),
        (ODD, "not signed any more"),
        (second[:900], "not signed any more"),
        (b"no bundle at all", "not one outline"),
        (ODD.replace(b"Tide", b"x" * 1_000_000), "longer than 8,192"),
        (b"<!DOCTYPE a [<!ENTITY b 'cc'>]>" + ODD, "document type"),
        (b"<opml>" + b"<outline text='a'>" * 30 + b"</outline>" * 30 + b"</opml>", "nested"),
    ):
        assert reason in look(desk, actor, followed, bad)
        page = bundle_following.followed_page(desk, actor, followed)
        assert reason in page.followed.problem
        assert before.changes == page.changes
    assert look(desk, actor, followed, second) is None
    assert bundle_following.followed_page(desk, actor, followed).followed.problem is None


def test_plain_opml_is_followed_and_says_that_nobody_signed_it(desk, actor):
    followed = bundle_following.follow(desk, actor, ADDRESS)
    assert look(desk, actor, followed, ODD) is None
    page = bundle_following.followed_page(desk, actor, followed)
    assert (None, ["added https://tide.example/feed"]) == (page.followed.publisher, words(page.changes))


def test_a_rule_is_copied_from_a_bundle_and_names_where_it_came_from(guild, desk, actor):
    followed = bundle_following.follow(desk, actor, ADDRESS)
    look(desk, actor, followed, guild.bundle())
    made = bundle_copying.fork_rule(desk, actor, followed, "many-voices", new="their-voices", reason="Good")
    theirs = editing.find_version(guild.desk, guild.actor, "many-voices")
    assert made.slug == "their-voices"
    with desk.database.read() as conn:
        from aggregator.store import rules  # noqa: PLC0415  # only this test looks at the envelope

        assert f'"forked_from":"{theirs.identity}"' in rules.get_envelope(conn, made.id)
    with pytest.raises(NotFoundError):
        bundle_copying.fork_rule(desk, actor, followed, "no-such", new="x", reason=None)


def test_a_changed_rule_is_shown_with_what_it_does_otherwise(guild, desk, actor):
    followed = bundle_following.follow(desk, actor, ADDRESS)
    look(desk, actor, followed, guild.bundle())
    page = bundle_following.followed_page(desk, actor, followed)
    assert ChangeKind.RULE_NEW in {each.kind for each in page.changes}
    bundle_following.decide(desk, actor, followed, page.followed.identity, [])
    text = editing.find_version(guild.desk, guild.actor, "many-voices").toml
    publishing.publish(guild.desk, guild.actor, text.replace("points = ", "points = 2", 1), "More")
    assert look(desk, actor, followed, guild.bundle()) is None
    (change,) = bundle_following.followed_page(desk, actor, followed).changes
    assert (ChangeKind.RULE_CHANGED, "1", "2") == (change.kind, change.before, change.after)
    assert any("points" in each for each in change.details)


def test_who_may(desk, actor):
    reader = Actor(None, actor.group, Role.READER)
    for forbidden in (
        lambda: bundles.publish_bundle(desk, reader, "front", None),
        lambda: bundle_following.follow(desk, reader, ADDRESS),
        lambda: bundles.set_public(desk, Actor(None, actor.group, Role.EDITOR), "front", public=True),
    ):
        with pytest.raises(NotAllowedError):
            forbidden()
    for bad in ("Front", "", "a" * 41, "../x"):
        with pytest.raises(BadInputError):
            bundles.publish_bundle(desk, actor, bad, None)


def test_real_lists_become_bundles_with_nothing_lost(desk, actor, tmp_path, clock):
    files = sorted(path for path in CORPUS.rglob("*") if path.is_file())
    if not files:
        pytest.skip(f"no source lists in {CORPUS}")
    for path in files:
        try:
            importing.start_import(desk, actor, path.name, path.read_bytes())
        except BadDocumentError:
            continue
    importing.run_waiting(desk)
    bundles.publish_bundle(desk, actor, "all", None)
    data = bundles.bundle_file(desk, actor, "all")
    assert check_bundle(data).problem is None
    with open_desk(replace(desk.settings, data=tmp_path / "again"), create=True) as opened:
        other = replace(opened, clock=clock)
        there = accounts.operator(other)
        bundles.take_in(other, there, "all.opml", data, full=True)
        importing.run_waiting(other)
        bundles.publish_bundle(other, there, "all", None)
        again = bundles.bundle_file(other, there, "all")
        assert not words(bundles.preview(other, there, data).changes)
    assert data.partition(b"<body>")[2] == again.partition(b"<body>")[2]
