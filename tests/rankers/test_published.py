import numpy as np
import pytest

from rankers.document import parse_rule
from rankers.published import ORDER, published_rules
from rankers.ranking import rank
from rankers.signals.lottery import draw
from tests.rankers.making import HOUR, table

DAY = 24 * HOUR


def ranked(name, made):
    return rank(parse_rule(published_rules()[name]), made, made.now)


def sources_of(ranking, rows):
    return [ranking.table.label("source", row) for row in rows]


def busy(**more):
    """A day of one loud source, three quiet ones, and one story told by three of them."""
    sources = ["loud"] * 12 + ["quiet-1", "quiet-2", "quiet-3"]
    pace = {"loud": 40_000, "quiet-1": 200, "quiet-2": 1000, "quiet-3": 2000}
    return table(
        [n * HOUR for n in range(12)] + [5 * HOUR, 20 * HOUR, 30 * HOUR],
        number={"source_pace": [pace[source] for source in sources], **more.pop("number", {})},
        label={"source": sources, **more.pop("label", {})},
        **more,
    )


@pytest.mark.parametrize("name", ORDER)
def test_every_shipped_rule_is_a_rule_of_its_own_name(name):
    document = parse_rule(published_rules()[name], file=f"{name}.toml")
    assert name == document.id


def test_the_nine_are_shipped():
    assert 9 == len(published_rules()) == len(set(ORDER))


@pytest.mark.parametrize("name", ORDER)
def test_every_shipped_rule_ranks_a_table_that_knows_next_to_nothing(name):
    made = table([HOUR, 2 * HOUR], label={"source": ["a", "b"]})
    ranking = ranked(name, made)
    assert 2 == len(ranking) + ranking.counts.withheld


def test_newest_first_asks_for_nothing_but_time():
    made = busy()
    order = ranked("newest-first", made).order()
    assert np.all(np.diff(made.time[order]) <= 0)
    assert parse_rule(published_rules()["newest-first"]).reads == frozenset()


def test_many_voices_lets_no_source_stand_twice_within_fifteen():
    sources = [f"s{n % 20}" for n in range(100)]
    made = table([n * 600 for n in range(100)], label={"source": sources})
    ranking = ranked("many-voices", made)
    shown = sources_of(ranking, ranking.shown)
    assert all(len(set(shown[n : n + 15])) == 15 for n in range(len(shown) - 14))
    assert ranking.records[-1].kept


def test_many_voices_halves_after_a_day_and_takes_from_the_loud():
    made = table(
        [0, DAY, 0],
        label={"source": ["a", "b", "c"]},
        number={"source_pace": [3000, 3000, 30_000]},
    )
    assert [60_000_000, 30_000_000, 30_000_000] == ranked("many-voices", made).totals.tolist()


def test_quiet_sources_stand_above_those_who_write_all_day():
    made = busy()
    shown = sources_of(ranked("quiet-sources-first", made), ranked("quiet-sources-first", made).order(0, 4))
    assert ["quiet-1", "quiet-2", "quiet-3", "loud"] == shown


def test_fair_turns_gives_each_source_one_place_before_any_gets_two_and_the_starved_begin():
    room = {"loud": 180, "quiet-1": 100, "quiet-2": 0, "quiet-3": 20}
    sources = ["loud"] * 12 + ["quiet-1", "quiet-2", "quiet-3"]
    made = busy(number={"source_room": [room[source] for source in sources]})
    shown = sources_of(ranked("fair-turns", made), ranked("fair-turns", made).order(0, 5))
    assert ["quiet-2", "quiet-3", "quiet-1", "loud", "loud"] == shown


def test_big_stories_puts_the_widely_told_on_top_led_by_the_first_report():
    made = table(
        [HOUR, 9 * HOUR, 8 * HOUR, 0],
        label={"source": ["a", "b", "c", "d"], "story": ["s", "s", "s", None]},
        number={"story_sources": [3, 3, 3, 1]},
        flags={"first_report": [0, 1, 0, 0], "copy": [0, 0, 1, 0]},
    )
    ranking = ranked("big-stories", made)
    assert [1, 3] == ranking.order().tolist()
    assert {0: 1, 2: 1} == ranking.folded
    assert ranking.totals[1] - ranking.totals[2] > 15_000_000


def test_one_subject_leaves_out_what_is_neither_near_nor_named():
    made = table(
        [HOUR] * 4,
        label={"source": ["a", "b", "c", "d"]},
        number={"topic.subject": [550_000, 240_000, 250_000, None]},
        leaves={"text:ukrain*": [False, False, False, True], "title:ukrain*": [False, False, False, True]},
        vectors=[[100, 0], [0, 100], [100, 1], None],
    )
    ranking = ranked("one-subject", made)
    assert {1: ("off-subject",)} == ranking.withheld
    assert [0, 3, 2] == ranking.order().tolist()


def test_long_reads_leaves_out_the_short_and_what_is_only_a_beginning():
    made = table(
        [HOUR] * 4,
        label={"source": ["a", "b", "c", "d"]},
        number={"words": [599, None, 1000, 5000]},
    )
    ranking = ranked("long-reads", made)
    assert [0, 1] == sorted(ranking.withheld)
    assert [3, 2] == ranking.order().tolist()


def test_todays_lottery_gives_each_source_one_ticket_and_shows_its_newest():
    made = busy()
    ranking = ranked("todays-lottery", made)
    tickets = {source: draw("todays-lottery", made.day, source) for source in ("loud", "quiet-1", "quiet-2", "quiet-3")}
    drawn = sorted(tickets, key=lambda source: -tickets[source])
    assert drawn == sources_of(ranking, ranking.order(0, 4))
    newest = ranking.order(0, 4)[drawn.index("loud")]
    assert 0 == made.now - made.time[newest]


def test_across_languages_gives_each_language_two_places_in_a_round_the_rare_first():
    languages = ["en"] * 8 + ["fr"] * 4 + ["ms"] * 2
    share = {"en": 600_000, "fr": 280_000, "ms": 20_000}
    made = table(
        [HOUR] * 14,
        label={"source": [f"s{n}" for n in range(14)], "language": languages},
        number={"language_share": [share[language] for language in languages]},
    )
    shown = [made.label("language", row) for row in ranked("across-languages", made).order(0, 8)]
    assert ["ms", "ms", "fr", "fr", "en", "en", "fr", "fr"] == shown
