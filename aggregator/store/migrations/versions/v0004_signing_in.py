"""Passwords, passkeys, invitations, tokens, tries, and what is known of a member beside the name."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import to_microseconds
from aggregator.text.names import name_key

revision = "0004"
down_revision = "0003"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and a profile for whoever is here already."""
    _make_profile()
    _make_proofs()
    _make_passages()
    _widen()
    _add_profiles()


def _of_member(table: str) -> sa.Column[int]:
    key = sa.ForeignKey("member.id", name=f"fk_{table}_member_id", ondelete="CASCADE")
    return sa.Column("member_id", ROW_ID, key, autoincrement=False, nullable=False)


def _make_profile() -> None:
    op.create_table(
        "profile",
        _of_member("profile"),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("joined", sa.BigInteger, nullable=False),
        sa.Column("invited_by", ROW_ID, sa.ForeignKey("member.id", name="fk_profile_invited_by", ondelete="SET NULL")),
        sa.Column("theme", sa.Text),
        sa.Column("suspended", sa.BigInteger),
        sa.Column("removed", sa.BigInteger),
        sa.PrimaryKeyConstraint("member_id", name="pk_profile"),
        sa.UniqueConstraint("name_key", name="uq_profile_name_key"),
    )


def _make_proofs() -> None:
    op.create_table(
        "password",
        _of_member("password"),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("changed", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("member_id", name="pk_password"),
    )
    op.create_table(
        "passkey",
        sa.Column("id", ROW_ID),
        _of_member("passkey"),
        sa.Column("credential_id", sa.LargeBinary, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("last_used", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("credential_id", name="uq_passkey_credential_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_passkey_member_id", "passkey", ["member_id"])
    op.create_table(
        "challenge",
        sa.Column("hash", sa.LargeBinary),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_challenge"),
        sqlite_with_rowid=False,
    )


def _make_passages() -> None:
    op.create_table(
        "link_for",
        sa.Column("hash", sa.LargeBinary, sa.ForeignKey("link.hash", name="fk_link_for_hash", ondelete="CASCADE")),
        _of_member("link_for"),
        sa.PrimaryKeyConstraint("hash", name="pk_link_for"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_link_for_member_id", "link_for", ["member_id"])
    op.create_table(
        "invitation",
        sa.Column("id", ROW_ID),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("made_by", ROW_ID, sa.ForeignKey("member.id", name="fk_invitation_made_by", ondelete="CASCADE")),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("uses_left", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("hash", name="uq_invitation_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_invitation_made_by", "invitation", ["made_by"])
    op.create_table(
        "sign_in_try",
        sa.Column("id", ROW_ID),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_try"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sign_in_try_key", "sign_in_try", ["key"])
    op.create_index("ix_sign_in_try_at", "sign_in_try", ["at"])
    op.create_table(
        "api_token",
        sa.Column("id", ROW_ID),
        _of_member("api_token"),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("hash", name="uq_api_token_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_api_token_member_id", "api_token", ["member_id"])


def _widen() -> None:
    for name, kind in (("created", sa.BigInteger), ("seen", sa.BigInteger), ("device", sa.Text)):
        op.add_column("session", sa.Column(name, kind))


def _add_profiles() -> None:
    bind = op.get_bind()
    joined = to_microseconds(datetime(2026, 11, 22, tzinfo=UTC))  # nobody wrote it down before this step
    taken: set[str] = set()
    for member_id, name in bind.execute(sa.text("SELECT id, name FROM member ORDER BY id")).all():
        key = name_key(name)
        key = key if key not in taken else f"{key} {member_id}"
        taken.add(key)
        bind.execute(
            sa.text("INSERT INTO profile (member_id, name_key, joined) VALUES (:id, :key, :joined)"),
            {"id": member_id, "key": key, "joined": joined},
        )
