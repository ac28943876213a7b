from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.errors import BusyError, NotAllowedError
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.member import Actor, Role
from aggregator.services import accounts, health, subscribing


class Working:
    """A worker that answers."""

    def ping(self):
        return {"state": "working"}

    def wake(self):
        return


def found(parts):
    return {part.name: part.ok for part in parts}


def test_up_without_a_worker_names_the_part_that_fails(desk):
    assert {"database": True, "columns": True, "worker": False} == found(health.up(desk))


def test_up_with_everything_running(desk):
    assert all(part.ok for part in health.up(replace(desk, ask=Working())))


def test_up_says_when_the_database_does_not_answer(desk, monkeypatch):
    def refuse():
        raise BusyError("the database")

    monkeypatch.setattr(type(desk.database), "read", lambda _: refuse())
    assert {"database": False} == found(health.up(desk))


def test_up_says_when_the_worker_waits_for_space(desk):
    class Waiting(Working):
        def ping(self):
            return {"state": "disk-full"}

    assert found(health.up(replace(desk, ask=Waiting())))["worker"] is False


def test_doctor_finds_a_new_instance_well(desk):
    well = replace(desk, ask=Working())
    assert all(part.ok for part in health.doctor(well, accounts.operator(well)))


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"public_url": "http://news.example.org"}, "address"),
        ({"host": "0.0.0.0"}, "address"),
    ],
)
def test_doctor_finds_an_address_that_will_not_do(desk, change, part):
    ill = replace(desk, settings=replace(desk.settings, **change))
    assert found(health.doctor(ill, accounts.operator(ill)))[part] is False


def test_safety_81_doctor_finds_a_data_directory_others_may_read(desk, settings):
    settings.data.chmod(0o755)
    assert found(health.doctor(desk, accounts.operator(desk)))["data directory"] is False


def test_safety_81_doctor_finds_a_short_secret(desk):
    ill = replace(desk, secret=b"changeme")
    assert found(health.doctor(ill, accounts.operator(ill)))["secret"] is False


def test_doctor_finds_feeds_nobody_fetches(desk, clock):
    subscribing.add_source(desk, accounts.operator(desk), "https://harbour.example.org/feed")
    clock.pass_by(hours=2)
    assert found(health.doctor(desk, accounts.operator(desk)))["feeds"] is False


def test_reader_is_not_shown_the_doctors_findings(desk):
    actor = accounts.operator(desk)
    with pytest.raises(NotAllowedError):
        health.doctor(desk, Actor(actor.member, actor.group, Role.READER))


@pytest.mark.parametrize("code", FaultCode)
def test_every_fault_has_a_sentence(code):
    sentence = health.fault_sentence(Fault(code))
    assert (True, True) == (sentence.endswith("."), sentence[0].isupper())


def test_status_has_a_sentence_of_its_own():
    assert health.fault_sentence(Fault(FaultCode.STATUS, "404")).startswith("There is no feed at this address")
