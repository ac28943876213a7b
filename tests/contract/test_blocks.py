from __future__ import annotations

from aggregator.store import blocks


def test_a_domain_is_kept_out_with_all_beneath_it(conn, now):
    blocks.set_block(conn, "bad.example", "spam", now=now)
    assert {"bad.example"} == blocks.get_domains(conn)
    assert blocks.is_blocked(conn, "a.bad.example")
    assert not blocks.is_blocked(conn, "notbad.example")
    assert blocks.delete_block(conn, "bad.example")
    assert frozenset() == blocks.get_domains(conn)


def test_entries_are_found_by_the_domain_in_their_guid_or_feed(conn, add, make):
    told = add(make.data("one", guid="https://Bad.example/notes/1"), make.data("two", guid="tag:else.example:2"))
    naming = [(entry_id, guid) for entry_id, guid, _ in blocks.iter_entries_naming(conn, "bad.example")]
    assert [(told["one"].id, "https://Bad.example/notes/1")] == naming
    everywhere = {entry_id for entry_id, _, _ in blocks.iter_entries_naming(conn, "example.org")}
    assert {each.id for each in told.values()} == everywhere
    assert [] == list(blocks.iter_entries_naming(conn, "%"))
