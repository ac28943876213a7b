"""Entries through the whole way, from real answers to the database, while their feed changes how it names them."""

from datetime import timedelta
from html import escape
from random import Random

import pytest

from aggregator.model.ports import RefreshReport
from aggregator.store import entries, members, states
from aggregator.update.schedule import LONGEST
from tests.aggregator.worker.loopback import NOW, add, due, get

KNOWN, NEWS = 100, 7
WORDS = ("harbour", "council", "ferry", "winter", "school", "budget", "river", "library", "strike", "market")


def article(n, *, dated=True, site="https://paper.example", tail=""):
    """One entry of a paper: guid, link, title, text, date."""
    random = Random(n)
    title = f"{' '.join(random.choices(WORDS, k=4)).capitalize()} {n}"
    text = " ".join(random.choices(WORDS, k=30))
    link = f"{site}/2026/{n}/{title.lower().replace(' ', '-')}{tail}"
    date = (NOW - timedelta(hours=3, minutes=n)).strftime("%a, %d %b %Y %H:%M:%S +0000") if dated else None
    return {"guid": f"{site}/?p={n}", "link": link, "title": title, "description": f"<p>{text}</p>", "pubDate": date}


def document(articles):
    items = "".join(
        "<item>" + "".join(f"<{k}>{escape(v)}</{k}>" for k, v in each.items() if v is not None) + "</item>"
        for each in articles
    )
    return (
        "<?xml version='1.0'?><rss version='2.0'><channel><title>Paper</title><link>https://paper.example/</link>"
        f"<description>d</description>{items}</channel></rss>"
    ).encode()


def with_guids(make):
    return lambda n, **told: article(n, **told) | {"guid": make(n)}


def without_links(n, **told):
    return article(n, **told) | {"link": None}


def random_guid(_):
    return Random().randbytes(8).hex()  # another one at each fetch is the point


def edited(n, **told):
    """Another guid, and the text was corrected too."""
    return article(n, **told) | {"guid": random_guid(n), "description": f"<p>Correction. {n}</p>"}


CHANGES = {
    "https": (lambda n, **d: article(n, site="http://paper.example", **d), article),
    "http": (article, lambda n, **d: article(n, site="http://paper.example", **d)),
    "www": (article, lambda n, **d: article(n, site="https://www.paper.example", **d)),
    "new host": (article, lambda n, **d: article(n, site="https://news.example", **d)),
    "new host, http before": (
        lambda n, **d: article(n, site="http://paper.example", **d),
        lambda n, **d: article(n, site="https://news.example", **d),
    ),
    "known tracking": (article, lambda n, **d: article(n, tail=f"?utm_source=rss&fbclid={random_guid(n)}", **d)),
    "unknown parameters": (article, lambda n, **d: article(n, tail=f"?session={random_guid(n)}", **d)),
    "another structure": (article, lambda n, **d: article(n, site="https://paper.example/archive", **d)),
    "random guids": (article, with_guids(random_guid)),
    "missing guids": (article, with_guids(lambda _: None)),
    "equal guids": (article, with_guids(lambda _: "1")),
    "missing guids and links": (article, lambda n, **d: without_links(n, **d) | {"guid": None}),
    "random guids, no links": (without_links, lambda n, **d: without_links(n, **d) | {"guid": random_guid(n)}),
    "equal guids, no links": (without_links, lambda n, **d: without_links(n, **d) | {"guid": "1"}),
}
DATED_ONLY = {  # an undated entry with another key and another text is another entry
    "random guids and corrections": (article, edited),
}
CASES = [
    *((name, *change, dated) for name, change in CHANGES.items() for dated in (True, False)),
    *((name, *change, True) for name, change in DATED_ONLY.items()),
]


