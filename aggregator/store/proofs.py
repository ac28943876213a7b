"""What members prove with who they are: passwords (as hashes) and passkeys (public keys). And the tries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, insert, select, update

from aggregator.model.ids import MemberId, PasskeyId
from aggregator.model.signing_in import Passkey
from aggregator.store.bulk import Bulk
from aggregator.store.columns import Moment, to_microseconds
from aggregator.store.tables import challenge, passkey, password, sign_in_try

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Connection

_PASSWORD = select(password.c.hash).where(password.c.member_id == bindparam("member"))
_SET_PASSWORD = Bulk(
    "INSERT INTO password (member_id, hash, changed) VALUES (?, ?, ?)"
    " ON CONFLICT (member_id) DO UPDATE SET hash = excluded.hash, changed = excluded.changed"
)
_PASSKEYS = select(
    passkey.c.id,
    passkey.c.member_id,
    passkey.c.name,
    passkey.c.created,
    passkey.c.last_used,
    passkey.c.credential_id,
    passkey.c.public_key,
    passkey.c.sign_count,
)
_OF = _PASSKEYS.where(passkey.c.member_id == bindparam("member")).order_by(passkey.c.id)
_BY_CREDENTIAL = _PASSKEYS.where(passkey.c.credential_id == bindparam("credential"))
_COUNT = select(func.count(), func.min(sign_in_try.c.at, type_=Moment)).where(
    sign_in_try.c.key.in_(bindparam("keys", expanding=True)), sign_in_try.c.at > bindparam("since", type_=Moment)
)


def find_password(conn: Connection, member: MemberId) -> str | None:
    """Return the hash of a member's password."""
    return conn.execute(_PASSWORD, {"member": member}).scalar()


def set_password(conn: Connection, member: MemberId, hashed: str, *, now: datetime) -> None:
    """Keep the hash of a member's password."""
    _SET_PASSWORD.run(conn, [(member, hashed, to_microseconds(now))])


def add_passkey(
    conn: Connection,
    member: MemberId,
    *,
    credential_id: bytes,
    public_key: bytes,
    sign_count: int,
    name: str,
    now: datetime,
) -> PasskeyId:
    """Keep a passkey of a member."""
    row = {
        "member_id": member,
        "credential_id": credential_id,
        "public_key": public_key,
        "sign_count": sign_count,
        "name": name,
        "created": now,
    }
    return PasskeyId(conn.execute(insert(passkey).returning(passkey.c.id), row).scalar_one())


def get_passkeys(conn: Connection, member: MemberId) -> tuple[Passkey, ...]:
    """Return a member's passkeys, the first made first."""
    return tuple(_read(conn.execute(_OF, {"member": member})))


def find_passkey(conn: Connection, credential_id: bytes) -> Passkey | None:
    """Return the passkey with this credential id."""
    return next(_read(conn.execute(_BY_CREDENTIAL, {"credential": credential_id})), None)


def set_passkey_used(conn: Connection, passkey_id: PasskeyId, *, before: int, sign_count: int, now: datetime) -> bool:
    """Keep how often a passkey has signed, and the day; False where it signed elsewhere since `before`."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    which = (passkey.c.id == passkey_id, passkey.c.sign_count == before)
    return conn.execute(update(passkey).where(*which).values(sign_count=sign_count, last_used=day)).rowcount == 1


def delete_passkey(conn: Connection, member: MemberId, passkey_id: PasskeyId) -> bool:
    """Forget a passkey of a member; tells whether it was there."""
    which = (passkey.c.id == passkey_id, passkey.c.member_id == member)
    return conn.execute(delete(passkey).where(*which)).rowcount == 1


def take_challenge(conn: Connection, hashed: bytes, *, expires: datetime) -> bool:
    """Write down that a challenge was answered; False where it was already. It may be forgotten once it expired."""
    held = select(challenge.c.hash).where(challenge.c.hash == hashed)
    if conn.execute(held).first():
        return False
    conn.execute(insert(challenge), {"hash": hashed, "expires": expires})
    return True


def count_tries(conn: Connection, keys: Sequence[bytes], *, since: datetime) -> tuple[int, datetime | None]:
    """Say how many tries there were under any of these keys, and when the first of them was."""
    row = conn.execute(_COUNT, {"keys": list(keys), "since": since}).one()
    return int(row[0]), row[1]


def add_try(conn: Connection, key: bytes, *, now: datetime) -> int:
    """Write a try down; gives its id."""
    row = {"key": key, "at": now}
    return int(conn.execute(insert(sign_in_try).returning(sign_in_try.c.id), row).scalar_one())


def delete_tries(conn: Connection, *, ids: Sequence[int] = (), keys: Sequence[bytes] = ()) -> None:
    """Forget these tries, and all under these keys."""
    conn.execute(delete(sign_in_try).where(sign_in_try.c.id.in_(list(ids)) | sign_in_try.c.key.in_(list(keys))))


def delete_old(conn: Connection, *, tries_before: datetime, now: datetime) -> None:
    """Forget tries made before then, and challenges that expired."""
    conn.execute(delete(sign_in_try).where(sign_in_try.c.at <= tries_before))
    conn.execute(delete(challenge).where(challenge.c.expires <= now))


def _read(rows: Any) -> Iterator[Passkey]:
    for row in rows:
        yield Passkey(
            id=PasskeyId(row.id),
            member=MemberId(row.member_id),
            name=row.name,
            created=row.created,
            last_used=row.last_used and row.last_used.date(),
            credential_id=bytes(row.credential_id),
            public_key=bytes(row.public_key),
            sign_count=row.sign_count,
        )
