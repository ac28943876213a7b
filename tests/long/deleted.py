"""A post deleted elsewhere is gone from every file here within a minute, its vector too, on a whole running instance.

    .venv/bin/python -m tests.long.deleted [--port 18890]

Somebody of the fediverse on loopback is read here, follows a list here, and posts. Once the post has words, a vector,
and a place in what the list is to send, it is deleted; then all files of the instance are searched for its bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from aggregator.model.sharing import Sharing
from aggregator.services import accounts, being_followed, federating, list_news, sharing, subscribing
from aggregator.settings import load_settings
from aggregator.sources.fediverse.signatures import Request, Scheme, Signer, sign
from aggregator.store import entries, followers, vectors
from aggregator.text.address import ACTOR_MARK
from aggregator.wiring import open_desk
from tests.aggregator.cli.test_up import running
from tests.aggregator.worker.loopback import Server, until
from tests.aggregator.worker.peer import PUBLIC, Peer
from tests.long.figures import Figure, show

if TYPE_CHECKING:
    from aggregator.services.desk import Desk

WORD = "quoxalumbra"
TEXT = f"The harbour of {WORD} is closed to all boats for a week, since the ice is too thick for the pilots"
GOAL = 60.0


def main() -> int:
    """Run it once."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--port", type=int, default=18890)
    told = asked.parse_args()
    server = Server()
    try:
        with tempfile.TemporaryDirectory() as place:
            environ = {
                "BROADSHEET_DATA": place,
                "BROADSHEET_PUBLIC_URL": f"http://127.0.0.1:{told.port}",
                "BROADSHEET_ALLOW_PRIVATE_HOSTS": server.host,
                "BROADSHEET_SEMANTIC": "light",
            }
            with patch.dict(os.environ, environ):
                return _run(Path(place), told.port, Peer(server))
    finally:
        server.close()


def _run(place: Path, port: int, ana: Peer) -> int:
    with open_desk(load_settings(os.environ, {}), create=True) as desk:
        steward = accounts.operator(desk)
        sharing.set_sharing(desk, steward, "front-page", Sharing(public=True))
        being_followed.set_on(desk, steward, on=True)
        federating.set_push(desk, steward, on=True)
        subscribing.add_source(desk, steward, ana.id + ACTOR_MARK)
        with running("--data", place, "--port", port):
            ours = f"http://127.0.0.1:{port}"
            until(lambda: _answers(f"{ours}/up"))
            until(lambda: ana.server.asked[f"/users/{ana.name}/outbox?page=1"])
            _deliver(ana, ours, ana.activity("Follow", f"{ours}/lists/front-page/actor"))
            _deliver(ana, ours, ana.create(ana.note(1, TEXT, published=f"{desk.clock.now():%Y-%m-%dT%H:%M:%SZ}")))
            ana.server.taken = 503  # what is to be sent waits from now on
            vector = until(lambda: _vector(desk))
            _have_it_posted(desk)
            holding = _saved(place, vector)
            _deliver(ana, ours, ana.activity("Delete", f"{ana.base}/notes/1"))
            began = time.monotonic()
            while (left := _holding(place, vector)) and time.monotonic() - began < 2 * GOAL:
                time.sleep(0.5)
            took = time.monotonic() - began
            searched = [path for path in place.rglob("*") if path.is_file()]
    figures = [
        Figure("files that held text or vector", ", ".join(sorted(holding)), "both", held="vectors/index" in holding),
        Figure("the same after the Delete", ", ".join(sorted(left)) or "none", "none", held=not left),
        Figure("after", f"{took:.1f} s, {len(searched)} files searched", f"{GOAL:.0f} s", held=took <= GOAL),
    ]
    return show("deleted", figures)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _deliver(ana: Peer, ours: str, activity: dict[str, object]) -> None:
    """Sign an activity and post it to the inbox over HTTP."""
    plain = Request("POST", f"{ours}/inbox", {}, json.dumps(activity | {"to": [PUBLIC]}).encode())
    fields = sign(plain, Signer(f"{ana.id}#main-key", ana.key), datetime.now(UTC), Scheme.CAVAGE)
    headers = {**fields, "Content-Type": "application/activity+json"}
    with urllib.request.urlopen(urllib.request.Request(plain.url, plain.body, headers), timeout=30) as answer:
        assert answer.status == 202


def _vector(desk: Desk) -> bytes | None:
    with desk.database.read() as conn:
        model = vectors.current_model(conn)
        held = [each.id for each in entries.iter_entries(conn, limit=9) if WORD in each.excerpt]
        found = vectors.of_entries(conn, model, held) if model and held else {}
    return next((each for each in found.values() if each), None)


def _have_it_posted(desk: Desk) -> None:
    """Have the list look an hour later, so that its post waits to be sent to who follows."""

    class Later:
        def now(self):
            return desk.clock.now() + timedelta(hours=1, minutes=1)

    list_news.look(replace(desk, clock=Later()))
    with desk.database.read() as conn:
        assert followers.count_unsent(conn)


def _saved(place: Path, vector: bytes) -> set[str]:
    """Wait until the file of vectors has it, which is written now and then; names all files that hold something."""
    end = time.monotonic() + 3 * GOAL
    while "vectors/index" not in (holding := _holding(place, vector)) and time.monotonic() < end:
        time.sleep(1)
    return holding


def _holding(place: Path, vector: bytes) -> set[str]:
    """Name the files that have the word in any spelling of it, or the vector."""
    needles = (WORD.encode(), WORD[3:].encode(), WORD.encode("utf-16-le"), vector)
    found = set()
    for path in place.rglob("*"):
        try:
            data = path.read_bytes() if path.is_file() else b""
        except OSError:
            continue  # it went away meanwhile
        if any(each in data for each in needles):
            found.add(str(path.relative_to(place)))
    return found


if __name__ == "__main__":
    sys.exit(main())
