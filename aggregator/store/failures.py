"""What a database's failure means to us, told by its codes and never by its text."""

from __future__ import annotations

from sqlalchemy import exc

from aggregator.errors import BroadsheetError, BusyError, ConflictError, StorageFullError, StoreError

SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL, SQLITE_CONSTRAINT = 5, 6, 13, 19
SQLITE_IOERR, SQLITE_IOERR_WRITE, SQLITE_IOERR_SHMSIZE = 10, 778, 4874
# A file-size limit and a quota come as "cannot write", at a commit into the write-ahead log without saying what
# could not be done: for us the same as a full disk, reading goes on.
SQLITE_NO_SPACE = {SQLITE_FULL, SQLITE_IOERR, SQLITE_IOERR_WRITE, SQLITE_IOERR_SHMSIZE}

# https://www.postgresql.org/docs/current/errcodes-appendix.html
POSTGRES_NO_SPACE = {"53100"}
POSTGRES_BUSY = {"40001", "40P01", "53300", "55P03", "57014", "57P01", "57P02", "57P03"}
POSTGRES_BUSY_CLASS, POSTGRES_CONSTRAINT_CLASS = "08", "23"


def our_error(failure: exc.SQLAlchemyError) -> BroadsheetError:
    """Return our error for one of SQLAlchemy's; whoever catches it raises ours from it."""
    if isinstance(failure, exc.TimeoutError):  # all connections of the pool are in use
        return BusyError("the database")
    original = failure.orig if isinstance(failure, exc.DBAPIError) else None
    code = getattr(original, "sqlite_errorcode", None)
    if code is not None:
        return _from_sqlite(code, getattr(original, "sqlite_errorname", str(code)))
    state = getattr(original, "sqlstate", None)
    if state is not None:
        return _from_postgres(state)
    if isinstance(failure, exc.OperationalError):  # PostgreSQL did not answer at all
        return BusyError("the database")
    return StoreError(type(original or failure).__name__)


def _from_sqlite(code: int, name: str) -> BroadsheetError:
    if code in SQLITE_NO_SPACE:
        return StorageFullError()
    primary = code & 0xFF
    if primary in (SQLITE_BUSY, SQLITE_LOCKED):
        return BusyError("the database")
    if primary == SQLITE_CONSTRAINT:
        return ConflictError("data", "somebody else's change came first")
    return StoreError(name)


def _from_postgres(state: str) -> BroadsheetError:
    if state in POSTGRES_NO_SPACE:
        return StorageFullError()
    if state in POSTGRES_BUSY or state.startswith(POSTGRES_BUSY_CLASS):
        return BusyError("the database")
    if state.startswith(POSTGRES_CONSTRAINT_CLASS):
        return ConflictError("data", "somebody else's change came first")
    return StoreError(state)
