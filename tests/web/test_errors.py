from __future__ import annotations

import pytest

from aggregator import errors as tree
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.job import ItemState
from web.errors import ERRORS, STATUSES, told_of
from web.words import FAULTS, ITEMS, fault_remedy, fault_sentence

CLASSES = [
    value for value in vars(tree).values() if isinstance(value, type) and issubclass(value, tree.BroadsheetError)
]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_of_ours_has_a_status_and_a_sentence(kind):
    told = told_of(kind.__new__(kind))
    assert 400 <= told.status < 600
    assert str(told.title)
    assert str(told.sentence).endswith(".")


def test_more_particular_errors_are_told_more_particularly():
    assert ERRORS[tree.StorageFullError].sentence != ERRORS[tree.BusyError].sentence
    assert told_of(tree.StorageFullError()).title == ERRORS[tree.StorageFullError].title


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 421, 500])
def test_every_status_we_answer_has_its_words(status):
    assert STATUSES[status].status == status


def test_every_fault_of_a_feed_has_a_cause_and_a_remedy(app):
    with app.test_request_context("/"):
        for code in FaultCode:
            assert fault_sentence(Fault(code, "418")).endswith(".")
            assert fault_remedy(Fault(code)).endswith(".")
    assert set(FAULTS) == set(FaultCode)
    assert set(ITEMS) == set(ItemState)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (tree.BusyError("the database", 7), (503, "7")),
        (tree.StorageFullError(), (503, "60")),
        (tree.NotFoundError("list", "x"), (404, None)),
        (tree.NotAllowedError("publish rules"), (403, None)),
        (tree.ConflictError("feed", "it is there already"), (409, None)),
        (tree.FetchError(Fault(FaultCode.DNS)), (502, None)),
    ],
)
def test_an_error_becomes_a_page_that_says_what_to_do(stranger, monkeypatch, error, expected):
    def fail():
        raise error

    monkeypatch.setitem(stranger.client.application.view_functions, "pages.keys", fail)
    answer = stranger.get("/keys")
    assert (answer.status_code, answer.headers.get("Retry-After")) == expected
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<h1>" in answer.text


def test_a_page_that_is_not_there_looks_like_the_house(stranger):
    answer = stranger.get("/nowhere")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


@pytest.mark.parametrize("address", ["/sources/{}", "/import/{}", "/import/{}/progress"])
@pytest.mark.parametrize("number", [2**63, 10**20, 10**15 - 1])
def test_a_number_that_can_be_nothing_of_ours_is_not_there(member, address, number):
    assert member.get(address.format(number)).status_code == 404


def test_an_address_that_takes_no_such_request_says_which_it_takes(member):
    answer = member.post("/keys")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_an_error_shows_nothing_of_what_was_sent_as_markup(member):
    answer = member.get("/lists/front-page?at=<script>alert(1)</script>")
    assert answer.status_code == 400
    assert "<script>alert" not in answer.text
