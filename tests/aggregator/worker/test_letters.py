"""Newsletters from a real mailbox over TLS to entries, one source a sender; the folder is left as it was."""

import asyncio
from datetime import timedelta

import pytest

from aggregator.errors import BadInputError, NotAllowedError
from aggregator.model.fault import FaultCode
from aggregator.model.mailbox import Mailbox
from aggregator.model.member import Actor, Role
from aggregator.services import importing, newsletters, subscribing
from aggregator.services.accounts import operator
from aggregator.store import values
from aggregator.worker.letters import EVERY_SECONDS, LetterBox
from aggregator.worker.staff import open_staff
from tests.aggregator.outbound.imap import ImapServer
from tests.aggregator.worker.loopback import due, opened_desk, titles


@pytest.fixture
def imap(tmp_path):
    server = ImapServer(tmp_path)
    yield server
    server.close()


class Named:
    """What `opened_desk` asks of a server: the host it may reach."""

    def __init__(self, imap):
        self.host = f"127.0.0.1:{imap.port}"


@pytest.fixture
def desk(tmp_path, imap, clock):
    with opened_desk(tmp_path, Named(imap), clock) as desk:
        yield desk


def letter(number, sender="ines@letters.example", body="Birds"):
    return (
        f"From: Ines <{sender}>\r\nSubject: Letter {number}\r\nMessage-ID: <{number}@{sender}>\r\n"
        f"List-Unsubscribe: <https://letters.example/leave?u=4711>\r\nContent-Type: text/html\r\n\r\n<p>{body}</p>"
    ).encode()


def box(imap, **told):
    return Mailbox(**({"server": "127.0.0.1", "user": "us", "password": imap.password, "port": imap.port} | told))


def look(desk, imap, times=1):
    """Let a worker look so often, ten minutes apart."""

    async def looking():
        steady = [0.0]
        async with open_staff(desk) as staff:
            letters = LetterBox(desk, staff.pool, staff.records, steady=lambda: steady[0], context=imap.trust)
            for _ in range(times):
                await letters.run()
                steady[0] += EVERY_SECONDS

    asyncio.run(looking())


def held(desk):
    return {source.feed.address: source for source in subscribing.sources(desk, operator(desk))}


def shown(desk):
    return newsletters.shown_mailbox(desk, operator(desk))


def test_each_sender_becomes_a_source_and_no_letter_comes_twice(desk, imap):
    imap.letters = {1: letter(1), 2: letter(2), 3: letter(3, "team@gmail.com"), 4: b"nonsense"}
    newsletters.set_mailbox(desk, operator(desk), box(imap))
    look(desk, imap, times=2)
    sources = held(desk)
    assert set(sources) == {"newsletter:ines@letters.example", "newsletter:team@gmail.com"}
    ines = sources["newsletter:ines@letters.example"]
    assert (ines.feed.title, ines.feed.source, ines.subscription.folders) == (
        "Ines",
        "letters.example",
        ("Newsletters",),
    )
    assert sources["newsletter:team@gmail.com"].feed.source == "team@gmail.com"
    assert titles(desk, ines.feed.id) == ["Letter 1", "Letter 2"]
    imap.letters[9] = letter(9)
    look(desk, imap)
    assert titles(desk, ines.feed.id) == ["Letter 1", "Letter 2", "Letter 9"]
    imap.validity = 8  # the folder was made anew, with the same letters
    look(desk, imap)
    assert titles(desk, ines.feed.id) == ["Letter 1", "Letter 2", "Letter 9"]
    assert not [command for command in imap.said if command.split()[0] in {"STORE", "EXPUNGE", "SELECT", "COPY"}]


def test_nobody_fetches_a_newsletter_as_a_feed(desk, imap, clock):
    imap.letters = {1: letter(1)}
    newsletters.set_mailbox(desk, operator(desk), box(imap))
    look(desk, imap)
    clock.instant += timedelta(days=2)
    assert due(desk).failed == 0
    (source,) = held(desk).values()
    assert source.feed.health.fault is None


def test_what_goes_wrong_is_noted_and_nothing_is_lost(desk, imap):
    imap.letters = {1: letter(1)}
    newsletters.set_mailbox(desk, operator(desk), box(imap, password="wrong"))
    look(desk, imap)
    assert (shown(desk).fault.code, shown(desk).fault.detail) == (FaultCode.STATUS, "401")
    newsletters.set_mailbox(desk, operator(desk), box(imap))
    look(desk, imap)
    assert shown(desk).fault is None
    assert len(held(desk)) == 1


def test_a_sender_that_was_removed_stays_away(desk, imap):
    imap.letters = {1: letter(1)}
    newsletters.set_mailbox(desk, operator(desk), box(imap))
    look(desk, imap)
    (source,) = held(desk).values()
    subscribing.remove(desk, operator(desk), source.feed.id)
    imap.letters[2] = letter(2)
    look(desk, imap)
    assert held(desk) == {}


def test_safety_56_the_password_is_sealed_and_newsletters_are_not_handed_on(desk, imap):
    imap.letters = {1: letter(1)}
    newsletters.set_mailbox(desk, operator(desk), box(imap))
    look(desk, imap)
    with desk.database.read() as conn:
        assert imap.password not in values.get_value(conn, "mailbox")
    assert b"newsletter:" not in importing.export_opml(desk, operator(desk))
    assert importing.left_out_of_export(desk, operator(desk)) == ("newsletter:ines@letters.example",)
    assert imap.password not in repr(newsletters.find_mailbox(desk))


def test_a_password_stays_with_its_server(desk, imap):
    actor = operator(desk)
    newsletters.set_mailbox(desk, actor, box(imap))
    newsletters.set_mailbox(desk, actor, box(imap, password="", folder="INBOX/letters"))
    assert newsletters.find_mailbox(desk)[0].password == imap.password
    with pytest.raises(BadInputError):
        newsletters.set_mailbox(desk, actor, Mailbox("mail.example.org", "us", ""))


@pytest.mark.parametrize(
    "told", [{"server": "127.0.0.1"}, {"server": "mail.example.org", "port": 143}, {"server": "mail.example.org/x"},
             {"server": ""}, {"folder": "a\r\nb"}, {"password": "pass\r\nword"}, {"user": "ü"}],
)  # fmt: skip
def test_what_no_mailbox_can_be_is_refused(desk, told):
    with pytest.raises(BadInputError):
        newsletters.set_mailbox(
            desk, operator(desk), Mailbox(**({"server": "mail.example.org", "user": "u", "password": "p"} | told))
        )


def test_only_who_looks_after_the_instance_sets_it(desk, imap):
    editor = Actor(member=None, group=operator(desk).group, role=Role.EDITOR)
    for act in (
        lambda: newsletters.set_mailbox(desk, editor, box(imap)),
        lambda: newsletters.forget_mailbox(desk, editor),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_forgotten_is_gone(desk, imap):
    newsletters.set_mailbox(desk, operator(desk), box(imap))
    newsletters.forget_mailbox(desk, operator(desk))
    assert shown(desk) is None
    look(desk, imap)
    assert imap.said == []
