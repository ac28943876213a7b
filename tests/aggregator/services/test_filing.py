from __future__ import annotations

import pytest

from aggregator.errors import BadInputError, ConflictError, NotAllowedError, NotFoundError
from aggregator.model.member import Actor, Role
from aggregator.model.readinglist import Scope
from aggregator.services import accounts, filing, importing, listing, publishing, subscribing
from aggregator.services.listing import ListWish

RULE = """
schema = "ranking-rule/1"
id = "locals"
title = "Locals first"
plain = "What is filed under local news comes first."
[[score]]
id = "local"
when = { folder = ["news/LOCAL"] }
points = 10
why = "it is local"
"""


@pytest.fixture
def actor(desk):
    return accounts.operator(desk)


@pytest.fixture
def harbour(desk, actor):
    return subscribing.add_source(desk, actor, "https://harbour.example.org/feed", folder="News/Local").feed.id


def paths(desk, actor):
    return [each.path for each in filing.folders_to_change(desk, actor)]


def filed(desk, actor, feed_id):
    return subscribing.source(desk, actor, feed_id).subscription.folders


def test_source_stands_in_the_folders_it_is_filed_in_and_no_others(desk, actor, harbour):
    filing.file_source(desk, actor, harbour, ["Work", " Sea / Coast ", "Work"])
    assert filed(desk, actor, harbour) == ("Work", "Sea/Coast")
    filing.file_source(desk, actor, harbour, [])
    assert filed(desk, actor, harbour) == ()


@pytest.mark.parametrize("folder", ["/", " / ", "a/" * 21, "x" * 201])
def test_folder_without_a_usable_name_is_refused(desk, actor, harbour, folder):
    with pytest.raises(BadInputError):
        filing.file_source(desk, actor, harbour, ["Work", folder])
    assert filed(desk, actor, harbour) == ("News/Local",)


def test_renamed_folder_takes_what_is_in_it_and_the_scopes_of_lists_along(desk, actor, harbour):
    scope = Scope(folders=("news", "News/Local", "Newsreel"))
    filing.file_source(desk, actor, harbour, ["News/Local", "Newsreel"])
    listing.add_list(desk, actor, ListWish("Local", "many-voices", scope), slug="local")
    assert filing.rename_folder(desk, actor, "News", "Papers/Daily") == "Papers/Daily"
    assert filed(desk, actor, harbour) == ("Papers/Daily/Local", "Newsreel")
    _, wish = listing.list_to_change(desk, actor, "local")
    assert wish.scope.folders == ("Papers/Daily", "Papers/Daily/Local", "Newsreel")


@pytest.mark.usefixtures("harbour")
def test_folder_is_not_renamed_to_one_that_is_there_or_lies_in_it(desk, actor):
    filing.rename_folder(desk, actor, "News/Local", "Local")
    for wrong in ("News", "Local/Inner"):
        with pytest.raises(ConflictError):
            filing.rename_folder(desk, actor, "Local", wrong)
    with pytest.raises(NotFoundError):
        filing.rename_folder(desk, actor, "News/Local", "Other")


def test_order_of_folders_decides_which_is_the_main_one(desk, actor, harbour):
    filing.file_source(desk, actor, harbour, ["A/B", "C", "D"])
    assert paths(desk, actor) == ["News", "News/Local", "A", "A/B", "C", "D"]
    filing.shift_folder(desk, actor, "C", earlier=True)
    assert paths(desk, actor) == ["News", "News/Local", "C", "A", "A/B", "D"]
    assert filed(desk, actor, harbour) == ("C", "A/B", "D")
    filing.shift_folder(desk, actor, "News", earlier=True)  # it is the first already
    filing.shift_folder(desk, actor, "A/B", earlier=False)  # it is alone in its folder
    filing.shift_folder(desk, actor, "C", earlier=False)
    assert paths(desk, actor) == ["News", "News/Local", "A", "A/B", "C", "D"]


def test_removed_folder_comes_back_with_its_sources_and_its_place(desk, actor, harbour):
    other = subscribing.add_source(desk, actor, "https://quai.example.net/rss", folder="News").feed.id
    filing.file_source(desk, actor, harbour, ["Work", "News/Local"])
    before = filing.folders_to_change(desk, actor)
    filing.remove_folder(desk, actor, "News")
    assert paths(desk, actor) == ["Work"]
    assert (filed(desk, actor, harbour), filed(desk, actor, other)) == (("Work",), ())
    subscribing.remove(desk, actor, other)
    with pytest.raises(NotFoundError):
        filing.restore_folder(desk, actor, "Work")
    filing.restore_folder(desk, actor, "News")
    assert [(each.path, each.sources) for each in before] == [("News", 1), ("News/Local", 1), ("Work", 1)]
    assert [(each.path, each.sources) for each in filing.folders_to_change(desk, actor)] == [
        ("News", 0), ("News/Local", 1), ("Work", 1),
    ]  # fmt: skip
    assert filed(desk, actor, harbour) == ("News/Local", "Work")
    with pytest.raises(NotFoundError):
        filing.restore_folder(desk, actor, "News")


def test_restored_folder_still_says_what_its_outline_said(desk, actor):
    told = """<opml version="2.0"><body><outline text="News" o:mark="7" xmlns:o="urn:other">
      <outline text="Harbour" xmlUrl="https://harbour.example.org/feed"/></outline></body></opml>"""
    importing.start_import(desk, actor, "mine.opml", told.encode())
    importing.run_waiting(desk)
    before = importing.export_opml(desk, actor)
    assert b'mark="7"' in before
    filing.remove_folder(desk, actor, "News")
    filing.restore_folder(desk, actor, "News")
    assert importing.export_opml(desk, actor) == before


@pytest.mark.usefixtures("harbour")
def test_folder_says_which_lists_and_rules_name_it_and_stays_while_a_list_draws_from_it(desk, actor):
    listing.add_list(desk, actor, ListWish("Papers", "many-voices", Scope(folders=("News",))), slug="papers")
    publishing.publish(desk, actor, RULE, None)
    inner = next(each for each in filing.folders_to_change(desk, actor) if each.path == "News/Local")
    assert [each.slug for each in inner.lists] == ["papers"]
    assert [each.slug for each in inner.rules] == ["locals"]
    with pytest.raises(ConflictError, match="Papers"):
        filing.remove_folder(desk, actor, "News")
    filing.remove_folder(desk, actor, "News/Local")
    assert paths(desk, actor) == ["News"]


def test_reader_may_look_and_not_touch(desk, actor, harbour):
    reader = Actor(actor.member, actor.group, Role.READER)
    assert [each.path for each in filing.all_folders(desk, reader)] == ["News", "News/Local"]
    for refused in (
        lambda: filing.folders_to_change(desk, reader),
        lambda: filing.file_source(desk, reader, harbour, ["x"]),
        lambda: filing.rename_folder(desk, reader, "News", "x"),
        lambda: filing.shift_folder(desk, reader, "News", earlier=True),
        lambda: filing.remove_folder(desk, reader, "News"),
        lambda: filing.restore_folder(desk, reader, "News"),
    ):
        with pytest.raises(NotAllowedError):
            refused()
