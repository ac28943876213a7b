import copy
import json
from dataclasses import replace

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from rankers.explain import whys
from rankers.facts_check import verify_facts
from rankers.models import ModelName
from rankers.ranking import rank
from rankers.receipt import hash_of, make_receipt
from rankers.verify import reopen_receipt, verify_receipt
from tests.rankers.making import FRESH, HOUR, documents, leave_out, rule, step, table, tables, term

SECRET = b"a secret of this instance"


def receipt(document, made):
    return make_receipt(rank(document, made, made.now), list_key="front-page", version="", secret=SECRET)


MODELS = (ModelName("a model", "ab" * 32), ModelName("another", "cd" * 32))
NEAR = term("near", "signal = 'topic.subject'", 30) + "[[topic]]\nid = 'subject'\ntext = 'rent'"


def signed_again(content):
    """What a forger would hand in: changed, and with a hash that fits."""
    content["hash"] = hash_of(content)
    return rfc8785.dumps(content)


@given(documents(), tables())
def test_a_receipt_holds_from_itself_alone(document, made):
    written = receipt(document, made)
    checked = verify_receipt(written.data, written.annex)
    assert checked.difference is None
    assert (document.hash, len(made), ()) == (checked.rule_hash, checked.entries, checked.notes)


@given(documents(), tables())
def test_a_receipt_holds_after_all_vectors_were_withdrawn(document, made):
    written = receipt(document, made)
    gone = {uid: {"withdrawn": True} for uid in json.loads(written.annex or b"{}")}
    checked = verify_receipt(written.data, rfc8785.dumps(gone))
    assert checked.holds
    assert bool(gone) == bool(checked.notes)


DOCUMENT = rule(
    FRESH,
    term("near", "signal = 'topic.subject'", 30) + "[[topic]]\nid = 'subject'\ntext = 'rent'",
    term("ours", "when = { folder = 'Ours', title = 'rent*' }", 5),
    term("luck", "signal = 'lottery'", 3),
    leave_out("copies", "{ copy = true }"),
    step("one-per-story", "keep = 'earliest'"),
    step("spread", "by = 'meaning'\npoints = 30"),
    step("take-turns", "by = 'folder'\neach = 2"),
    step("max-per-source", "limit = 1\nwindow = 3"),
    step("pin"),
    "[finish]\nlength = 6",
)
MADE = table(
    [HOUR * n for n in range(12)],
    number={"topic.subject": [100_000 * (n % 7) for n in range(12)], "pick": [None] * 10 + [1, None]},
    label={
        "source": [f"s{n % 4}.example" for n in range(12)],
        "story": [None, "x", None, "x", "y", None, "y", None, None, None, None, "x"],
        "language": ["en"] * 12,
    },
    sets={"folder": [("Ours",), ("Theirs", "Ours"), None] * 4},
    flags={"copy": [0, 0, 1, None, 0, 0, 0, 0, 0, 0, 0, 1]},
    leaves={"title:rent*": [n % 3 == 0 for n in range(12)]},
    vectors=[[100 - n * 9, n * 9] if n % 5 else None for n in range(12)],
)
WRITTEN = receipt(DOCUMENT, MADE)


def test_the_made_receipt_uses_everything():
    content = json.loads(WRITTEN.data)
    assert content["outcome"]["withheld"]
    assert content["outcome"]["folded"]
    assert all(len(shown["terms"]) == 4 for shown in content["outcome"]["shown"])
    assert content["vectors"]
    assert verify_receipt(WRITTEN.data, WRITTEN.annex).holds


def test_no_text_and_no_folder_is_in_a_receipt():
    text = WRITTEN.data.decode().replace(json.dumps(json.loads(DOCUMENT.canonical)), "")
    facts = json.dumps(json.loads(WRITTEN.data)["facts"])
    assert "Theirs" not in text
    assert "s1.example" in facts  # lots are drawn by the names of sources
    assert "age_hours" not in facts
    assert "lottery" not in facts


@pytest.mark.parametrize("at", range(0, 1200, 37))
def test_a_changed_byte_is_refused(at):
    data = bytearray(WRITTEN.data)
    data[at] ^= 1
    assert not verify_receipt(bytes(data), WRITTEN.annex).holds


