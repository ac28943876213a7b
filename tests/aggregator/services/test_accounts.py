from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from aggregator.errors import BadInputError, ConflictError, NotFoundError
from aggregator.model.member import Role
from aggregator.services import accounts, editing, membership, reading
from aggregator.services.accounts import LinkState

FIRST = {"name": "Ana", "instance_name": "The Ropeworks", "language": "fr"}


@pytest.fixture
def set_up(desk):
    return accounts.use_link(desk, accounts.make_link(desk), **FIRST)


def test_new_instance_is_not_set_up(desk):
    assert not accounts.instance(desk).set_up


def test_new_instance_has_its_front_page_ranked_by_many_voices(desk):
    actor = accounts.operator(desk)
    (front,) = reading.lists(desk, actor)
    assert ("front-page", "Many voices") == (front.slug, reading.list_page(desk, actor, "front-page").rule.title)


def test_new_instance_has_the_shipped_rules(desk):
    slugs = {rule.slug for rule in editing.rules(desk, accounts.operator(desk))}
    assert {"many-voices", "newest-first", "quiet-sources-first", "todays-lottery"} <= slugs


def test_preparing_twice_changes_nothing(desk):
    before = editing.rules(desk, accounts.operator(desk))
    accounts.prepare(desk)
    assert before == editing.rules(desk, accounts.operator(desk))


@pytest.mark.usefixtures("set_up")
def test_first_link_names_the_instance(desk):
    info = accounts.instance(desk)
    assert ("The Ropeworks", "fr", True) == (info.name, info.language, info.set_up)


def test_first_link_makes_a_steward(desk, set_up):
    actor = accounts.actor_of(desk, set_up)
    assert ("Ana", Role.STEWARD) == (actor.member.name, actor.role)


def test_looking_at_a_link_does_not_use_it(desk):
    token = accounts.make_link(desk)
    assert [LinkState.SET_UP] * 2 == [accounts.link_state(desk, token) for _ in range(2)]


def test_link_works_once(desk):
    token = accounts.make_link(desk)
    accounts.use_link(desk, token, **FIRST)
    with pytest.raises(ConflictError):
        accounts.use_link(desk, token, **FIRST)
    assert accounts.link_state(desk, token) is LinkState.USED


def test_later_link_opens_a_session_of_the_same_member(desk, set_up):
    token = accounts.make_link(desk)
    assert accounts.link_state(desk, token) is LinkState.SIGN_IN
    again = accounts.use_link(desk, token, name="Eve", instance_name="Other", language="en")
    assert accounts.actor_of(desk, set_up) == accounts.actor_of(desk, again)
    assert accounts.instance(desk).name == "The Ropeworks"


def test_link_is_over_after_a_day(desk, clock):
    token = accounts.make_link(desk)
    clock.pass_by(hours=24)
    assert accounts.link_state(desk, token) is LinkState.EXPIRED
    with pytest.raises(ConflictError):
        accounts.use_link(desk, token, **FIRST)


def test_made_up_link_is_unknown(desk):
    assert accounts.link_state(desk, "made up") is LinkState.UNKNOWN
    with pytest.raises(NotFoundError):
        accounts.use_link(desk, "made up", **FIRST)


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"instance_name": ""}, {"instance_name": "x" * 101}, {"language": "xx"}, {"language": None}],
)
def test_link_stays_good_after_a_form_with_a_mistake(desk, wrong):
    token = accounts.make_link(desk)
    with pytest.raises(BadInputError):
        accounts.use_link(desk, token, **{**FIRST, **wrong})
    assert accounts.link_state(desk, token) is LinkState.SET_UP
    assert not accounts.instance(desk).set_up


@pytest.mark.usefixtures("set_up")
def test_session_is_nobodys_without_a_token(desk):
    assert [None] * 3 == [accounts.actor_of(desk, token).role for token in (None, "", "made up")]


def test_session_is_over_after_thirty_days(desk, clock, set_up):
    clock.pass_by(days=30)
    assert accounts.actor_of(desk, set_up).member is None


def test_session_in_use_goes_on(desk, clock, set_up):
    clock.pass_by(days=20)
    assert accounts.renew(desk, set_up)
    clock.pass_by(days=20)
    assert accounts.actor_of(desk, set_up).member.name == "Ana"


def test_session_is_renewed_once_a_day_at_most(desk, clock, set_up):
    clock.pass_by(hours=23)
    assert not accounts.renew(desk, set_up)


def test_signing_out_ends_the_session(desk, set_up):
    accounts.sign_out(desk, set_up)
    assert accounts.actor_of(desk, set_up).member is None


def test_safety_40_tokens_are_kept_as_hashes(desk, settings):
    link = accounts.make_link(desk)
    session = accounts.use_link(desk, link, **FIRST)
    desk.database.checkpoint()
    held = b"".join(path.read_bytes() for path in settings.data.glob("broadsheet.db*"))
    assert (False, False) == (link.encode() in held, session.encode() in held)
    assert hashlib.sha256(session.encode()).digest() in held


def test_operator_before_set_up_is_the_group_itself(desk):
    actor = accounts.operator(desk)
    assert (None, Role.STEWARD) == (actor.member, actor.role)


def test_operator_is_the_first_steward(desk, set_up):
    assert accounts.operator(desk) == accounts.actor_of(desk, set_up) == accounts.operator(desk, "Ana")


def test_operator_cannot_be_somebody_unknown(desk):
    with pytest.raises(NotFoundError):
        accounts.operator(desk, "Eve")


@pytest.mark.usefixtures("set_up")
def test_members_are_listed_with_their_roles(desk):
    (found,) = membership.member_lines(desk, accounts.operator(desk))
    assert ("Ana", Role.STEWARD) == (found.member.name, found.role)


def test_link_address_follows_the_public_address(desk):
    public = replace(desk, settings=replace(desk.settings, public_url="https://news.example.org/"))
    assert [accounts.link_address(each, "abc") for each in (desk, public)] == [
        "http://127.0.0.1:8000/set-up/abc",
        "https://news.example.org/set-up/abc",
    ]
