"""Documents that break off, hide behind entities, or carry nothing: told apart, and nothing half is kept."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.errors import FetchError
from aggregator.model.fault import FaultCode
from aggregator.model.remark import Remark

ITEMS = "".join(
    f"<item><title>Item {n}</title><guid>{n}</guid><description>Words {n}</description></item>" for n in (1, 2, 3)
)
WHOLE = f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{ITEMS}</channel></rss>'
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><id>f</id>'
    + "".join(f"<entry><id>{n}</id><title>Entry {n}</title><content>Words</content></entry>" for n in (1, 2, 3))
    + "</feed>"
)


@pytest.mark.parametrize("end", ["<guid>3", "Words 3", "<item><title>Item 3", "<title>Item 3"])
def test_an_entry_cut_in_half_is_left_out(read, end):
    document = read(WHOLE[: WHOLE.index(end) + len(end)].encode())
    assert [entry.title for entry in document.entries] == ["Item 1", "Item 2"]
    assert len(document.carried) == 2
    assert document.feed.remarks == (Remark.CUT_OFF,)


def test_an_atom_entry_cut_in_half_is_left_out(read):
    document = read(ATOM[: ATOM.index("<title>Entry 3") + 10].encode())
    assert [entry.title for entry in document.entries] == ["Entry 1", "Entry 2"]


def test_a_document_cut_between_entries_keeps_them_all(read):
    document = read(WHOLE.removesuffix("</channel></rss>").encode())
    assert len(document.entries) == 3
    assert document.feed.remarks == (Remark.CUT_OFF,)


def test_a_document_cut_within_its_first_entry_carries_nothing(read):
    document = read(WHOLE[: WHOLE.index("Words 1")].encode())
    assert document.entries == ()
    assert document.feed.remarks == (Remark.CUT_OFF, Remark.NO_ENTRIES)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # reading keeps nothing
@given(st.integers(60, len(WHOLE) - 1))
def test_wherever_it_breaks_off_no_entry_is_half(read, at):
    try:
        document = read(WHOLE[:at].encode())
    except FetchError:
        return
    assert all(entry.title and entry.guid and entry.content_html for entry in document.entries)


def test_safety_17_a_feed_that_hides_behind_entities_is_a_fault(read):
    laughs = '<!ENTITY a "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9)).replace(
        "&a0;", "&a;"
    )
    bomb = (
        f'<?xml version="1.0"?><!DOCTYPE rss [{laughs}]><rss version="2.0"><channel><title>&a8;</title></channel></rss>'
    )
    with pytest.raises(FetchError) as caught:
        read(bomb.encode())
    assert caught.value.fault.code is FaultCode.ENTITIES


def test_an_empty_feed_is_told_apart(read):
    document = read(b'<rss version="2.0"><channel><title>T</title><link>https://a.example/</link></channel></rss>')
    assert document.entries == ()
    assert document.feed.remarks == (Remark.NO_ENTRIES,)
    assert read(b'{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": []}').feed.remarks == (
        Remark.NO_ENTRIES,
    )


def test_a_whole_document_has_no_remarks(read):
    assert read(WHOLE).feed.remarks == ()