def leaf_paths(value, path=()):
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaf_paths(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaf_paths(item, (*path, number))
    else:
        yield path


OUTCOMES = sorted(leaf_paths(json.loads(WRITTEN.data)["outcome"]), key=str)


@pytest.mark.parametrize("path", OUTCOMES, ids=lambda path: "-".join(map(str, path)))
def test_a_changed_outcome_is_refused_though_its_hash_fits(path):
    content = json.loads(WRITTEN.data)
    holder = content["outcome"]
    for key in path[:-1]:
        holder = holder[key]
    value = holder[path[-1]]
    holder[path[-1]] = (not value) if isinstance(value, bool) else "other" if isinstance(value, str) else value + 1
    checked = verify_receipt(signed_again(content), WRITTEN.annex)
    assert checked.difference.section == path[0]


def test_the_first_difference_names_section_and_entry():
    content = json.loads(WRITTEN.data)
    shown = content["outcome"]["shown"]
    uid = content["facts"]["uid"][shown[2]["entry"]]
    shown[2]["total"] += 1
    difference = verify_receipt(signed_again(content), WRITTEN.annex).difference
    assert ("shown", uid) == (difference.section, difference.entry)


def test_two_entries_that_changed_places_are_refused():
    content = json.loads(WRITTEN.data)
    shown = content["outcome"]["shown"]
    shown[0], shown[1] = shown[1], shown[0]
    assert "shown" == verify_receipt(signed_again(content), WRITTEN.annex).difference.section


def test_a_changed_rule_is_refused():
    content = json.loads(WRITTEN.data)
    content["rule"]["score"][0]["points"] = 61
    assert "rule" == verify_receipt(signed_again(content), WRITTEN.annex).difference.section


def test_a_changed_vector_is_refused():
    annex = json.loads(WRITTEN.annex)
    uid = min(annex)
    annex[uid]["vector"] = "00" * 2
    difference = verify_receipt(WRITTEN.data, rfc8785.dumps(annex)).difference
    assert ("vectors", uid) == (difference.section, difference.entry)


@given(documents(), tables())
def test_a_receipt_names_the_models_behind_its_facts_and_its_hash_names_them_too(document, made):
    written = receipt(document, replace(made, models=MODELS))
    checked = verify_receipt(written.data, written.annex)
    assert checked.holds
    assert (MODELS if document.reads_models else ()) == checked.models
    assert (checked.rule_hash != document.hash) == document.reads_models
    assert document.hash_with(checked.models) == checked.rule_hash


def written_with_a_model():
    return json.loads(receipt(rule(NEAR), replace(MADE, models=MODELS[:1])).data)


def test_another_model_in_a_receipt_is_refused_though_its_hash_fits():
    content = written_with_a_model()
    content["models"][0]["sha256"] = "ef" * 32
    assert "rule" == verify_receipt(signed_again(content)).difference.section


TWICE = [{"name": "a model", "sha256": "ab" * 32}] * 2


@pytest.mark.parametrize("models", [[], None, [{}], [{"name": 1, "sha256": ""}], [{"name": "a model"}], TWICE])
def test_models_that_are_missing_or_none_are_refused(models):
    content = written_with_a_model()
    content["models"] = models
    assert not verify_receipt(signed_again(content)).holds


def test_a_rule_that_reads_no_meaning_can_name_no_model():
    content = json.loads(receipt(rule(FRESH), MADE).data)
    content["models"] = TWICE[:1]
    assert not verify_receipt(signed_again(content)).holds


def test_a_receipt_from_before_models_were_named_holds_still():
    content = json.loads(WRITTEN.data)
    del content["models"]
    assert verify_receipt(signed_again(content), WRITTEN.annex).holds


def test_what_another_model_gave_is_another_fact():
    told = replace(MADE, models=MODELS[:1])
    data = receipt(rule(NEAR), told).data
    assert verify_facts(data, told) is None
    difference = verify_facts(data, replace(MADE, models=MODELS[1:]))
    assert ("models", "a model abababababababab") == (difference.section, difference.recorded)
    assert "another cdcdcdcdcdcdcdcd" == difference.found
    assert "none" == verify_facts(data, MADE).found


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b"null", b"\xff", b'{"schema": "receipt/1", "hash": 1.5}', b"[" * 100_000, WRITTEN.data[:-9]],
    ids=range(8),
)
def test_what_is_no_receipt_is_told_and_never_raises(data):
    assert not verify_receipt(data).holds


