"""Puts a copy of a database where there is none."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import closing
from typing import TYPE_CHECKING

from pysqlite3 import dbapi2  # type: ignore[import-untyped]  # it has no stubs

from aggregator.errors import BadInputError, ConflictError
from aggregator.store.dialects import sqlite
from aggregator.store.migrate import newest

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK = 1 << 20


def restore_copy(source: Path, target: Path) -> str:
    """Copy the file of a backup to `target`, whole or not at all; gives the SHA-256 of both.

    Raises BadInputError where the file is no whole database of ours, ConflictError where a newer release made it or
    where there is a database already.
    """
    left = [path for path in _files(target) if path.exists()]
    if left:
        raise ConflictError("database", f"{left[0]} is there already; a copy is put back into an empty place only")
    half = target.with_name(target.name + ".part")
    half.unlink(missing_ok=True)
    os.close(os.open(half, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        shutil.copyfile(source, half)
        hashed = _sha256(half)
        if hashed != _sha256(source):
            raise BadInputError(str(source), "it changed while it was copied")
        _check(source, half)
        sqlite.prepare_file(half)
        half.replace(target)
    finally:
        for path in _files(half):
            path.unlink(missing_ok=True)
    return hashed


def _files(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + end) for end in ("", "-wal", "-shm", "-journal"))


def _check(source: Path, copy: Path) -> None:
    try:
        with closing(sqlite.connect(copy, patience=5)) as conn:
            (held,) = conn.execute("SELECT version_num FROM alembic_version").fetchone() or (None,)
            whole = conn.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",)
    except dbapi2.DatabaseError as exc:
        raise BadInputError(str(source), "it is no copy of a Broadsheet database") from exc
    if held is None or not whole:
        raise BadInputError(str(source), "it is damaged; take another copy")
    if held > newest():
        raise ConflictError("database", f"a newer release made it (schema {held}); this one knows {newest()}")


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
