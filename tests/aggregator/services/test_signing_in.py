from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from argon2 import PasswordHasher, extract_parameters
from people import PASSWORD, VISIT, member, set_up

from aggregator.errors import (
    BadInputError,
    BusyError,
    NotAllowedError,
    NotFoundError,
    TooManyTriesError,
    WrongProofError,
)
from aggregator.services import accounts, membership, passwords, signing_in, throttles
from aggregator.services.signing_in import Visit
from aggregator.store import profiles, proofs


@pytest.fixture
def ana(desk):
    return set_up(desk)


def sign_in(desk, name="Ana", password=PASSWORD, visit=VISIT):
    return accounts.actor_of(desk, signing_in.sign_in(desk, name, password, visit))


@pytest.mark.parametrize("name", ["Ana", "ana", " ANA "])
def test_a_name_and_its_password_open_a_session(desk, ana, name):
    assert sign_in(desk, name) == ana


@pytest.mark.parametrize(("name", "password"), [("Ana", "something else"), ("Eve", PASSWORD), ("", ""), ("Ana", "")])
def test_what_was_wrong_is_not_said(desk, ana, name, password):
    with pytest.raises(WrongProofError, match=r"^the name and the password do not belong together$"):
        sign_in(desk, name, password)
    assert ana.member


def test_safety_31_a_password_is_kept_as_argon2id(desk, ana):
    with desk.database.read() as conn:
        held = proofs.find_password(conn, ana.member.id)
    told = extract_parameters(held)
    assert held.startswith("$argon2id$")
    assert (told.memory_cost >= 19 * 1024, told.time_cost >= 2) == (True, True)
    assert PASSWORD not in held


def test_safety_31_an_unknown_name_takes_as_long_as_a_wrong_password(desk, ana, clock):
    # The processor's time of this thread, not the wall's: other tests run beside this one.
    spent = {"Ana": 0.0, "Nobody at all": 0.0}
    tries = 100
    passwords.holds(None, "warm")
    for number in range(tries):
        clock.pass_by(minutes=16)
        for name in spent:
            began = time.thread_time()
            with pytest.raises(WrongProofError):
                sign_in(desk, name, "something else", Visit(f"192.0.2.{number}"))
            spent[name] += time.thread_time() - began
    known, unknown = (each / tries for each in spent.values())
    assert abs(known - unknown) <= 0.010, (known, unknown)
    assert ana.member


def test_a_hash_made_with_weaker_parameters_is_made_anew(desk, ana, clock):
    old = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash(PASSWORD)
    with desk.database.write() as conn:
        proofs.set_password(conn, ana.member.id, old, now=clock.now())
    sign_in(desk)
    with desk.database.read() as conn:
        assert extract_parameters(proofs.find_password(conn, ana.member.id)).memory_cost == passwords.MEMORY_KIB
    assert sign_in(desk) == ana


def test_so_many_hashes_are_made_at_once_and_no_more(monkeypatch):
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    taken = [passwords._turns.acquire() for _ in range(passwords.AT_ONCE)]
    try:
        with pytest.raises(BusyError):
            passwords.hash_new(PASSWORD)
    finally:
        for _ in taken:
            passwords._turns.release()


@pytest.mark.parametrize("wrong", ["short", "x" * 201, "1234567890", "aaaaaaaaaaaa", "Maximiliana"])
def test_a_password_anybody_would_try_is_refused(wrong):
    with pytest.raises(BadInputError):
        passwords.check_new(wrong, name="Maximiliana")


def test_a_password_may_be_written_in_either_unicode_form(desk, ana):
    signing_in.change_password(desk, ana, PASSWORD, "contraseña segura", VISIT)
    assert sign_in(desk, password="contrasen\u0303a segura") == ana


def fail(desk, times, name, address):
    for _ in range(times):
        with pytest.raises(WrongProofError):
            sign_in(desk, name, "something else", Visit(address))


def test_safety_32_the_eleventh_try_at_an_account_is_refused_from_wherever(desk, ana, clock):
    for number in range(10):
        fail(desk, 1, "Ana", f"192.0.2.{number}")
    with pytest.raises(TooManyTriesError) as refused:
        sign_in(desk, visit=Visit("203.0.113.9"))
    assert refused.value.retry_after == 900
    clock.pass_by(minutes=14, seconds=59)
    with pytest.raises(TooManyTriesError):
        sign_in(desk)
    clock.pass_by(seconds=1)
    assert sign_in(desk) == ana


@pytest.mark.parametrize(
    ("first", "again"),
    [("192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8:0:ff::2"), ("192.0.2.1", "::ffff:192.0.2.1")],
)
def test_safety_32_the_eleventh_try_from_an_address_is_refused_at_whatever_account(desk, ana, clock, first, again):
    for number in range(10):
        fail(desk, 1, f"Nobody {number}", first)
    with pytest.raises(TooManyTriesError):
        sign_in(desk, visit=Visit(again))
    assert sign_in(desk, visit=Visit("203.0.113.9")) == ana
    clock.pass_by(minutes=15)
    assert sign_in(desk, visit=Visit(again)) == ana


def test_safety_32_a_throttle_holds_over_midnight_when_its_key_changes(desk, ana, clock):
    clock.pass_by(hours=11, minutes=55)
    fail(desk, 10, "Ana", "192.0.2.1")
    clock.pass_by(minutes=10)
    with pytest.raises(TooManyTriesError):
        sign_in(desk, visit=Visit("203.0.113.9"))
    assert ana.member


