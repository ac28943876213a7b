"""Lists in bundles: they travel with their rule, are shown when they change, and are copied by hand."""

from __future__ import annotations

import pytest

from aggregator.errors import ConflictError, NotAllowedError
from aggregator.model.member import Actor, Role
from aggregator.model.readinglist import Scope
from aggregator.services import accounts, bundle_copying, bundle_following, editing, importing, listing, publishing
from aggregator.services.bundle_proof import check_bundle
from aggregator.services.listing import ListWish
from tests.aggregator.services.guild import ADDRESS, guild, look

__all__ = ["guild"]
TWICE = b'<broadsheet:list id="front-page" title="a" rule="many-voices" days="7" timeZone="UTC"/>'


@pytest.fixture
def actor(desk):
    return accounts.operator(desk)


@pytest.fixture
def with_list(guild, desk, actor):
    """Follows a bundle that has a list of one folder, one feed and a rule of its own; gives its id."""
    text = editing.find_version(guild.desk, guild.actor, "many-voices").toml
    publishing.publish(guild.desk, guild.actor, text.replace("many-voices", "harbour"), "Ours")
    scope = Scope(feeds=(guild.feed("https://hill.example/feed"),), folders=("Boats",), languages=("en",))
    wish = ListWish("The harbour", "harbour", scope, 3, ("07:00", "18:30"), (0, 4), "Europe/Paris")
    listing.add_list(guild.desk, guild.actor, wish, slug="harbour")
    followed = bundle_following.follow(desk, actor, ADDRESS)
    assert look(desk, actor, followed, guild.bundle()) is None
    return followed


def test_a_list_travels_with_its_rule(desk, actor, with_list):
    with pytest.raises(ConflictError, match="accept its sources first"):
        bundle_copying.copy_list(desk, actor, with_list, "harbour", new="quay", reason="Good")
    page = bundle_following.followed_page(desk, actor, with_list)
    assert "list-new harbour" in [each.word for each in page.changes]
    bundle_following.decide(desk, actor, with_list, page.followed.identity, ["added https://tide.example/feed"])
    importing.run_waiting(desk)
    copied = bundle_copying.copy_list(desk, actor, with_list, "harbour", new="quay", reason="Good")
    assert ("https://hill.example/feed",) == copied.missing
    held, wish = listing.list_to_change(desk, actor, "quay")
    assert (
        ListWish("The harbour", "quay", Scope((), ("Boats",), ("en",)), 3, ("07:00", "18:30"), (0, 4), "Europe/Paris")
        == wish
    )
    again = bundle_copying.copy_list(desk, actor, with_list, "harbour", new="quay-two", reason="Again")
    assert held.rule_id == again.list.rule_id
    with pytest.raises(NotAllowedError):
        bundle_copying.copy_list(desk, Actor(None, actor.group, Role.READER), with_list, "harbour", new="x", reason="")


def test_a_changed_and_a_gone_list_are_shown(guild, desk, actor, with_list):
    page = bundle_following.followed_page(desk, actor, with_list)
    bundle_following.decide(desk, actor, with_list, page.followed.identity, [])
    listing.change_list(guild.desk, guild.actor, "harbour", ListWish("Quays", "harbour"))
    assert ["list-changed harbour"] == seen(guild, desk, actor, with_list)
    listing.remove_list(guild.desk, guild.actor, "harbour")
    assert ["list-gone harbour"] == seen(guild, desk, actor, with_list)


def seen(guild, desk, actor, followed):
    """Look at the next version, refuse all of it; gives what it would change."""
    look(desk, actor, followed, guild.bundle())
    page = bundle_following.followed_page(desk, actor, followed)
    bundle_following.decide(desk, actor, followed, page.followed.identity, [])
    return [each.word for each in page.changes]


def test_a_list_of_secret_sources_is_not_handed_on(guild):
    guild.add("https://hidden.example/feed?token=0123456789abcdef", "Hills", "Hidden")
    hidden = guild.feed("https://hidden.example/feed?token=0123456789abcdef")
    wish = ListWish("Secrets", "many-voices", Scope(feeds=(hidden,)))
    listing.add_list(guild.desk, guild.actor, wish, slug="secrets")
    assert {"front-page"} == {each.id for each in check_bundle(guild.bundle()).document.lists}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b'rule="many-voices"', b'rule="nobodys"', "ranked by a rule that is not in it"),
        (b'days="7"', b'days="-7"', "no usable 'days'"),
        (b'timeZone="UTC"', b"", "no usable 'timeZone'"),
        (b"</head>", TWICE + b"</head>", "two lists of one name"),
    ],
)
def test_lists_that_cannot_be_are_refused(guild, old, new, said):
    data = guild.bundle()
    assert old in data
    assert said in check_bundle(data.replace(old, new)).problem
