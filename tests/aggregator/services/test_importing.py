from __future__ import annotations

import time
from dataclasses import replace

import pytest

from aggregator.errors import BadDocumentError, ConflictError, NotAllowedError, NotFoundError
from aggregator.model.ids import JobId
from aggregator.model.job import ItemState, JobState
from aggregator.model.member import Actor, Role
from aggregator.services import accounts, filing, importing, subscribing, undoing
from aggregator.store import feeds as held_feeds
from aggregator.wiring import open_desk

LIST = b"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>The Ropeworks reads</title></head><body>
<outline text="News">
  <outline text="Local">
    <outline type="rss" text="Harbour Post" xmlUrl="https://harbour.example.org/feed" htmlUrl="https://harbour.example.org/"
      language="en" weight="7"/>
  </outline>
  <outline type="rss" text="Le Quai" xmlUrl="https://quai.example.net/rss.xml" language="fr"/>
</outline>
<outline text="Work">
  <outline type="rss" text="Harbour Post again" xmlUrl="http://harbour.example.org/feed/"/>
  <outline type="rss" text="Somebody's printer" xmlUrl="http://192.168.1.7/feed"/>
  <outline type="rss" text="No address at all" xmlUrl="gopher://old.example.org/"/>
</outline>
</body></opml>
"""


@pytest.fixture
def actor(desk):
    return accounts.operator(desk)


def run(desk, actor, data=LIST):
    job_id = importing.start_import(desk, actor, "reads.opml", data)
    importing.run_waiting(desk)
    return job_id


def many(number):
    outlines = "".join(
        f'<outline type="rss" text="Paper {n}" xmlUrl="https://paper-{n}.example.org/feed"/>' for n in range(number)
    )
    return f'<opml version="2.0"><head/><body>{outlines}</body></opml>'.encode()


def state(desk, actor):
    """What an import may change, without times."""
    return [
        (held.feed.address, held.subscription.title, held.subscription.folders, held.feed.site, held.feed.language)
        for held in subscribing.sources(desk, actor)
    ], [folder.path for folder in filing.all_folders(desk, actor)]


def test_import_says_what_became_of_each_feed(desk, actor):
    job_id = run(desk, actor)
    assert [(item.state, item.note) for item in importing.job_items(desk, actor, job_id)] == [
        (ItemState.NEW, None),
        (ItemState.NEW, None),
        (ItemState.MERGED, "https://harbour.example.org/feed"),
        (ItemState.REFUSED, "refused-address"),
        (ItemState.REFUSED, "bad-address"),
    ]


def test_import_is_done_and_counted(desk, actor):
    job_id = run(desk, actor)
    job = importing.job(desk, actor, job_id)
    assert (JobState.DONE, 5, 5) == (job.state, job.done, job.total)
    assert importing.ImportCounts(new=2, already=0, merged=1, refused=2) == importing.counts(desk, actor, job_id)


def test_merged_feed_is_filed_in_the_folders_of_both(desk, actor):
    run(desk, actor)
    harbour = next(held for held in subscribing.sources(desk, actor) if "harbour" in held.feed.address)
    assert ("News/Local", "Work") == harbour.subscription.folders


def test_importing_twice_changes_nothing(desk, actor):
    run(desk, actor)
    before = state(desk, actor)
    again = run(desk, actor)
    assert before == state(desk, actor)
    assert importing.ImportCounts(new=0, already=2, merged=1, refused=2) == importing.counts(desk, actor, again)


def test_import_leaves_what_the_group_changed(desk, actor):
    run(desk, actor)
    feed_id = subscribing.sources(desk, actor)[0].feed.id
    subscribing.rename(desk, actor, feed_id, "Our harbour")
    filing.file_source(desk, actor, feed_id, ["Mine"])
    run(desk, actor)
    held = subscribing.source(desk, actor, feed_id).subscription
    assert ("Our harbour", ("Mine",)) == (held.title, held.folders)


def test_preview_says_the_same_and_writes_nothing(desk, actor):
    found = importing.preview(desk, actor, LIST)
    assert ((), ()) == (subscribing.sources(desk, actor), importing.recent_jobs(desk, actor))
    assert found.items[0].state is ItemState.NEW
    job_id = run(desk, actor)
    told = [(item.position, item.address, item.state, item.note) for item in found.items]
    assert told == [
        (item.position, item.address, item.state, item.note) for item in importing.job_items(desk, actor, job_id)
    ]


class PulledError(Exception):
    """The plug."""


@pytest.mark.parametrize("stop_after", [64, 128])
def test_interrupted_import_goes_on_where_it_was(settings, stop_after):
    def pull(done, total):  # noqa: ARG001  # the signature of progress
        if done >= stop_after:
            raise PulledError

    with open_desk(settings, create=True) as desk:
        actor = accounts.operator(desk)
        job_id = importing.start_import(desk, actor, "many.opml", many(150))
        with pytest.raises(PulledError):
            importing.run_waiting(desk, progress=pull)
    with open_desk(settings) as desk:
        job = importing.job(desk, actor, job_id)
        assert (JobState.RUNNING, stop_after) == (job.state, job.done)
        importing.run_waiting(desk)
        assert importing.ImportCounts(new=150) == importing.counts(desk, actor, job_id)
        assert len(subscribing.sources(desk, actor)) == 150


def test_two_who_run_one_import_do_not_disturb_each_other(desk, actor):
    job_id = importing.start_import(desk, actor, "many.opml", many(200))
    turns = []

    def let_another_run(done, total):  # noqa: ARG001  # the signature of progress
        if not turns:
            turns.append(done)
            importing.run_next(desk)

    importing.run_waiting(desk, progress=let_another_run)
    assert importing.ImportCounts(new=200) == importing.counts(desk, actor, job_id)


def test_nothing_is_due_before_the_import_ends(desk, actor):
    due = []

    def look(done, total):  # noqa: ARG001  # the signature of progress
        due.append(subscribing.due_sources(desk, actor))

    importing.start_import(desk, actor, "many.opml", many(100))
    importing.run_waiting(desk, progress=look)
    assert due == [(), ()]
    assert 100 == len(subscribing.due_sources(desk, actor))


def test_undo_takes_back_what_was_added_and_no_more(desk, actor):
    subscribing.add_source(desk, actor, "https://quai.example.net/rss.xml", folder="Work")
    before = state(desk, actor)
    job_id = run(desk, actor)
    assert undoing.undo_import(desk, actor, job_id) == 1
    assert before == state(desk, actor)


def test_undo_lets_the_feeds_go(desk, actor):
    undoing.undo_import(desk, actor, run(desk, actor))
    with desk.database.read() as conn:
        assert [] == list(held_feeds.iter_feeds(conn))


def test_import_can_be_undone_once(desk, actor):
    job_id = run(desk, actor)
    undoing.undo_import(desk, actor, job_id)
    with pytest.raises(ConflictError):
        undoing.undo_import(desk, actor, job_id)


def test_import_that_is_under_way_cannot_be_undone(desk, actor):
    job_id = importing.start_import(desk, actor, "reads.opml", LIST)
    with pytest.raises(ConflictError):
        undoing.undo_import(desk, actor, job_id)


def test_import_undone_can_be_done_again(desk, actor):
    undoing.undo_import(desk, actor, run(desk, actor))
    assert importing.counts(desk, actor, run(desk, actor)).new == 2


def test_broken_list_is_recovered_and_says_what(desk, actor):
    broken = LIST.replace(b"Le Quai", b"Le Quai & fils").replace(b"</body>", b"")
    found = importing.preview(desk, actor, broken)
    assert (2, True) == (found.counts.new, bool(found.recovered))
    job_id = run(desk, actor, broken)
    assert found.recovered == importing.job(desk, actor, job_id).notes


@pytest.mark.parametrize(
    "data", [b"", b"<html><body>Hello</body></html>", b"\x89PNG", LIST.replace(b"<opml", b"<!DOCTYPE x><opml")]
)
def test_what_is_no_source_list_is_refused_at_once(desk, actor, data):
    with pytest.raises(BadDocumentError):
        importing.start_import(desk, actor, "x.opml", data)
    assert () == importing.recent_jobs(desk, actor)


def test_export_after_import_and_import_after_export_are_equal(settings, desk, actor, tmp_path):
    run(desk, actor)
    exported = importing.export_opml(desk, actor)
    with open_desk(replace(settings, data=tmp_path / "other"), create=True) as other:
        run(other, accounts.operator(other), exported)
        assert exported == importing.export_opml(other, accounts.operator(other))


def test_export_keeps_what_we_do_not_know(desk, actor):
    run(desk, actor)
    assert b'weight="7"' in importing.export_opml(desk, actor)


def test_safety_56_secret_addresses_are_left_out_of_the_export(desk, actor):
    subscribing.add_source(desk, actor, "https://forge.example.org/me.atom?feed_token=glft-abc123")
    assert b"glft-abc123" not in importing.export_opml(desk, actor)
    assert importing.left_out_of_export(desk, actor) == ("https://forge.example.org/me.atom?feed_token=…",)


def test_job_of_another_owner_is_not_there(desk, actor):
    job_id = run(desk, actor)
    stranger = Actor(None, type(actor.group)(actor.group + 1), Role.STEWARD)
    with pytest.raises(NotFoundError):
        importing.job(desk, stranger, job_id)


def test_reader_may_not_import(desk, actor):
    reader = Actor(actor.member, actor.group, Role.READER)
    for refused in (
        lambda: importing.preview(desk, reader, LIST),
        lambda: importing.start_import(desk, reader, "x", LIST),
        lambda: undoing.undo_import(desk, reader, JobId(1)),
    ):
        with pytest.raises(NotAllowedError):
            refused()


def test_large_import_is_whole(desk, actor):
    began = time.process_time()
    job_id = run(desk, actor, many(2_000))
    print(f"2,000 feeds: {time.process_time() - began:.2f} CPU s")
    assert importing.counts(desk, actor, job_id).new == 2_000
