from __future__ import annotations

import html

import pytest

from aggregator.errors import ConflictError, FailedCasesError, NotAllowedError, NotFoundError
from aggregator.model.member import Role
from aggregator.model.readinglist import Scope
from aggregator.services import drafting, editing, listing, publishing, rule_cases
from aggregator.services.listing import ListWish
from aggregator.services.rule_cases import Verdict
from rankers import parse_rule, published_rules
from tests.web.newsroom import SOURCES
from tests.web.test_trying import TRY

TIDE, BOARD = SOURCES[0].address, SOURCES[4].address
BOATS, FOG, BELL = (f"{TIDE}/{number}" for number in range(3))


def case(above, below, why="Boats matter"):
    return f'\n[[test]]\nabove = "{above}"\nbelow = "{below}"\nwhy = "{why}"\n'


def many_voices(*cases):
    return published_rules()["many-voices"] + "".join(cases)


@pytest.fixture(autouse=True)
def _filled(newsroom):
    newsroom.fill()


def verdicts(newsroom, *cases, **given):
    document = parse_rule(many_voices(*cases))
    return [each.verdict for each in rule_cases.check_cases(newsroom.desk, newsroom.actor(), document, **given)]


def test_cases_hold_fail_or_are_not_run(newsroom):
    cases = (case(BOATS, BELL), case(BELL, BOATS), case(BOATS, "https://nowhere.example/"), case(BOATS, BOATS))
    assert [Verdict.HOLDS, Verdict.FAILS, Verdict.NOT_RUN, Verdict.FAILS] == verdicts(newsroom, *cases)
    assert [] == verdicts(newsroom)


def test_cases_are_run_on_every_list_that_the_rule_orders_else_on_the_first(newsroom):
    desk, actor = newsroom.desk, newsroom.actor()
    listing.add_list(desk, actor, ListWish("Tide", "many-voices", Scope(folders=("News",))))
    told = rule_cases.check_cases(desk, actor, parse_rule(many_voices(case(BOATS, f"{BOARD}/3"))))
    assert [("front-page", Verdict.HOLDS), ("tide", Verdict.NOT_RUN)] == [
        (each.list.slug, each.verdict) for each in told
    ]
    unused = parse_rule(published_rules()["fair-turns"] + case(BOATS, BELL))
    assert ["front-page"] == [each.list.slug for each in rule_cases.check_cases(desk, actor, unused)]
    assert [Verdict.NOT_RUN] == verdicts(newsroom, case(BOATS, f"{BOARD}/3"), slug="tide")
    with pytest.raises(NotFoundError):
        verdicts(newsroom, case(BOATS, BELL), slug="none")


def test_what_is_left_out_stands_below_all_that_has_a_place(newsroom):
    out = '\n[[filter]]\nid = "no-bells"\nleave_out = { title = "bell" }\nwhy = "Too loud."\n'
    document = parse_rule(many_voices(out, case(FOG, BELL), case(BELL, FOG)))
    holds, fails = rule_cases.check_cases(newsroom.desk, newsroom.actor(), document)
    assert (Verdict.HOLDS, Verdict.FAILS) == (holds.verdict, fails.verdict)
    assert '"A new bell for the lighthouse" above "Fog holds up the morning crossing"' in rule_cases.said(fails)
    assert "the first is left out by no-bells, the second stands at place" in rule_cases.said(fails)
    assert rule_cases.case_shape(fails)["above"]["lines"] == ["no-bells"]


def test_a_failing_case_stops_publishing_and_nothing_is_lost(newsroom, member):
    assert member
    desk, actor = newsroom.desk, newsroom.actor()
    drafting.save(desk, actor, "many-voices", many_voices(case(BELL, BOATS)))
    with pytest.raises(FailedCasesError) as refused:
        drafting.publish_draft(desk, actor, "many-voices", "So that the bell is heard")
    assert "Boats matter" in refused.value.problem
    assert 1 == editing.find_version(desk, actor, "many-voices").number
    assert case(BELL, BOATS) in drafting.desktop(desk, actor, "many-voices").text
    drafting.save(desk, actor, "many-voices", many_voices(case(BOATS, BELL), case("https://gone.example/", BELL)))
    assert 2 == drafting.publish_draft(desk, actor, "many-voices", "With a case").number


def test_a_version_that_fails_by_now_can_be_published_again_and_copied(newsroom, member):
    assert member
    desk, actor = newsroom.desk, newsroom.actor()
    publishing.publish(desk, actor, many_voices(case(BELL, BOATS)), "Published when it held")
    publishing.publish(desk, actor, many_voices(), "Without")
    assert 4 == drafting.publish_again(desk, actor, "many-voices", 2, "As it was").number
    assert "our-voices" == publishing.fork(desk, actor, "many-voices", "our-voices", title=None, reason="Ours").slug


def test_readers_run_cases_and_do_not_publish(newsroom):
    reader = type(newsroom.actor())(None, newsroom.actor().group, Role.READER)
    assert rule_cases.check_cases(newsroom.desk, reader, parse_rule(many_voices(case(BOATS, BELL))))
    with pytest.raises(NotAllowedError):
        rule_cases.publish_if_they_hold(newsroom.desk, reader, many_voices(), "No")


def test_the_page_says_what_a_case_expects_and_what_came(member, newsroom):
    text = many_voices(case(BELL, BOATS, "Bells <i>first</i>"), case(BOATS, BELL), case(FOG, "https://gone.example/"))
    member.post(TRY, {"text": text, "list": "front-page", "view": "text"})
    page = member.page(TRY)
    assert "Its own test cases" in page
    assert "Bells &lt;i&gt;first&lt;/i&gt;" in page
    part = html.unescape(page.split("Its own test cases")[1].split("</section>")[0])
    assert [part.count(f"<b>{word}</b>") for word in ("Fails", "Holds", "Not run")] == [1, 1, 1]
    assert "(not there)" in part
    refused = member.post(f"{TRY}/publish", {"reason": "Bells first"})
    assert refused.status_code == 409
    assert "A test case of its own fails." in refused.text
    assert "Your draft is kept." in refused.text
    with pytest.raises(ConflictError):
        drafting.publish_draft(newsroom.desk, newsroom.actor(), "many-voices", "Bells first")
