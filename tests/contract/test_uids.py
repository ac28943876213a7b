"""A uid stays with its entry when its guid changes; who comes later under the old guid gets another."""

from __future__ import annotations

from datetime import timedelta

from aggregator.model.feed import FeedData, Validators
from aggregator.sources.job import ParsedDocument
from aggregator.store import entries, feeds, leases
from aggregator.update.outcome import Arrived
from aggregator.update.pipeline import store
from aggregator.update.schedule import Wish


def test_safety_80_a_guid_that_goes_from_entry_to_entry_costs_no_document(database, make, now):
    with database.write() as conn:
        feed_id = feeds.add_feed(conn, make.feed("https://example.org/f"), now=now, due=now)

    def publish(**stories):
        """A document of stories, each under a guid; the link tells that a story is the same."""
        links = [(guid, f"https://example.org/{story}") for guid, story in stories.items()]
        datas = tuple(make.data(guid, link=link, title=link, text=f"all of {link}") for guid, link in links)
        with database.write() as conn:
            (leased,) = leases.lease_these(
                conn, [feed_id], tried_before=now + timedelta(days=9), now=now, until=now, worker="w", limit=1
            )
            leases.release_leases(conn, "w")
        told = FeedData(title="Paper", site=None, language="en")
        document = ParsedDocument(told, datas, tuple(each.raw_hash for each in datas), "rss-2.0")
        store(database, [Arrived(leased, document, Validators(), Wish(), None)], now=now)
        with database.read() as conn:
            return {each.link.rpartition("/")[2]: each.uid for each in entries.iter_entries(conn, limit=9)}

    first = publish(one="bread")
    assert publish(two="bread") == first
    second = publish(two="bread", one="cake")
    assert publish(two="bread", three="cake") == second
    third = publish(one="pie")  # the others are not carried any more, but held
    assert (set(third), len(set(third.values()))) == ({"bread", "cake", "pie"}, 3)
    assert third | second == third
