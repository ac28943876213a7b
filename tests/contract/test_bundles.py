from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.errors import ConflictError, NotFoundError
from aggregator.model.bundle import BundleVersion
from aggregator.model.feed import Validators
from aggregator.store import bundles

ADDRESS = "https://guild.example/bundles/front.opml"


def version(number, now):
    return BundleVersion("front", number, str(number) * 64, now, "Ada", None)


def test_versions_are_kept_the_newest_first(conn, group, now):
    for number in (1, 2):
        bundles.add_version(conn, group, version(number, now), content=f"c{number}", document=b"d%d" % number)
    assert (version(2, now), version(1, now)) == bundles.get_versions(conn, group)
    assert (b"d1", "c1") == bundles.get_version_document(conn, group, "front", 1)
    with pytest.raises(NotFoundError):
        bundles.get_version_document(conn, group, "front", 3)


def test_a_bundle_is_for_everybody_when_said_so(conn, group):
    bundles.set_public(conn, group, "front", public=True)
    bundles.set_public(conn, group, "back", public=False)
    assert {"front"} == bundles.get_public_names(conn, group)
    bundles.set_public(conn, group, "front", public=False)
    assert frozenset() == bundles.get_public_names(conn, group)


def test_what_is_followed_is_due_and_holds_what_waits(conn, group, now):
    followed = bundles.add_followed(conn, group, ADDRESS, now=now)
    with pytest.raises(ConflictError):
        bundles.add_followed(conn, group, ADDRESS, now=now)
    (held,) = bundles.get_due(conn, now, limit=5)
    assert (followed, ADDRESS, None, False) == (held.id, held.address, held.publisher, held.pending)
    later = now + timedelta(hours=6)
    bundles.set_followed(conn, followed, {"due": later, "ok": now, "pending": b"new", "number": 3, "etag": '"a"'})
    assert () == bundles.get_due(conn, now, limit=5)
    held = bundles.get_followed_by_id(conn, followed)
    assert (held,) == bundles.get_followed(conn, group)
    assert (later, now, True, 3, Validators('"a"', None)) == (
        held.due,
        held.ok,
        held.pending,
        held.number,
        held.validators,
    )
    assert (None, b"new") == bundles.get_documents(conn, followed)
    bundles.delete_followed(conn, followed)
    for gone in (bundles.get_documents, bundles.get_followed_by_id):
        with pytest.raises(NotFoundError):
            gone(conn, followed)
