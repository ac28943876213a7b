from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.errors import NotFoundError
from aggregator.services.sample import sample_entry, sample_left_out, sample_list
from aggregator.services.sample_edition import sample_entries, sample_rules
from aggregator.sources.clean import HtmlCleaner
from rankers import published_rules

NOW = datetime(2026, 11, 22, 12, 34, 56, tzinfo=UTC)
RULES = tuple(published_rules())


@pytest.mark.parametrize("rule", RULES)
def test_every_shipped_rule_ranks_it_and_explains_each_place(rule):
    page = sample_list(NOW, rule=rule)
    assert page.rule.slug == rule
    assert [item.position for item in page.items] == list(range(1, page.counts.shown + 1))
    for item in page.items:
        assert item.explanation.position == item.position
        assert sum(term.points for term in item.explanation.terms) == item.explanation.total


@pytest.mark.parametrize("rule", RULES)
def test_every_entry_has_exactly_one_fate(rule):
    counts = sample_list(NOW, rule=rule).counts
    assert counts.total == len(sample_entries()) == counts.shown + counts.further_down + counts.folded + counts.withheld


@pytest.mark.parametrize("rule", RULES)
def test_what_is_left_out_is_told_with_its_lines(rule):
    page = sample_left_out(NOW, rule=rule)
    assert page.count == len(page.items) == sample_list(NOW, rule=rule).counts.withheld
    assert all(item.lines for item in page.items)


def test_it_is_wide_enough():
    page = sample_list(NOW)
    languages = Counter(sample.entry.language for sample in sample_entries())
    assert len(sample_entries()) >= 24
    assert set(languages) == {"en", "fr", "es", "ar", "ko", "de", "pt", "ms"}
    assert min(languages.values()) >= 2
    assert len({item.source for item in page.items}) >= 12
    assert len({item.explanation.terms[1].value for item in page.items}) >= 8  # paces


def test_many_voices_keeps_its_promise():
    owners = [item.source for item in sample_list(NOW).items[:15]]
    assert len(set(owners)) == len(owners)


def test_it_never_grows_old():
    then = sample_list(NOW + timedelta(days=400))
    assert [item.entry.uid for item in then.items] == [item.entry.uid for item in sample_list(NOW).items]
    assert min(then.at - item.entry.time for item in then.items) == min(sample.age for sample in sample_entries())


def test_one_minute_has_one_page():
    assert sample_list(NOW) == sample_list(NOW.replace(second=1))
    assert sample_list(NOW).at == NOW.replace(second=0)


def test_uids_are_minted_as_for_any_entry():
    for sample in sample_entries():
        named = f"{sample.feed.address}\n{sample.entry.guid}".encode()
        assert sample.entry.uid == hashlib.sha256(named).hexdigest()[:32]
    assert len({sample.entry.uid for sample in sample_entries()}) == len(sample_entries())


def test_all_places_are_made_up():
    for sample in sample_entries():
        for address in (sample.feed.address, sample.feed.site, sample.entry.link):
            assert ".example/" in address


def test_bodies_are_clean_already():
    cleaner = HtmlCleaner()
    for sample in sample_entries():
        assert cleaner.clean(sample.body.content_html, sample.entry.link) == sample.body.content_html


def test_every_entry_is_one_click_from_its_neighbours():
    uids = [item.entry.uid for item in sample_list(NOW).items]
    pages = [sample_entry(NOW, uid) for uid in uids]
    assert [page.previous for page in pages] == [None, *uids[:-1]]
    assert [page.next for page in pages][:-1] == uids[1:]
    assert all(page.body.content_html and page.standing.explanation for page in pages)


def test_leaving_a_line_away_tells_another_place():
    uid = sample_list(NOW).items[0].entry.uid
    told = sample_entry(NOW, uid, what_if=True).standing.what_if
    assert {without for without, _ in told} >= {"fresh", "loud"}


@pytest.mark.parametrize("rule", RULES)
def test_each_entry_stands_somewhere_or_is_told_why_not(rule):
    for sample in sample_entries():
        standing = sample_entry(NOW, sample.entry.uid, rule=rule).standing
        assert (standing.explanation is None) != (standing.absence is None)


def test_pages_follow_each_other():
    whole = [item.entry.uid for item in sample_list(NOW, rule="newest-first").items]
    parts, start = [], 0
    while start is not None:
        page = sample_list(NOW, rule="newest-first", start=start, limit=10)
        parts += [item.entry.uid for item in page.items]
        start = page.next_start
    assert parts == whole


def test_behind_the_end_it_goes_further_down():
    first = sample_list(NOW)
    rest = sample_list(NOW, start=first.counts.shown)
    assert rest.further == bool(first.counts.further_down)
    assert [item.position for item in rest.items] == list(range(first.counts.shown + 1, first.counts.total + 1))


def test_what_is_not_there_is_not_found():
    with pytest.raises(NotFoundError):
        sample_list(NOW, rule="no-such-rule")
    with pytest.raises(NotFoundError):
        sample_entry(NOW, "0" * 32)


def test_the_rules_to_switch_to_are_the_shipped_ones():
    assert [version.slug for version in sample_rules()] == list(RULES)
    assert sample_list(NOW).rules == sample_rules()
