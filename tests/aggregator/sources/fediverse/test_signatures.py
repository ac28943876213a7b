"""HTTP signatures: ours are read by another library, its are read by ours, and what is wrong is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from apsig.draft.sign import Signer as DraftSigner
from apsig.draft.verify import Verifier
from apsig.rfc9421 import RFC9421Signer, RFC9421Verifier
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from aggregator.sources.fediverse.refusal import Refused
from aggregator.sources.fediverse.signatures import Request, Scheme, Signer, claim_of, mark_of, prove, sign

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = (
    KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
)
ID = "https://reef.example/users/ana#main-key"
SIGNER = Signer(ID, KEY)
URL = "https://broadsheet.example/inbox?a=1"
BODY = b'{"type":"Create"}'
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def wall_clock():
    """The other library looks at the clock of the machine, whatever we tell it."""
    return datetime.now(UTC).replace(microsecond=0)


BOTH = pytest.mark.parametrize("scheme", list(Scheme))


def signed(scheme, *, method="POST", body=BODY, url=URL, now=NOW, signer=SIGNER):
    plain = Request(method, url, {}, body if method == "POST" else b"")
    fields = {name.lower(): value for name, value in sign(plain, signer, now, scheme).items()}
    return Request(method, url, fields | {"host": "broadsheet.example"}, plain.body)


def changed(request, **fields):
    return Request(request.method, request.url, {**request.headers, **fields}, request.body)


@BOTH
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_we_sign_we_prove(scheme, method):
    claim = claim_of(signed(scheme, method=method), NOW)
    prove(claim, PEM)
    assert (ID, scheme) == (claim.key_id, claim.scheme)


def test_another_library_proves_our_older_signatures():
    request = signed(Scheme.CAVAGE, url="https://broadsheet.example/inbox", now=wall_clock())
    told = Verifier(PEM, "POST", request.url, dict(request.headers), BODY).verify(raise_on_fail=True)
    assert ID == told


def test_another_library_proves_our_newer_signatures():
    request = signed(Scheme.RFC9421, now=wall_clock())
    # It knows @target-uri only as a field it is handed.
    fields = {**request.headers, "@target-uri": URL}
    verifier = RFC9421Verifier(KEY.public_key(), "POST", "/inbox", "broadsheet.example", fields, BODY)
    assert ID == verifier.verify(raise_on_fail=True)


def test_the_other_librarys_older_signatures_are_proved():
    fields = {"Host": "broadsheet.example", "Date": format_datetime(NOW, usegmt=True)}
    told = DraftSigner(fields, KEY, "POST", "https://broadsheet.example/inbox", ID, BODY).sign()
    request = Request("POST", "https://broadsheet.example/inbox", {n.lower(): v for n, v in told.items()}, BODY)
    prove(claim_of(request, NOW), PEM)


@BOTH
def test_safety_47_another_body_is_refused(scheme):
    request = signed(scheme)
    with pytest.raises(Refused, match="body"):
        claim_of(Request("POST", URL, request.headers, b'{"type":"Delete"}'), NOW)


@BOTH
@pytest.mark.parametrize("later", [timedelta(hours=12, minutes=1), timedelta(minutes=-6)])
def test_safety_47_a_signature_of_another_time_is_refused(scheme, later):
    with pytest.raises(Refused, match="another time"):
        claim_of(signed(scheme), NOW + later)


@BOTH
def test_safety_47_another_key_proves_nothing(scheme):
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    claim = claim_of(signed(scheme, signer=Signer(ID, other)), NOW)
    with pytest.raises(Refused, match="wrong"):
        prove(claim, PEM)


@BOTH
def test_safety_47_another_place_proves_nothing(scheme):
    request = signed(scheme)
    moved = Request("POST", "https://broadsheet.example/other", request.headers, BODY)
    with pytest.raises(Refused, match="wrong"):
        prove(claim_of(moved, NOW), PEM)


@BOTH
def test_safety_47_a_short_key_is_refused(scheme):
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    pem = (
        small.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )
    with pytest.raises(Refused, match="shorter"):
        prove(claim_of(signed(scheme, signer=Signer(ID, small)), NOW), pem)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"signature": ""}, "cannot be read"),
        ({"signature": 'keyId="k"'}, "cannot be read"),
        ({"signature": 'keyId="k",headers="date",signature="aGk="'}, "where it goes"),
        ({"signature": 'keyId="k",headers="(request-target) host date",signature="aGk="'}, "its body"),
        ({"signature": 'keyId="k",headers="(request-target) host digest",signature="aGk="'}, "its time"),
        ({"signature": 'keyId="k",algorithm="hmac-sha256",headers="(request-target) host",signature="aGk="'}, "a way"),
        ({"digest": "MD5=abcd"}, "no digest"),
        ({"digest": ""}, "no digest"),
        ({"date": "yesterday"}, "when it was made"),
        ({"signature-input": "sig1=()", "signature": "sig1=:aGk=:"}, "cannot be read"),
        ({"signature-input": 'sig1=("@method");created=1;keyid="k"', "signature": "sig1=:aGk=:"}, "where it goes"),
        ({"signature-input": "x" * 9000, "signature": "sig1=:aGk=:"}, "too long"),
    ],
)
def test_safety_47_what_covers_too_little_or_cannot_be_read_is_refused(fields, reason):
    with pytest.raises(Refused, match=reason):
        claim_of(changed(signed(Scheme.CAVAGE), **fields), NOW)


def test_safety_47_an_unsigned_request_is_refused():
    with pytest.raises(Refused, match="not signed"):
        claim_of(Request("POST", URL, {"date": format_datetime(NOW, usegmt=True)}, BODY), NOW)


def test_safety_47_the_same_signature_is_known_again():
    first, second = (claim_of(signed(Scheme.CAVAGE), NOW) for _ in range(2))
    assert mark_of(first) == mark_of(second)
    assert mark_of(first) != mark_of(claim_of(signed(Scheme.CAVAGE, body=b"{}"), NOW))


def test_the_other_librarys_newer_signatures_are_proved_where_they_cover_enough():
    now = wall_clock()
    signer = RFC9421Signer(KEY, ID)
    headers = {"content-type": "application/activity+json", "date": format_datetime(now, usegmt=True)}
    url = "https://broadsheet.example/actor"
    told = signer.sign("GET", "/actor", "broadsheet.example", headers, b"")
    fields = {name.lower(): value for name, value in told.items()}
    prove(claim_of(Request("GET", url, fields), now), PEM)
    with pytest.raises(Refused, match="its body"):
        claim_of(Request("POST", url, fields, BODY), now)