def test_safety_32_a_good_try_is_forgotten_and_those_from_its_address_are_not(desk, ana):
    fail(desk, 9, "Ana", "192.0.2.1")
    assert sign_in(desk, visit=Visit("192.0.2.1")) == ana
    fail(desk, 1, "Ana", "192.0.2.1")
    with pytest.raises(TooManyTriesError):
        sign_in(desk, visit=Visit("192.0.2.1"))


def test_safety_32_processes_share_the_throttle(desk, ana):
    fail(desk, 10, "Ana", "192.0.2.1")
    with pytest.raises(TooManyTriesError):
        sign_in(replace(desk))
    assert ana.member


def test_safety_32_guessing_the_old_password_is_throttled_too(desk, ana):
    for _ in range(10):
        with pytest.raises(WrongProofError):
            signing_in.change_password(desk, ana, "something else", "another password", VISIT)
    with pytest.raises(TooManyTriesError):
        signing_in.change_password(desk, ana, PASSWORD, "another password", VISIT)


def test_neither_names_nor_addresses_are_kept_with_the_tries(desk, ana, settings):
    fail(desk, 1, "Nobody at all", "203.0.113.77")
    desk.database.checkpoint()
    held = b"".join(path.read_bytes() for path in settings.data.glob("broadsheet.db*"))
    assert [word in held for word in (b"203.0.113", b"nobody at all", b"Nobody at all", b"nobodyatall")] == [False] * 4
    assert ana.member


def test_tries_are_forgotten_in_a_quarter_of_an_hour(desk, ana, clock):
    fail(desk, 3, "Ana", "192.0.2.1")
    clock.pass_by(minutes=15)
    throttles.count_try(desk, address="203.0.113.9")
    with desk.database.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM sign_in_try").scalar() == 1
    assert ana.member


def test_tries_at_the_same_time_are_all_counted(desk, ana):
    refused = []

    def guess():
        try:
            throttles.count_try(desk, account="ana", address="192.0.2.1")
        except TooManyTriesError:
            refused.append(1)

    threads = [threading.Thread(target=guess) for _ in range(15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 5
    assert ana.member


def test_safety_33_a_new_password_needs_the_old_one_and_ends_the_sessions(desk, ana):
    before = signing_in.sign_in(desk, "Ana", PASSWORD, VISIT)
    with pytest.raises(WrongProofError):
        signing_in.change_password(desk, ana, "something else", "another password", VISIT)
    assert accounts.actor_of(desk, before) == ana
    after = signing_in.change_password(desk, ana, PASSWORD, "another password", VISIT)
    assert accounts.actor_of(desk, before).member is None
    assert accounts.actor_of(desk, after) == ana
    with pytest.raises(WrongProofError):
        sign_in(desk)


def test_safety_33_suspending_removing_and_another_role_end_the_sessions(desk, ana):
    for number, change in enumerate((membership.suspend, membership.remove, change_role)):
        member(desk, ana, f"Ben {number}", "reader")
        session = signing_in.sign_in(desk, f"Ben {number}", PASSWORD, VISIT)
        change(desk, ana, accounts.actor_of(desk, session).member.id)
        assert accounts.actor_of(desk, session).member is None


def change_role(desk, actor, member_id):
    membership.set_role(desk, actor, member_id, "editor")


def test_a_suspended_member_is_told_so_only_after_the_right_password(desk, ana):
    ben = member(desk, ana, "Ben", "reader")
    membership.suspend(desk, ana, ben.member.id)
    with pytest.raises(WrongProofError):
        sign_in(desk, "Ben", "something else")
    with pytest.raises(NotAllowedError):
        sign_in(desk, "Ben")
    membership.resume(desk, ana, ben.member.id)
    assert sign_in(desk, "Ben").role == "reader"


def test_a_member_sees_and_ends_the_own_sessions_alone(desk, ana, clock):
    clock.pass_by(minutes=1)
    here = signing_in.sign_in(desk, "Ana", PASSWORD, VISIT)
    held = signing_in.own_sessions(desk, ana, here)
    assert [(each.device, each.here) for each in held] == [("Firefox on Linux", True), (None, False)]
    ben = member(desk, ana, "Ben", "reader")
    for session_id in (held[0].id, "no hex", "00"):
        with pytest.raises(NotFoundError):
            signing_in.end_session(desk, ben, session_id)
    signing_in.end_session(desk, ana, held[1].id)
    assert len(signing_in.own_sessions(desk, ana, here)) == 1
    assert signing_in.end_sessions(desk, ana) == 1
    assert accounts.actor_of(desk, here).member is None


def test_a_steward_helps_a_member_who_forgot_the_password(desk, ana):
    ben = member(desk, ana, "Ben", "reader")
    token = membership.password_link(desk, ana, ben.member.id).rpartition("/")[2]
    assert accounts.link_state(desk, token) is accounts.LinkState.RECOVER
    old = signing_in.sign_in(desk, "Ben", PASSWORD, VISIT)
    session = accounts.use_link(desk, token, password="a new long one")
    assert accounts.actor_of(desk, session) == ben
    assert accounts.actor_of(desk, old).member is None
    assert sign_in(desk, "Ben", "a new long one") == ben
    assert accounts.link_state(desk, token) is accounts.LinkState.USED


def test_a_link_of_somebody_shut_out_is_gone(desk, ana):
    ben = member(desk, ana, "Ben", "reader")
    token = membership.password_link(desk, ana, ben.member.id).rpartition("/")[2]
    membership.suspend(desk, ana, ben.member.id)
    assert accounts.link_state(desk, token) is accounts.LinkState.UNKNOWN


def test_a_name_is_found_by_its_key(desk, ana):
    with desk.database.read() as conn:
        assert profiles.find_named(conn, "ana") == ana.member.id
