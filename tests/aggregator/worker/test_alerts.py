"""Alerts from end to end: news of a list by real mail and real calls on loopback, told once, hourly, stoppable."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.errors import BadInputError, NotFoundError
from aggregator.model.readinglist import Scope, Search
from aggregator.services import alerting, alerts, listing
from aggregator.services.listing import ListWish
from aggregator.store import alerts as stored
from aggregator.store import profiles
from aggregator.worker.alerts import Alerts
from aggregator.worker.staff import open_staff
from tests.aggregator.candidates.stored import make_entry
from tests.aggregator.outbound.mail_relay import MailRelay
from tests.aggregator.services.newsroom import open_newsroom
from tests.aggregator.worker.test_our_hub import Subscriber

SLUG = "boats"


class Quiet:
    def wake(self):
        pass


@pytest.fixture
def program():
    listening = Subscriber()
    yield listening
    listening.close()


@pytest.fixture
def relay(tmp_path):
    server = MailRelay(tmp_path)
    yield server
    server.close()


@pytest.fixture
def room(tmp_path, relay, program):
    with open_newsroom(tmp_path) as opened:
        settings = replace(
            opened.desk.settings, mail_server=f"127.0.0.1:{relay.port}", mail_from="news@paper.example",
            mail_user="news", mail_password="open sesame", public_url="https://paper.example",
            allow_private_hosts=(f"127.0.0.1:{relay.port}", f"127.0.0.1:{program.server.server_port}"),
        )  # fmt: skip
        opened.desk = replace(opened.desk, settings=settings, ask=Quiet())
        opened.add_source(1)
        arrive(opened, 1, "Boats in the fog")
        wish = ListWish("Boats", "newest-first", Scope(search=Search("boats")))
        listing.add_list(opened.desk, opened.editor, wish)
        yield opened


def arrive(room, number, title):
    made = make_entry(number, title=title, link=f"https://f.example/{number}", index=title.lower())
    return room.store(1, [(made, timedelta())], room.clock.now())[0]


def tell(room, relay=None):
    """Have the worker look once."""

    async def look():
        async with open_staff(room.desk) as staff:
            await Alerts(room.desk, staff.outbound, trust=relay and relay.trust).tell()

    asyncio.run(look())


def by_mail(room, relay, hours=1, *, confirmed=True):
    made = alerts.add_alert(room.desk, room.reader, SLUG, by="mail", address="ines@quay.example", hours=hours)
    if confirmed:
        tell(room, relay)
        alerts.confirm_alert(room.desk, alerts.word_of(room.desk, made))
        relay.letters.clear()
    return made


def calling(room, program, hours=1):
    return alerts.add_alert(room.desk, room.reader, SLUG, by="webhook", address=program.callback, hours=hours)


def state(room, made):
    with room.desk.database.read() as conn:
        return stored.find(conn, made.id)


def test_an_address_is_asked_first_and_hears_nothing_without_a_yes(room, relay):
    made = by_mail(room, relay, confirmed=False)
    tell(room, relay)
    arrive(room, 2, "More boats")
    tell(room, relay)
    (asked,) = relay.letters
    link = re.search(r"https://paper\.example/alerts/\S+", asked.get_content())[0]
    assert alerts.open_alert(room.desk, link.rpartition("/")[2]).alert.id == made.id
    room.clock.pass_by(days=8)
    alerting.tidy(room.desk)
    assert state(room, made) is None


def test_news_is_told_once_at_most_hourly_and_in_one_letter(room, relay):
    made = by_mail(room, relay)
    tell(room, relay)
    assert relay.letters == []  # what was there before is no news
    room.clock.pass_by(minutes=20)
    arrive(room, 2, "More boats\r\nBcc: all@quay.example")
    arrive(room, 3, "Boats again")
    arrive(room, 4, "A bell")
    tell(room, relay)
    (letter,) = relay.letters
    assert letter["Subject"] == "2 new: Boats"
    assert letter["Bcc"] is None
    text = letter.get_content()
    assert "Boats again" in text
    assert "https://f.example/2" in text
    assert "A bell" not in text
    assert "Boats in the fog" not in text
    room.clock.pass_by(minutes=30)
    arrive(room, 5, "Late boats")
    tell(room, relay)
    assert len(relay.letters) == 1
    assert state(room, made).due > room.clock.now()
    room.clock.pass_by(minutes=31)
    tell(room, relay)
    tell(room, relay)
    assert [each["Subject"] for each in relay.letters][1:] == ["Late boats · Boats"]
    room.clock.pass_by(hours=5)
    tell(room, relay)
    assert len(relay.letters) == 2


def test_a_letter_stops_its_alerts_with_one_click_and_without_signing_in(room, relay):
    made = by_mail(room, relay)
    arrive(room, 2, "More boats")
    tell(room, relay)
    (letter,) = relay.letters
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    word = re.fullmatch(r"<https://paper\.example/alerts/([\w-]+)/stop>", letter["List-Unsubscribe"])[1]
    assert f"/alerts/{word}" in letter.get_content()
    alerts.stop_alert(room.desk, word)
    assert state(room, made) is None
    with pytest.raises(NotFoundError):
        alerts.stop_alert(room.desk, word)


def test_a_program_is_called_with_a_signature_its_member_can_check(room, program):
    calling(room, program)
    uid = arrive(room, 2, "More boats")
    tell(room)
    ((headers, body),) = program.sent
    (shown,) = alerts.alerts_page(room.desk, room.reader, SLUG).alerts
    expected = hmac.new(shown.secret.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Broadsheet-Signature"] == f"sha256={expected}"
    told = json.loads(body)
    assert (told["list"]["id"], told["more"], [each["id"] for each in told["entries"]]) == (SLUG, 0, [uid])
    assert told["entries"][0]["why"] == f"https://paper.example/entries/{uid}?list=boats"
    tell(room)
    assert len(program.sent) == 1


def test_more_than_one_alert_names_are_counted_and_told_too(room, program):
    calling(room, program)
    for number in range(2, 62):
        arrive(room, number, f"Boats {number}")
    tell(room)
    room.clock.pass_by(hours=2)
    tell(room)
    ((_, body),) = program.sent
    told = json.loads(body)
    assert (len(told["entries"]), told["more"]) == (50, 10)


def test_what_fails_is_tried_again_more_and_more_seldom_and_given_up(room, program):
    made = calling(room, program)
    program.status = 500
    arrive(room, 2, "More boats")
    waits = []
    while (held := state(room, made)).ended is None:
        tell(room)
        waits.append((state(room, made).due - room.clock.now()).total_seconds() // 60)
        tell(room)  # not before its time
        assert state(room, made).failures == held.failures + 1
        room.clock.instant = state(room, made).due
    assert [10, 20, 40, 80, 160, 320, 640, 1280] == waits
    assert (held.failures, held.last_fault.detail) == (8, "500")
    program.status, sent = 204, len(program.sent)
    tell(room)
    assert len(program.sent) == sent


def test_after_a_failure_the_same_news_comes_with_the_next_try(room, program):
    made = calling(room, program)
    program.status = 503
    arrive(room, 2, "More boats")
    tell(room)
    program.status = 204
    room.clock.instant = state(room, made).due
    tell(room)
    first, second = (json.loads(body) for _, body in program.sent)
    assert (first["delivery"], first["entries"]) == (second["delivery"], second["entries"])
    assert (state(room, made).failures, state(room, made).last_fault) == (0, None)


@pytest.mark.parametrize(
    ("by", "address", "hours"),
    [
        ("mail", "nobody", 1), ("mail", "a@b.example, c@d.example", 1), ("mail", "a@b.example\r\nBcc: x@y.z", 1),
        ("webhook", "https://10.0.0.1/x", 1), ("webhook", "ftp://a.example/", 1),
        ("webhook", "https://a.example/" + "x" * 1000, 1), ("smoke", "https://a.example/", 1),
        ("webhook", "https://a.example/", 2),
    ],
)  # fmt: skip
def test_safety_08_alerts_go_to_no_private_address_and_to_one_address_only(room, by, address, hours):
    with pytest.raises(BadInputError):
        alerts.add_alert(room.desk, room.reader, SLUG, by=by, address=address, hours=hours)


def test_alerts_of_a_member_are_bounded_and_nobody_elses(room, program):
    made = [calling(room, program) for _ in range(alerts.MOST)]
    room.clock.pass_by(hours=1)
    with pytest.raises(BadInputError, match="already"):
        calling(room, program)
    assert alerts.alerts_page(room.desk, room.editor, SLUG).alerts == ()
    with pytest.raises(NotFoundError):
        alerts.end_alert(room.desk, room.editor, SLUG, made[0].id)
    alerts.end_alert(room.desk, room.reader, SLUG, made[0].id)
    assert len(alerts.alerts_page(room.desk, room.reader, SLUG).alerts) == alerts.MOST - 1


def test_addresses_are_sealed_in_the_database(room, program, tmp_path):
    calling(room, program)
    held = b"".join(path.read_bytes() for path in tmp_path.glob("broadsheet.db*"))
    assert b"/told?who=me" not in held


def test_who_may_not_read_any_more_is_told_nothing_until_they_may(room, program):
    calling(room, program)
    arrive(room, 2, "More boats")
    member = room.reader.member.id
    with room.desk.database.write() as conn:
        profiles.add_profile(conn, member, name_key="a reader", joined=room.clock.now())
        profiles.set_suspended(conn, member, room.clock.now())
    tell(room)
    assert program.sent == []
    with room.desk.database.write() as conn:
        profiles.set_suspended(conn, member, None)
    room.clock.pass_by(minutes=11)
    tell(room)
    assert len(program.sent) == 1


def test_a_removed_list_tells_nothing_and_goes_on_when_it_is_back(room, program):
    calling(room, program)
    arrive(room, 2, "More boats")
    listing.remove_list(room.desk, room.editor, SLUG)
    tell(room)
    assert program.sent == []
    listing.restore_list(room.desk, room.editor, SLUG)
    room.clock.pass_by(minutes=11)
    tell(room)
    assert len(program.sent) == 1


def test_without_a_mail_server_no_mail_is_promised(room):
    desk = replace(room.desk, settings=replace(room.desk.settings, mail_server=""))
    assert not alerts.alerts_page(desk, room.reader, SLUG).mails
    with pytest.raises(BadInputError, match="sends no mail"):
        alerts.add_alert(desk, room.reader, SLUG, by="mail", address="ines@quay.example", hours=1)
