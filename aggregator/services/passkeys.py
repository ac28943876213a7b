"""Passkeys: discoverable ones alone, each challenge answered once within five minutes (safety 41).

A challenge is random, carries its time, and is signed by the instance; the browser's cookie holds it, so that what is
signed for one browser is nothing in another. That it was answered is written down, so that it is not answered twice.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from aggregator.errors import BadInputError, ConflictError, NotFoundError, WrongProofError
from aggregator.services import throttles
from aggregator.services.accounts import open_session
from aggregator.services.rights import Right, require_member
from aggregator.store import proofs, values
from aggregator.store.columns import EPOCH, MICROSECOND, to_microseconds

if TYPE_CHECKING:
    from aggregator.model.ids import MemberId, PasskeyId
    from aggregator.model.member import Actor
    from aggregator.model.signing_in import Passkey
    from aggregator.services.desk import Desk
    from aggregator.services.signing_in import Visit

CHALLENGE_LIFE: Final = timedelta(minutes=5)
LONGEST_ANSWER: Final = 20_000
LONGEST_NAME: Final = 100
MOST: Final = 20
_NONCE: Final = 24
_TIME: Final = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """What the browser is asked to do: `options` as JSON for its credentials API, and the challenge to keep."""

    options: dict[str, Any]
    challenge: str


def ask_to_register(desk: Desk, actor: Actor, origin: str) -> Asked:
    """Begin to make a passkey of the member who asks. Raises BadInputError where the address can have none."""
    member = require_member(actor, Right.OWN_ACCOUNT)
    import webauthn  # noqa: PLC0415  # 0.1 s that most processes never need
    from webauthn.helpers import structs  # noqa: PLC0415  # as above

    with desk.database.read() as conn:
        held = proofs.get_passkeys(conn, member.id)
        called = values.instance_name(conn)
    challenge = _make_challenge(desk)
    options = webauthn.generate_registration_options(
        rp_id=relying_party(origin),
        rp_name=called,
        user_id=_handle(desk, member.id),
        user_name=member.name,
        challenge=challenge,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=each.credential_id) for each in held],
    )
    return Asked(json.loads(webauthn.options_to_json(options)), challenge.hex())


def register(desk: Desk, actor: Actor, answer: str, challenge: str | None, *, name: str, origin: str) -> PasskeyId:
    """Keep the passkey a browser made. Raises BadInputError, ConflictError, WrongProofError."""
    member = require_member(actor, Right.OWN_ACCOUNT)
    called = " ".join(name.split()) or "Passkey"
    if len(called) > LONGEST_NAME or not called.isprintable():
        raise BadInputError("name", f"at most {LONGEST_NAME} printable characters fit")
    import webauthn  # noqa: PLC0415  # 0.1 s that most processes never need
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415  # as above

    asked = _take(desk, challenge)
    try:
        made = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=asked,
            expected_rp_id=relying_party(origin),
            expected_origin=origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as exc:
        raise WrongProofError from exc
    with desk.database.write() as conn:
        if len(proofs.get_passkeys(conn, member.id)) >= MOST:
            raise ConflictError("passkey", f"you have {MOST}; remove one first")
        if proofs.find_passkey(conn, made.credential_id):
            raise ConflictError("passkey", "it is known here already")
        return proofs.add_passkey(
            conn,
            member.id,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=called,
            now=desk.clock.now(),
        )


def ask_to_sign_in(desk: Desk, origin: str) -> Asked:
    """Begin to sign in: the browser offers the passkeys it has for this address. Raises BadInputError."""
    import webauthn  # noqa: PLC0415  # 0.1 s that most processes never need
    from webauthn.helpers import structs  # noqa: PLC0415  # as above

    challenge = _make_challenge(desk)
    options = webauthn.generate_authentication_options(
        rp_id=relying_party(origin),
        challenge=challenge,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return Asked(json.loads(webauthn.options_to_json(options)), challenge.hex())


def sign_in(desk: Desk, answer: str, challenge: str | None, *, origin: str, visit: Visit) -> str:
    """Sign in by a passkey; gives the token of a new session.

    Raises WrongProofError, TooManyTriesError, NotAllowedError for a suspended member.
    """
    tries = throttles.count_try(desk, address=visit.address)
    import webauthn  # noqa: PLC0415  # 0.1 s that most processes never need
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415  # as above

    asked = _take(desk, challenge)
    try:
        given = _read(answer)
        credential_id = webauthn.base64url_to_bytes(given["rawId"])
        with desk.database.read() as conn:
            held = proofs.find_passkey(conn, credential_id)
        if held is None:
            raise WrongProofError
        signed = webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=asked,
            expected_rp_id=relying_party(origin),
            expected_origin=origin,
            credential_public_key=held.public_key,
            credential_current_sign_count=held.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as exc:
        raise WrongProofError from exc
    with desk.database.write() as conn:
        counted = signed.new_sign_count
        if not proofs.set_passkey_used(conn, held.id, before=held.sign_count, sign_count=counted, now=desk.clock.now()):
            raise WrongProofError
        throttles.forgive(conn, tries)
        return open_session(desk, conn, held.member, visit.device)


def own_passkeys(desk: Desk, actor: Actor) -> tuple[Passkey, ...]:
    """Return the passkeys of the member who asks."""
    member = require_member(actor, Right.OWN_ACCOUNT)
    with desk.database.read() as conn:
        return proofs.get_passkeys(conn, member.id)


def remove_passkey(desk: Desk, actor: Actor, passkey_id: PasskeyId) -> None:
    """Forget a passkey of the member who asks. Raises NotFoundError; ConflictError where no way in would be left."""
    member = require_member(actor, Right.OWN_ACCOUNT)
    with desk.database.write() as conn:
        if len(proofs.get_passkeys(conn, member.id)) == 1 and proofs.find_password(conn, member.id) is None:
            raise ConflictError("passkey", "it is your only way in; set a password first, or add another passkey")
        if not proofs.delete_passkey(conn, member.id, passkey_id):
            raise NotFoundError("passkey", passkey_id)


def relying_party(origin: str) -> str:
    """Return the name passkeys are bound to at this origin. Raises BadInputError: bare numbers can have none."""
    host = urlsplit(origin).hostname or ""
    if not host or ":" in host or host.replace(".", "").isdigit():
        raise BadInputError("address", "a passkey is bound to a name; open this instance under one, such as localhost")
    return host


def _make_challenge(desk: Desk) -> bytes:
    body = secrets.token_bytes(_NONCE) + to_microseconds(desk.clock.now()).to_bytes(_TIME)
    return body + _seal(desk, body)


def _take(desk: Desk, told: str | None) -> bytes:
    """Return a challenge of ours nobody answered yet, and write down that somebody does. Raises WrongProofError."""
    try:
        challenge = bytes.fromhex((told or "")[:200])
    except ValueError:
        raise WrongProofError from None
    body, seal = challenge[: _NONCE + _TIME], challenge[_NONCE + _TIME :]
    if len(body) != _NONCE + _TIME or not hmac.compare_digest(seal, _seal(desk, body)):
        raise WrongProofError
    expires = EPOCH + int.from_bytes(body[_NONCE:]) * MICROSECOND + CHALLENGE_LIFE
    with desk.database.write() as conn:
        if expires <= desk.clock.now() or not proofs.take_challenge(conn, body[:_NONCE], expires=expires):
            raise WrongProofError
    return challenge


def _seal(desk: Desk, body: bytes) -> bytes:
    return hmac.digest(desk.key("passkey-challenge"), body, hashlib.sha256)[:16]


def _handle(desk: Desk, member: MemberId) -> bytes:
    # What the device keeps beside the key: it must not be the name, and says nothing to another instance.
    return hmac.digest(desk.key("passkey-member"), b"%d" % member, hashlib.sha256)


def _read(answer: str) -> dict[str, Any]:
    read = json.loads(answer[:LONGEST_ANSWER])
    if not isinstance(read, dict):
        raise TypeError("an object is expected")
    return read
