from __future__ import annotations

import pytest

from aggregator.errors import NotAllowedError, NotSignedInError
from aggregator.model.ids import GroupId, MemberId, OwnerId
from aggregator.model.member import Actor, Member, Role, TokenScope
from aggregator.services.rights import RIGHTS, Right, may, require, require_member

GROUP = GroupId(OwnerId(1))
ANA = Member(MemberId(OwnerId(2)), "Ana", "en")

# Cell by cell, so that a right given by mistake is a failing line: R reader, E editor, S steward.
TABLE = {
    Right.READ: "RES",
    Right.MARK: "RES",
    Right.OWN_LISTS: "RES",
    Right.TRY_RULES: "RES",
    Right.OBJECT: "RES",
    Right.ANSWER: "ES",
    Right.EXPORT: "RES",
    Right.REFRESH: "ES",
    Right.CHANGE_SOURCES: "ES",
    Right.IMPORT: "ES",
    Right.CHANGE_LISTS: "ES",
    Right.PUBLISH_RULES: "ES",
    Right.PUBLISH_BUNDLES: "ES",
    Right.OWN_ACCOUNT: "RES",
    Right.SHARE_LISTS: "S",
    Right.SEE_MEMBERS: "S",
    Right.MANAGE_MEMBERS: "S",
    Right.RUN_INSTANCE: "S",
}


def test_the_table_has_every_right():
    assert set(Right) == set(TABLE)


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("role", Role)
def test_safety_36_role_has_its_rights_and_no_others(right, role):
    actor = Actor(ANA, GROUP, role)
    expected = role.value[0].upper() in TABLE[right]
    assert expected == may(actor, right)
    if expected:
        require(actor, right)
    else:
        with pytest.raises(NotAllowedError):
            require(actor, right)


@pytest.mark.parametrize("right", Right)
def test_safety_36_nobody_is_asked_to_sign_in(right):
    with pytest.raises(NotSignedInError):
        require(Actor(None, GROUP, None), right)


@pytest.mark.parametrize("right", Right)
def test_safety_36_member_of_another_group_is_refused(right):
    with pytest.raises(NotAllowedError):
        require(Actor(ANA, GROUP, None), right)


def test_operator_without_a_member_cannot_mark():
    with pytest.raises(NotSignedInError):
        require_member(Actor(None, GROUP, Role.STEWARD), Right.MARK)


def test_marks_belong_to_the_member():
    assert require_member(Actor(ANA, GROUP, Role.READER), Right.MARK) == ANA


READS = {Right.READ, Right.TRY_RULES, Right.EXPORT}
NEVER_BY_TOKEN = {Right.OWN_ACCOUNT, Right.MANAGE_MEMBERS, Right.RUN_INSTANCE}


@pytest.mark.parametrize("role", Role)
def test_safety_40_a_token_may_no_more_than_its_scope_and_its_member(role):
    allowed = {scope: {right for right in Right if may(Actor(ANA, GROUP, role, scope), right)} for scope in TokenScope}
    assert RIGHTS[role] & READS == allowed[TokenScope.READ]
    assert RIGHTS[role] - NEVER_BY_TOKEN == allowed[TokenScope.WRITE]
