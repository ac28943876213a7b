"""Letters to a real server on loopback: over TLS, to no private address unasked, within a time."""

from __future__ import annotations

import ssl
import threading
from email.message import EmailMessage

import pytest

from aggregator.errors import FetchError
from aggregator.model.alert import MailServer
from aggregator.model.fault import FaultCode
from aggregator.outbound.smtp import send_letter
from tests.aggregator.outbound.mail_relay import MailRelay


@pytest.fixture
def relay(tmp_path):
    server = MailRelay(tmp_path)
    yield server
    server.close()


@pytest.fixture
def plain_relay(tmp_path):
    server = MailRelay(tmp_path, tls=False)
    yield server
    server.close()


def send(relay, *, user="news", password="open sesame", host="127.0.0.1", listed=True, context=None, seconds=20.0):
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "news@paper.example", "ines@quay.example", "Zwölf Boote"
    letter.set_content("Sie fahren wieder.\n.\n")
    server = MailServer(host, relay.port, user, password, "news@paper.example")
    private = frozenset({(host, relay.port)}) if listed else frozenset()
    send_letter(server, letter, private, context=context or relay.trust, seconds=seconds)


def fault(relay, **given):
    with pytest.raises(FetchError) as caught:
        send(relay, **given)
    return caught.value.fault


def test_a_letter_is_handed_on_over_tls(relay):
    send(relay)
    (letter,) = relay.letters
    assert (letter["Subject"], letter["To"]) == ("Zwölf Boote", "ines@quay.example")
    assert letter.get_content().splitlines() == ["Sie fahren wieder.", "."]
    words = [line.split(" ")[0].upper() for line in relay.said]
    assert words.index("STARTTLS") < words.index("AUTH") < words.index("MAIL")
    assert relay.said[0].split(" ")[1] == "paper.example"


def test_safety_08_mail_goes_to_no_private_address_and_no_other_port_unasked(relay):
    assert fault(relay, listed=False).code is FaultCode.REFUSED_ADDRESS
    assert relay.said == []


def test_a_certificate_nobody_vouches_for_gets_no_letter(relay):
    assert fault(relay, context=ssl.create_default_context()).code is FaultCode.TLS
    assert not any(line.startswith(("AUTH", "MAIL")) for line in relay.said)


def test_a_relay_beside_us_may_do_without_tls_but_hears_no_password(plain_relay):
    send(plain_relay, user="")
    assert len(plain_relay.letters) == 1
    assert fault(plain_relay).code is FaultCode.TLS
    assert not any(line.startswith("AUTH") for line in plain_relay.said)


@pytest.mark.parametrize(("word", "answer", "told"), [("RCPT", "550 nobody", "550"), ("MAIL", "451 later", "451")])
def test_a_refusal_is_told_by_its_number_alone(relay, word, answer, told):
    relay.refuse = {word: answer}
    assert (FaultCode.STATUS, told) == (fault(relay).code, fault(relay).detail)


def test_a_letter_that_was_taken_is_sent_whatever_the_server_says_to_goodbye(relay):
    relay.refuse = {"QUIT": "500 what"}
    send(relay)
    assert len(relay.letters) == 1


def test_a_wrong_password_is_told(relay):
    assert fault(relay, password="guess").detail == "535"


def test_a_server_that_drips_is_left(relay):
    pause = threading.Event()

    def drip(handler):
        for _ in range(200):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            pause.wait(0.05)

    relay.refuse = {"MAIL": drip}
    assert fault(relay, seconds=0.5).code in {FaultCode.CONNECT, FaultCode.TIMEOUT, FaultCode.BAD_ANSWER}


def test_nobody_there_is_told(relay):
    relay.server.server_close()
    assert fault(relay).code is FaultCode.CONNECT
