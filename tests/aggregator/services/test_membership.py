from __future__ import annotations

import json

import pytest
from people import PASSWORD, VISIT, member, set_up

from aggregator.errors import (
    BadInputError,
    ConflictError,
    NotAllowedError,
    NotFoundError,
    TooManyTriesError,
    WrongProofError,
)  # fmt: skip
from aggregator.model.member import Role
from aggregator.services import accounts, inviting, membership, own_account, signing_in
from aggregator.services.signing_in import Visit
from aggregator.store import entries


@pytest.fixture
def ana(desk):
    return set_up(desk)


def join(desk, token, name, visit=VISIT, **given):
    told = {"password": PASSWORD, "language": "en", **given}
    return accounts.actor_of(desk, inviting.join(desk, token, name=name, visit=visit, **told))


def test_an_invitation_makes_as_many_members_of_its_role_as_it_has_uses(desk, ana):
    token = inviting.invite(desk, ana, role="editor", uses=2)
    assert inviting.look_at(desk, token) == inviting.Invited("Ropeworks", "Ana", Role.EDITOR, open=True)
    assert [join(desk, token, name).role for name in ("Ben", "Cem")] == [Role.EDITOR] * 2
    assert not inviting.look_at(desk, token).open
    with pytest.raises(ConflictError):
        join(desk, token, "Dan")


def test_an_invitation_is_over_in_time_and_when_taken_back(desk, ana, clock):
    old, back = inviting.invite(desk, ana, role="reader", days=1), inviting.invite(desk, ana, role="reader", days=9)
    clock.pass_by(days=1)
    with pytest.raises(ConflictError):
        join(desk, old, "Ben")
    (still,) = inviting.open_invitations(desk, ana)
    assert still.by == "Ana"
    inviting.revoke(desk, ana, still.invitation.id)
    with pytest.raises(NotFoundError):
        join(desk, back, "Ben")


@pytest.mark.parametrize("wrong", [{"role": "king"}, {"days": 0}, {"days": 91}, {"uses": 0}, {"uses": 1001}])
def test_an_invitation_is_bounded(desk, ana, wrong):
    with pytest.raises(BadInputError):
        inviting.invite(desk, ana, **{"role": "reader", **wrong})


@pytest.mark.parametrize("name", ["Ana", "ana", "\u0410n\u0430", "admin", "", "x" * 101])
def test_a_name_that_cannot_be_had_leaves_the_invitation_good(desk, ana, name):
    token = inviting.invite(desk, ana, role="reader")
    with pytest.raises((BadInputError, ConflictError)):
        join(desk, token, name)
    assert join(desk, token, "Ben").member.name == "Ben"


def test_safety_32_joining_is_throttled_by_address(desk, ana):
    token = inviting.invite(desk, ana, role="reader")
    for _ in range(10):
        with pytest.raises(ConflictError):
            join(desk, token, "Ana")
    with pytest.raises(TooManyTriesError):
        join(desk, token, "Ben")
    assert join(desk, token, "Ben", Visit("203.0.113.9")).member


def test_what_somebody_shut_out_invited_by_is_over(desk, ana):
    ben = member(desk, ana, "Ben", "steward")
    token = inviting.invite(desk, ben, role="steward")
    membership.suspend(desk, ana, ben.member.id)
    with pytest.raises(NotFoundError):
        inviting.look_at(desk, token)


@pytest.mark.parametrize("change", [membership.suspend, membership.remove])
def test_the_last_steward_stays(desk, ana, change):
    ben = member(desk, ana, "Ben", "steward")
    change(desk, ana, ben.member.id)
    for refused in (change, lambda *given: membership.set_role(*given, "reader")):
        with pytest.raises(ConflictError):
            refused(desk, ana, ana.member.id)
    assert accounts.operator(desk).role is Role.STEWARD


@pytest.mark.parametrize("role", ["reader", "editor"])
def test_safety_36_only_stewards_look_after_members(desk, ana, role):
    ben = member(desk, ana, "Ben", role)
    with pytest.raises(NotAllowedError):
        inviting.invite(desk, ben, role="reader")
    for change in (
        membership.suspend,
        membership.resume,
        membership.remove,
        membership.restore,
        membership.password_link,
    ):
        with pytest.raises(NotAllowedError):
            change(desk, ben, ana.member.id)
    with pytest.raises(NotAllowedError):
        membership.set_role(desk, ben, ben.member.id, "steward")
    with pytest.raises(NotAllowedError):
        membership.member_lines(desk, ben)


def test_a_removed_member_can_be_brought_back_for_seven_days_and_is_forgotten_then(desk, ana, clock):
    ben, cem = member(desk, ana, "Ben", "editor"), member(desk, ana, "Cem", "reader")
    membership.remove(desk, ana, ben.member.id)
    membership.remove(desk, ana, cem.member.id)
    clock.pass_by(days=7)
    assert membership.forget_removed(desk) == 0
    membership.restore(desk, ana, ben.member.id)
    assert signing_in.sign_in(desk, "Ben", PASSWORD, VISIT)
    clock.pass_by(seconds=1)
    assert membership.forget_removed(desk) == 1
    assert [line.member.name for line in membership.member_lines(desk, ana)] == ["Ana", "Ben"]
    assert member(desk, ana, "Cem", "reader").member.id > cem.member.id


def test_a_member_takes_everything_along_and_no_secret_is_in_it(desk, ana):
    told = json.dumps(own_account.everything(desk, ana))
    assert '"name": "Ana"' in told
    assert "argon2" not in told
    with desk.database.read() as conn:
        assert not entries.iter_entries(conn, limit=1)


def test_leaving_takes_the_password(desk, ana):
    ben = member(desk, ana, "Ben", "reader")
    with pytest.raises(WrongProofError):
        own_account.leave(desk, ben, "something else", VISIT)
    own_account.leave(desk, ben, PASSWORD, VISIT)
    with pytest.raises(NotAllowedError):
        signing_in.sign_in(desk, "Ben", PASSWORD, VISIT)


def test_a_name_may_change_to_one_like_the_own_and_not_to_anothers(desk, ana):
    ben = member(desk, ana, "Ben", "reader")
    ways = {"language": "fr", "theme": "dark"}
    own_account.change(desk, ben, name="Bén", **ways)
    changed, _ = own_account.own_profile(desk, ben)
    assert (changed.name, changed.language, changed.theme) == ("Bén", "fr", "dark")
    for name in ("Ana", "An\u0430", "steward"):
        with pytest.raises((BadInputError, ConflictError)):
            own_account.change(desk, ben, name=name, **ways)
    with pytest.raises(BadInputError):
        own_account.change(desk, ben, name="Bén", language="xx", theme=None)
