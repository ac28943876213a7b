from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.errors import BadInputError, FetchError, NotAllowedError
from aggregator.model.access import Access, ShownAccess
from aggregator.model.fault import FaultCode
from aggregator.model.ids import FeedId
from aggregator.model.member import Role
from aggregator.services import accounts, importing, subscribing
from aggregator.services.access import seal, set_access, shown_access, unseal
from aggregator.store import access as sealed_access

SECRET = Access(user="ines", password="correct horse battery")
TOKEN = Access(token="t0ken-of-the-paper")


@pytest.fixture
def actor(desk):
    return accounts.operator(desk)


@pytest.fixture
def feed(desk, actor):
    return subscribing.add_source(desk, actor, "https://paper.example/feed").feed.id


def test_safety_56_a_password_is_sealed_where_it_is_kept(desk, actor, feed):
    set_access(desk, actor, feed, SECRET)
    with desk.database.read() as conn:
        sealed = sealed_access.find_sealed(conn, feed)
    assert unseal(desk, feed, sealed) == SECRET
    files = b"".join(path.read_bytes() for path in desk.settings.data.rglob("*") if path.is_file())
    assert b"paper.example" in files
    assert b"battery" not in files


def test_safety_56_what_is_sealed_opens_for_this_feed_and_this_secret_only(desk):
    sealed = seal(desk, FeedId(1), SECRET)
    for other, feed_id, text in (
        (desk, FeedId(2), sealed),
        (replace(desk, secret=b"x" * 32), FeedId(1), sealed),
        (desk, FeedId(1), sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (desk, FeedId(1), b""),
    ):
        with pytest.raises(FetchError) as caught:
            unseal(other, feed_id, text)
        assert caught.value.fault.code is FaultCode.NO_ACCESS
    assert seal(desk, FeedId(1), SECRET) != sealed


def test_safety_56_it_is_shown_to_nobody_and_left_out_of_exports(desk, actor, feed):
    set_access(desk, actor, feed, SECRET)
    assert shown_access(desk, actor, feed) == ShownAccess("ines", password=True, token=False, proxy="")
    set_access(desk, actor, feed, TOKEN)
    assert shown_access(desk, actor, feed) == ShownAccess("", password=False, token=True, proxy="")
    exported = importing.export_opml(desk, actor)
    assert b"paper.example" in exported
    assert b"t0ken" not in exported
    assert "t0ken" not in repr(TOKEN)
    assert "battery" not in repr(SECRET)


def test_an_empty_access_forgets(desk, actor, feed):
    set_access(desk, actor, feed, SECRET)
    set_access(desk, actor, feed, Access())
    with desk.database.read() as conn:
        assert sealed_access.find_sealed(conn, feed) is None


@pytest.mark.parametrize(
    "bad",
    [
        Access(proxy="socks5://127.0.0.1:9050"),
        Access(proxy="http://127.0.0.1:3128"),
        Access(proxy="socks5h://127.0.0.1"),
        Access(proxy="socks5h://127.0.0.1:9050"),  # not on the admin's list
        Access(user="a:b", password="x"),
        Access(password="x"),
        Access(user="a", password="x", token="y"),
        Access(token="x\r\nHost: y"),
        Access(token="x" * 2000),
    ],
)
def test_safety_09_a_member_cannot_bring_a_proxy_or_a_header(desk, actor, feed, bad):
    with pytest.raises(BadInputError):
        set_access(desk, actor, feed, bad)


def test_a_proxy_the_admin_named_is_kept_and_masked(desk, actor, feed):
    allowed = replace(desk, settings=replace(desk.settings, allow_private_hosts=("127.0.0.1:9050",)))
    set_access(allowed, actor, feed, Access(proxy="socks5h://me:hidden-word@127.0.0.1:9050"))
    shown = shown_access(allowed, actor, feed)
    assert shown.proxy.endswith("127.0.0.1:9050")
    assert "hidden-word" not in shown.proxy


def test_safety_36_a_reader_neither_sees_nor_changes_it(desk, actor, feed):
    reader = replace(actor, role=Role.READER)
    with pytest.raises(NotAllowedError):
        shown_access(desk, reader, feed)
    with pytest.raises(NotAllowedError):
        set_access(desk, reader, feed, SECRET)