@given(
    st.sampled_from(sorted(leaf_paths(json.loads(WRITTEN.data)), key=str)), st.sampled_from([None, -1, "x", [], 2**53])
)
def test_any_piece_replaced_never_breaks_the_check(path, value):
    content = copy.deepcopy(json.loads(WRITTEN.data))
    holder = content
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    try:
        data = signed_again(content)
    except (rfc8785.CanonicalizationError, KeyError):
        data = json.dumps(content).encode()
    verify_receipt(data, WRITTEN.annex)


def test_a_difference_is_told_in_two_hundred_characters():
    content = json.loads(WRITTEN.data)
    content["schema"] = "x" * 300
    checked = verify_receipt(signed_again(content), WRITTEN.annex)
    assert ("schema", "x" * 200, "receipt/1") == (
        checked.difference.section,
        checked.difference.recorded,
        checked.difference.found,
    )
    content["rule_hash"], content["hash"] = "y" * 70, "z" * 70
    checked = verify_receipt(rfc8785.dumps(content))
    assert ("y" * 64, "z" * 64, 12) == (checked.rule_hash, checked.receipt_hash, checked.entries)
    assert (
        "expected whole numbers, found " + "1" * 38 + ".1"
        in verify_receipt(b'{"a": ' + b"1" * 38 + b".1234}").difference.found
    )


def test_a_receipt_opened_again_ranks_as_it_did_and_says_which_way_things_moved():
    first = rank(DOCUMENT, MADE, MADE.now)
    for annex in (WRITTEN.annex, rfc8785.dumps({uid: {"withdrawn": True} for uid in json.loads(WRITTEN.annex)})):
        again = reopen_receipt(WRITTEN.data, annex, DOCUMENT)
        assert [first.table.uid_hex(row) for row in first.shown] == [again.table.uid_hex(row) for row in again.shown]
        assert [record.kept for record in first.records] == [record.kept for record in again.records]
        reasons = [move for told in whys(again, again.shown) for move in told.moves if move.step == "spread"]
        assert reasons
        if annex is not WRITTEN.annex:
            assert ["overtook" if move.from_ > move.to else "overtaken" for move in reasons] == [
                move.reason for move in reasons
            ]
    with pytest.raises(ValueError, match="made by another rule"):
        reopen_receipt(WRITTEN.data, WRITTEN.annex, rule(FRESH))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c["facts"]["uid"].reverse(), "expected each uid once, in order"),
        (lambda c: c["facts"]["uid"].__setitem__(0, "00"), "expected each uid once, in order"),
        (lambda c: c["facts"]["time"].pop(), "not every entry has a time"),
        (lambda c: c["facts"]["numbers"]["copy"]["values"].pop(), "not every entry has a number"),
        (lambda c: c["facts"]["numbers"]["copy"].__setitem__("present", "ffffff"), "has not one for each entry"),
        (lambda c: c["facts"]["keys"]["owner"]["codes"].pop(), "a key's codes do not fit its names"),
        (lambda c: c["facts"]["keys"]["owner"]["codes"].__setitem__(0, 4), "a key's codes do not fit its names"),
        (lambda c: c["facts"]["keys"]["owner"]["codes"].__setitem__(0, -2), "a key's codes do not fit its names"),
    ],
)
def test_facts_that_do_not_fit_each_other_are_refused_by_name(change, said):
    content = json.loads(WRITTEN.data)
    change(content)
    difference = verify_receipt(signed_again(content), WRITTEN.annex).difference
    assert "receipt" == difference.section
    assert said in difference.found


def test_without_an_end_the_first_fifty_places_are_written_down():
    made = table([HOUR * n for n in range(60)])
    for ending, shown in (("", 50), ("[finish]\nlength = 7", 7), ("[finish]\nlength = 80", 60)):
        content = json.loads(receipt(rule(FRESH, ending), made).data)
        assert shown == len(content["outcome"]["shown"]) == content["outcome"]["reached"]


@pytest.mark.parametrize(
    ("lines", "keys"),
    [
        ([FRESH], set()),
        ([term("luck", "signal = 'lottery'")], {"source"}),
        ([FRESH, step("take-turns", "by = 'folder'")], {"folder"}),
        ([FRESH, step("take-turns", "by = 'source'")], {"source"}),
        ([FRESH, step("max-per-source", "limit = 1\nwindow = 3")], {"owner"}),
        ([FRESH, step("one-per-story")], {"story"}),
    ],
    ids=range(6),
)
def test_a_receipt_has_the_keys_that_its_rule_goes_by_and_no_other(lines, keys):
    assert keys == set(json.loads(receipt(rule(*lines), MADE).data)["facts"]["keys"])
