"""Letters from a folder on a real server: only read, only over TLS, and within bounds."""

import ssl
import threading

import pytest

from aggregator.errors import FetchError
from aggregator.model.fault import FaultCode
from aggregator.model.mailbox import Mailbox, Progress
from aggregator.outbound import mailbox
from aggregator.outbound.mailbox import LARGEST, MOST, read_letters
from tests.aggregator.outbound.imap import ImapServer


@pytest.fixture
def imap(tmp_path):
    server = ImapServer(tmp_path)
    yield server
    server.close()


NOTHING = Progress()


def read(imap, progress=NOTHING, *, listed=True, context=None, seconds=20.0, **told):
    box = Mailbox(**({"server": "127.0.0.1", "user": "ines", "password": "open sesame", "port": imap.port} | told))
    private = frozenset({("127.0.0.1", imap.port)}) if listed else frozenset()
    return read_letters(box, progress, private, context=context or imap.trust, seconds=seconds)


def fault(imap, *arguments, **told):
    with pytest.raises(FetchError) as caught:
        read(imap, *arguments, **told)
    return caught.value.fault


def test_letters_come_once_and_nothing_is_changed(imap):
    imap.letters = {3: b"Subject: a\r\n\r\nx", 9: b"Subject: b\r\n\r\ny"}
    first = read(imap)
    assert [number for number, _ in first.letters] == [3, 9]
    assert first.letters[0][1] == b"Subject: a\r\n\r\nx"
    assert first.progress == Progress(7, 9)
    assert read(imap, first.progress).letters == ()
    imap.letters[12] = b"Subject: c\r\n\r\nz"
    assert [number for number, _ in read(imap, first.progress).letters] == [12]
    words = {command.split()[0].upper() for command in imap.said}
    assert words <= {"CAPABILITY", "LOGIN", "EXAMINE", "UID", "LOGOUT"}
    assert all("PEEK" in command for command in imap.said if "BODY" in command)


def test_a_folder_made_anew_is_read_anew(imap):
    imap.letters = {3: b"Subject: a\r\n\r\nx"}
    assert len(read(imap, Progress(6, 100)).letters) == 1


def test_many_letters_come_in_parts(imap):
    imap.letters = dict.fromkeys(range(1, 301), b"Subject: a\r\n\r\nx")
    first = read(imap)
    assert len(first.letters) == MOST
    assert first.letters[0][0] == 101  # the newest 200 of a folder never seen
    assert first.more


def test_a_letter_too_large_is_passed_over(imap):
    imap.letters = {1: b"x" * (LARGEST + 1), 2: b"Subject: b\r\n\r\ny"}
    brought = read(imap)
    assert ([number for number, _ in brought.letters], brought.too_large) == ([2], 1)
    assert brought.progress.last == 2


def test_safety_11_a_server_that_sends_more_than_it_said_is_left(imap):
    imap.letters = {1: b"x"}
    imap.instead["UID FETCH"] = lambda wire, _: wire.write(
        b"* 1 FETCH (UID 1 RFC822.SIZE 1 BODY[] {99999999999}\r\n" + b"x" * 1000
    )
    assert fault(imap).code is FaultCode.TOO_LARGE


def test_safety_10_a_server_that_drips_ends_in_time(imap):
    going = threading.Event()

    def drip(wire, _):
        while not going.wait(0.05):
            wire.write(b"x")

    imap.instead["EXAMINE"] = drip
    try:
        assert fault(imap, seconds=1.0).code in {FaultCode.TIMEOUT, FaultCode.CONNECT, FaultCode.BAD_ANSWER}
    finally:
        going.set()


def test_safety_08_the_guard_holds_for_letters(imap):
    assert fault(imap, listed=False).code is FaultCode.REFUSED_ADDRESS
    assert fault(imap, listed=False, port=993).code is FaultCode.REFUSED_ADDRESS
    assert fault(imap, listed=False, server="localhost", port=993).code is FaultCode.REFUSED_ADDRESS
    assert imap.said == []


def test_a_certificate_nobody_vouches_for_is_refused(imap):
    assert fault(imap, context=ssl.create_default_context()).code is FaultCode.TLS
    assert imap.said == []


def test_safety_44_a_refused_password_is_told_without_itself(imap):
    told = fault(imap, password="secret word")
    assert (told.code, told.detail) == (FaultCode.STATUS, "401")


def test_a_folder_that_is_not_there(imap):
    assert fault(imap, folder='no "such"').detail == "404"
    assert any(r"no \"such\"" in command for command in imap.said)


@pytest.mark.parametrize("nonsense", [b"* BYE no\r\n", b"\x00\xff\r\n", b"* SEARCH ten\r\n", b"x" * 2_000_000])
def test_what_is_no_imap_is_a_clean_fault(imap, nonsense):
    imap.letters = {1: b"x"}
    imap.instead["UID SEARCH"] = lambda wire, tag: wire.write(nonsense + f"{tag} OK\r\n".encode())
    assert fault(imap).code in {FaultCode.BAD_ANSWER, FaultCode.CONNECT}


def test_nobody_listens(imap):
    imap.close()
    assert fault(imap).code is FaultCode.CONNECT


def test_how_much_a_look_brings_is_bounded():
    assert mailbox.AT_FIRST >= MOST
