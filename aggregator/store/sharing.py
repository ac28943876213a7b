"""What was decided of lists going out, and the secret addresses of members. Of those only hashes are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select, union, update

from aggregator.model.ids import ListId, MemberId, OwnerId
from aggregator.model.sharing import PrivateAddress, Sharing
from aggregator.store.bulk import Bulk
from aggregator.store.tables import edition, list_sharing, private_address, reading_list, rule, rule_version

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

_SHARING = select(list_sharing.c.public, list_sharing.c.full_text).where(list_sharing.c.list_id == bindparam("list_id"))
_SET = Bulk(
    "INSERT INTO list_sharing (list_id, public, full_text) VALUES (?, ?, ?)"
    " ON CONFLICT (list_id) DO UPDATE SET public = excluded.public, full_text = excluded.full_text"
)
_PUBLIC = (
    select(reading_list.c.slug)
    .join_from(reading_list, list_sharing)
    .where(reading_list.c.owner == bindparam("owner"), list_sharing.c.public, reading_list.c.removed.is_(None))
    .order_by(reading_list.c.place, reading_list.c.id)
)
_PUBLIC_IDS = _PUBLIC.with_only_columns(reading_list.c.id).order_by(None)
_PUBLIC_RULES = union(
    select(rule.c.slug).join_from(rule, reading_list).where(reading_list.c.id.in_(_PUBLIC_IDS)),
    select(rule.c.slug)
    .join_from(rule, rule_version)
    .join(edition, edition.c.rule_version_id == rule_version.c.id)
    .where(edition.c.list_id.in_(_PUBLIC_IDS)),
)
_BY_HASH = select(private_address).where(private_address.c.hash == bindparam("hash"))
_OF_MEMBER = select(private_address).where(
    private_address.c.list_id == bindparam("list_id"), private_address.c.member_id == bindparam("member")
)


def get_sharing(conn: Connection, list_id: ListId) -> Sharing:
    """Return what was decided of a list: nothing means that it stays within."""
    row = conn.execute(_SHARING, {"list_id": list_id}).first()
    return Sharing(row.public, row.full_text) if row else Sharing()


def set_sharing(conn: Connection, list_id: ListId, sharing: Sharing) -> None:
    """Keep what was decided of a list."""
    _SET.run(conn, [(list_id, sharing.public, sharing.full_text)])


def get_public_slugs(conn: Connection, owner: OwnerId) -> tuple[str, ...]:
    """Return the slugs of an owner's lists that everybody may follow, in the order they were made."""
    return tuple(conn.execute(_PUBLIC, {"owner": owner}).scalars())


def get_public_rules(conn: Connection, owner: OwnerId) -> frozenset[str]:
    """Return the slugs of the rules that order an owner's public lists, or ordered a kept edition of theirs."""
    return frozenset(conn.execute(_PUBLIC_RULES, {"owner": owner}).scalars())


def put_address(conn: Connection, hashed: bytes, address: PrivateAddress) -> None:
    """Keep a member's address of a list; the one before ends."""
    delete_address(conn, address.list_id, address.member)
    values = {
        "hash": hashed,
        "list_id": address.list_id,
        "member_id": address.member,
        "nonce": address.nonce,
        "made": address.made,
        "used": address.used,
    }
    conn.execute(insert(private_address), values)


def find_address(conn: Connection, list_id: ListId, member: MemberId) -> PrivateAddress | None:
    """Return a member's address of a list."""
    row = conn.execute(_OF_MEMBER, {"list_id": list_id, "member": member}).first()
    return _address_of(row) if row else None


def find_address_by_hash(conn: Connection, hashed: bytes) -> PrivateAddress | None:
    """Return the address whose word has this hash."""
    row = conn.execute(_BY_HASH, {"hash": hashed}).first()
    return _address_of(row) if row else None


def set_used(conn: Connection, hashed: bytes, day: datetime) -> None:
    """Keep the day an address was last used."""
    conn.execute(update(private_address).where(private_address.c.hash == hashed).values(used=day))


def delete_address(conn: Connection, list_id: ListId, member: MemberId) -> None:
    """End a member's address of a list; none is none."""
    conn.execute(
        delete(private_address).where(private_address.c.list_id == list_id, private_address.c.member_id == member)
    )


def _address_of(row: Row[*tuple[Any, ...]]) -> PrivateAddress:
    return PrivateAddress(ListId(row.list_id), MemberId(OwnerId(row.member_id)), bytes(row.nonce), row.made, row.used)
