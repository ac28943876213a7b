from __future__ import annotations

import pytest

from aggregator.errors import BadInputError, ConflictError, NotAllowedError, NotFoundError, NotSignedInError
from aggregator.model.member import Role, TokenScope
from aggregator.services import accounts, publishing, reading, tokens


@pytest.fixture
def ana(desk):
    session = accounts.use_link(desk, accounts.make_link(desk), name="Ana", instance_name="Ropeworks", language="en")
    return accounts.actor_of(desk, session)


def test_a_token_speaks_for_its_member(desk, ana):
    actor = tokens.actor_of_token(desk, tokens.make_token(desk, ana, "Phone", "write"))
    assert (ana.member, Role.STEWARD, TokenScope.WRITE) == (actor.member, actor.role, actor.scope)
    assert reading.lists(desk, actor)


def test_safety_40_a_token_for_reading_changes_nothing(desk, ana):
    actor = tokens.actor_of_token(desk, tokens.make_token(desk, ana, "Phone", "read"))
    assert reading.lists(desk, actor)
    with pytest.raises(NotAllowedError):
        publishing.publish(desk, actor, "anything", None)
    with pytest.raises(NotAllowedError):
        tokens.make_token(desk, actor, "Another", "write")


def test_safety_40_a_token_is_kept_as_a_hash(desk, ana, settings):
    token = tokens.make_token(desk, ana, "Phone", "read")
    desk.database.checkpoint()
    held = b"".join(path.read_bytes() for path in settings.data.glob("broadsheet.db*"))
    assert (False, True) == (token.encode() in held, b"Phone" in held)


def test_safety_40_a_token_taken_back_opens_nothing(desk, ana):
    token = tokens.make_token(desk, ana, "Phone", "read")
    (held,) = tokens.own_tokens(desk, ana)
    assert ("Phone", TokenScope.READ) == (held.name, held.scope)
    tokens.revoke_token(desk, ana, held.id)
    assert tokens.actor_of_token(desk, token).role is None
    assert () == tokens.own_tokens(desk, ana)
    with pytest.raises(NotFoundError):
        tokens.revoke_token(desk, ana, held.id)


@pytest.mark.parametrize("token", [None, "", "bst_", "bst_made-up", "x" * 10_000, "bst_" + "x" * 10_000, "bst_\ud800"])
def test_a_made_up_token_is_nobodys(desk, token):
    assert tokens.actor_of_token(desk, token).role is None


@pytest.mark.parametrize(("name", "scope"), [("", "read"), ("x" * 101, "read"), ("a\x00b", "read"), ("Phone", "all")])
def test_a_token_has_a_name_and_a_scope(desk, ana, name, scope):
    with pytest.raises(BadInputError):
        tokens.make_token(desk, ana, name, scope)


def test_safety_43_tokens_are_bounded(desk, ana):
    for number in range(tokens.MOST):
        tokens.make_token(desk, ana, f"Number {number}", "read")
    with pytest.raises(ConflictError):
        tokens.make_token(desk, ana, "One more", "read")


def test_nobody_has_no_tokens(desk):
    with pytest.raises(NotSignedInError):
        tokens.make_token(desk, tokens.actor_of_token(desk, None), "Phone", "read")
