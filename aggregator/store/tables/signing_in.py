"""How members come in: who they are beside their name, passwords, passkeys, invitations, tokens, and tries."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, Table, Text

from aggregator.store.columns import Moment, RowId
from aggregator.store.tables.base import metadata


def _member_id(*, primary_key: bool = False) -> Column[int]:
    return Column(
        "member_id",
        RowId,
        ForeignKey("member.id", ondelete="CASCADE"),
        primary_key=primary_key,
        autoincrement=False,
        nullable=False,
        index=not primary_key,
    )


profile = Table(
    "profile",
    metadata,
    _member_id(primary_key=True),
    Column("name_key", Text, nullable=False, unique=True),  # text/names.py: names that look alike have one key
    Column("joined", Moment, nullable=False),
    Column("invited_by", RowId, ForeignKey("member.id", ondelete="SET NULL")),
    Column("theme", Text),
    Column("suspended", Moment),
    Column("removed", Moment),  # gone for good some days after that
)

password = Table(
    "password",
    metadata,
    _member_id(primary_key=True),
    Column("hash", Text, nullable=False),  # argon2id, with its parameters and salt
    Column("changed", Moment, nullable=False),
)

passkey = Table(
    "passkey",
    metadata,
    Column("id", RowId, primary_key=True),
    _member_id(),
    Column("credential_id", LargeBinary, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("last_used", Moment),  # the day, not the hour
    sqlite_autoincrement=True,
)

# What a passkey was asked to sign and did not yet: each is taken once.
challenge = Table(
    "challenge",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("expires", Moment, nullable=False),
    sqlite_with_rowid=False,
)

# Whom a one-time link signs in, where it is not the first steward.
link_for = Table(
    "link_for",
    metadata,
    Column("hash", LargeBinary, ForeignKey("link.hash", ondelete="CASCADE"), primary_key=True),
    _member_id(),
    sqlite_with_rowid=False,
)

invitation = Table(
    "invitation",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("made_by", RowId, ForeignKey("member.id", ondelete="CASCADE"), index=True),  # NULL: the operator
    Column("made", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("uses_left", Integer, nullable=False),
    sqlite_autoincrement=True,
)

# `key` is a keyed hash that changes with the day: no name and no address can be read out of it.
sign_in_try = Table(
    "sign_in_try",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("key", LargeBinary, nullable=False, index=True),
    Column("at", Moment, nullable=False, index=True),
    sqlite_autoincrement=True,
)

api_token = Table(
    "api_token",
    metadata,
    Column("id", RowId, primary_key=True),
    _member_id(),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("scope", Text, nullable=False),  # read | write
    Column("created", Moment, nullable=False),
    sqlite_autoincrement=True,
)
