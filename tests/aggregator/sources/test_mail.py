"""Letters as entries: whoever wrote them, however they are written, and whatever hides in them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import FetchError
from aggregator.model.fault import FaultCode
from aggregator.sources.mail import MailJob, read_letter
from aggregator.sources.wire import from_message, to_message

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LETTER = """\
From: =?utf-8?q?Ines_R=C3=ADos?= <Ines@Letters.Example>
To: us@example.org
Subject: =?utf-8?b?QmlyZHMg4oCTIG5v?= 7
Date: Sun, 22 Nov 2026 07:30:00 +0100
Message-ID: <7@letters.example>
List-Unsubscribe: <mailto:leave@letters.example>, <https://letters.example/leave?u=4711>
List-Archive: <https://letters.example/>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Plain words
--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<html><head><title>no</title></head><body onload=3D"x()"><h1>Birds</h1><p>Words =C3=A9 <a href=3D"https://a.example/x?utm_source=3Dnews&id=3D3">on</a>
<img src=3D"https://a.example/open.gif" width=3D"1" height=3D"1"><img src=3D"cid:logo"><script>x()</script>
<a href=3D"https://letters.example/unsubscribe?u=3D4711">Unsubscribe</a></p></body></html>
--b--
"""


def letter(text):
    data = text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode()
    return read_letter(MailJob(data, NOW))


def test_a_letter_is_an_entry_of_its_sender():
    read = letter(LETTER)
    (entry,) = read.document.entries
    assert read.sender == "ines@letters.example"
    assert (read.document.feed.title, read.document.feed.site) == ("Ines Ríos", "https://letters.example/")
    assert (entry.title, entry.guid) == ("Birds \u2013 no 7", "<7@letters.example>")
    assert entry.published == datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
    assert entry.authors[0].name == "Ines Ríos"
    assert "Words é" in entry.content_html


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ("=?utf-8?q?R=C3=ADos=2C_Ines?= <ines@letters.example>", "Ríos, Ines"),
        ("=?utf-8?b?PGJvc3NAYmFuay5leGFtcGxlPg==?= <ines@letters.example>", "<boss@bank.example>"),
        ('"Birds, weekly" <Ines@Letters.Example>', "Birds, weekly"),
    ],
)
def test_an_encoded_name_is_no_part_of_the_address(sender, name):
    read = letter(f"From: {sender}\nSubject: x\n\nwords")
    assert (read.sender, read.document.entries[0].authors[0].name) == ("ines@letters.example", name)


def test_safety_55_a_letter_loses_its_trackers():
    html = letter(LETTER).document.entries[0].content_html
    assert '<a href="https://a.example/x?id=3"' in html.replace("&amp;", "&")
    for gone in ("open.gif", "cid:", "script", "onload", "utm_source", "<title", ">no<"):
        assert gone not in html


def test_links_to_unsubscribe_are_for_editors_only():
    (entry,) = letter(LETTER).document.entries
    assert "4711" not in entry.content_html
    assert "Unsubscribe" in entry.content_html
    assert entry.extras.unsubscribe == "https://letters.example/leave?u=4711"
    by_mail = LETTER.replace(", <https://letters.example/leave?u=4711>", "")
    assert letter(by_mail).document.entries[0].extras.unsubscribe == "mailto:leave@letters.example"


def test_a_plain_letter_is_escaped():
    (entry,) = letter("From: a@b.example\nSubject: x\n\n1 < 2 <b>no</b>").document.entries
    assert "&lt;b&gt;" in entry.content_html
    assert entry.authors[0].name == "a@b.example"


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "utf-8", "no-such", "utf-16\x00", ""])
def test_whatever_the_charset(charset):
    raw = f"From: a@b.example\nSubject: x\nContent-Type: text/plain; charset={charset}\n\n".encode() + b"caf\xe9"
    assert letter(raw).document.entries[0].content_html.startswith("<p>caf")


def test_a_letter_without_sender_or_text_is_refused():
    for text, code in (
        ("Subject: x\n\nwords", FaultCode.NOT_A_FEED),
        ("From: nobody\n\nwords", FaultCode.NOT_A_FEED),
        ("From: a@b.example\nContent-Type: image/png\n\nx", FaultCode.EMPTY),
    ):
        with pytest.raises(FetchError) as caught:
            letter(text)
        assert caught.value.fault.code is code


NESTED = b"From: a@b.example\n" + b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3_000)
)
HOSTILE = {
    "nested": NESTED,
    "long header": b"From: a@b.example\nSubject: " + b"=?utf-8?q?x?= " * 80_000 + b"\n\nwords",
    "many headers": b"From: a@b.example\n" + b"X-A: b\n" * 150_000 + b"\nwords",
    "many parts": b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n"
    + b"--b\nContent-Type: image/png\n\nx\n" * 50_000,
    "open markup": b"From: a@b.example\nContent-Type: text/html\n\n" + b"<a " * 400_000,
    "many links": b"From: a@b.example\nContent-Type: text/html\n\n" + b"<a href='unsub" * 100_000,
    "no end of base64": b"From: a@b.example\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n"
    + b"=A" * 99_999,
    "address": b"From: " + b"(" * 100_000 + b" a@b.example\n\nwords",
    "binary": bytes(range(256)) * 1_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_safety_16_hostile_letters_end_soon(name):
    try:
        read = letter(HOSTILE[name])
    except (FetchError, RecursionError):  # the parse process tells the second as a limit
        return
    assert len(read.document.entries) == 1


def test_a_letter_crosses_the_pipe():
    read = letter(LETTER)
    assert from_message(to_message(read)) == read
    job = MailJob(b"x", NOW)
    assert from_message(to_message(job)) == job


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"From: a@b.example\n", b"From: a@b.example\nContent-Type: "]))
def test_whatever_arrives_is_a_letter_or_a_fault(data, head):
    try:
        read = letter(head + data)
    except FetchError:
        return
    assert read.sender