@pytest.mark.parametrize(
    ("change", "dated"),
    [pytest.param((b, a), dated, id=f"{name}, {'dated' if dated else 'undated'}") for name, b, a, dated in CASES],
)
def test_safety_69_known_entries_stay_known_and_new_ones_are_new(desk, server, clock, change, dated):
    before, after = change
    address = server.put("/feed", document([before(n, dated=dated) for n in range(KNOWN)]))
    (feed,) = add(desk, address)
    assert due(desk) == RefreshReport(fetched=1, entries_new=KNOWN)
    reader, known = read_all(desk, feed)
    for again in (1, 2):
        clock.instant += LONGEST
        news = [article(1000 * again + n, dated=dated) for n in range(NEWS)]
        server.put("/feed", document([*news, *(after(n, dated=dated) for n in range(KNOWN))]))
        report = due(desk)
        assert (report.fetched, report.entries_new) == (1, NEWS)
    with desk.database.read() as conn:
        now = entries.iter_entries(conn, feed_id=feed, limit=1000)
        marks = states.get_states(conn, reader, [entry.id for entry in now])
    assert known <= {entry.uid for entry in now}
    assert {entry.uid for entry in now if marks[entry.id].read} == known
    assert {entry.first_seen for entry in now if entry.uid in known} == {NOW}


@pytest.mark.parametrize("change", ["https", "new host", "random guids", "missing guids", "equal guids"])
def test_a_feed_that_names_its_entries_anew_is_asked_no_more_often(desk, server, clock, change):
    """What is not new is no news: the pace stays what it is for a feed whose document never changes."""
    before, after = CHANGES[change]
    paths = ("/same", "/renamed")
    feeds = add(desk, *(server.put(path, document([before(n) for n in range(20)])) for path in paths))
    due(desk)
    intervals = []
    for again in range(3):
        clock.instant += LONGEST
        named = before if again == 0 else after
        server.put("/same", document([before(n) for n in range(20)]))
        server.put("/renamed", document([named(n) for n in range(20)]))
        assert due(desk).entries_new == 0
        intervals.append([get(desk, feed).schedule.interval for feed in feeds])
    assert [renamed for _, renamed in intervals] == [same for same, _ in intervals]
    assert intervals[0] < intervals[1] < intervals[2]
    assert [server.asked[path] for path in paths] == [4, 4]


def read_all(desk, feed):
    with desk.database.write() as conn:
        reader = members.add_member(conn, name="Ada", language=None)
        held = entries.iter_entries(conn, feed_id=feed, limit=1000)
        states.set_states(conn, reader, [entry.id for entry in held], read=True)
    return reader, {entry.uid for entry in held}


def test_an_entry_that_went_and_comes_back_under_another_guid_is_not_new(desk, server, clock):
    (feed,) = add(desk, server.put("/feed", document([article(n) for n in range(5)])))
    due(desk)
    with desk.database.write() as conn:
        gone = entries.iter_entries(conn, feed_id=feed, limit=1000)
        entries.delete_entries(conn, [entry.id for entry in gone])
    clock.instant += LONGEST
    server.put("/feed", document([with_guids(random_guid)(n) for n in range(5)]))
    due(desk)
    with desk.database.read() as conn:
        back = entries.iter_entries(conn, feed_id=feed, limit=1000)
    assert {(e.uid, e.time, e.first_seen) for e in back} == {(e.uid, e.time, e.first_seen) for e in gone}


def test_a_first_fetch_brings_old_entries_as_old_and_undated_ones_without_an_age(desk, server):
    old = {"pubDate": "Sun, 06 Nov 1994 08:49:37 GMT"}
    (feed,) = add(desk, server.put("/feed", document([article(1) | old, article(2, dated=False)])))
    due(desk)
    with desk.database.read() as conn:
        rows = {row.uid: row for row in entries.changed_since(conn, 0, 10)}
        undated, dated = entries.iter_entries(conn, feed_id=feed, limit=10)
    assert (dated.time.year, rows[dated.uid].age_known) == (1994, True)
    assert (undated.time, rows[undated.uid].age_known) == (NOW, False)
    assert get(desk, feed).health.last_ok == NOW
