"""Fedify, another implementation, on loopback: we follow it, and it delivers to us, signed in both ways.

Needs Node and Fedify: `npm i node@22 @fedify/fedify@2.3.6` in a directory, named by BROADSHEET_FEDIFY.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from aggregator.model.fediverse import FollowState
from aggregator.model.sharing import Sharing
from aggregator.services import being_followed, list_news, sharing
from aggregator.services.instance_actor import ensure_key
from aggregator.store import deliveries, followers, values
from aggregator.text.address import ACTOR_MARK
from tests.aggregator.worker.loopback import SetClock, add, opened_desk, run, until
from tests.aggregator.worker.peer import state, take, texts
from tests.web.newsroom import Newsroom
from web import create_app

PLACE = os.environ.get("BROADSHEET_FEDIFY", "")
SCRIPT = Path(__file__).with_name("fedify_peer.mjs")
pytestmark = pytest.mark.skipif(not PLACE, reason="BROADSHEET_FEDIFY names no directory with Node and Fedify")


class Fedify:
    """The process, spoken to by lines."""

    def __init__(self, port, knock):
        command = [f"{PLACE}/node_modules/.bin/node", str(SCRIPT), str(port), knock]
        self.process = subprocess.Popen(command, cwd=PLACE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert {"did": "listen"} == self.heard()

    def heard(self):
        return json.loads(self.process.stdout.readline())

    def do(self, what, number=1, content=None):
        self.process.stdin.write(json.dumps({"do": what, "number": number, "content": content}) + "\n")
        self.process.stdin.flush()
        assert {"did": what} == self.heard()

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class Port:
    """Stands for a server whose host the admin allowed."""

    def __init__(self, port):
        self.host = f"127.0.0.1:{port}"


def free_port():
    server = make_server("127.0.0.1", 0, None)
    server.server_close()
    return server.port


@pytest.mark.parametrize("knock", ["cavage", "rfc9421"])
def test_fedify_is_followed_and_tells_us(tmp_path, knock):
    theirs, ours = free_port(), free_port()
    clock = SetClock(datetime.now(UTC))
    with opened_desk(tmp_path, Port(theirs), clock, public_url=f"http://127.0.0.1:{ours}", port=ours) as desk:
        ensure_key(desk)
        with desk.database.write() as conn:
            values.set_value(conn, "fediverse-push", "on")
        web = make_server("127.0.0.1", ours, create_app(desk.settings, desk=desk), threaded=True)
        serving = threading.Thread(target=web.serve_forever)
        serving.start()
        fedify = Fedify(theirs, knock)
        try:
            (feed,) = add(desk, f"http://127.0.0.1:{theirs}/users/ana{ACTOR_MARK}")
            run(desk, lambda staff: staff.loop.due())
            run(desk, lambda staff: staff.follows.run())
            assert {"did": "accept"} == fedify.heard()
            until(lambda: waiting(desk))
            take(desk)
            assert () == refusals(desk)
            assert FollowState.ACCEPTED is state(desk, feed).state
            for what, content, expected in (
                ("create", "<p>Low tide</p>", ["Low tide"]),
                ("update", "<p>High tide</p>", ["High tide"]),
                ("delete", None, []),
            ):
                clock.instant = datetime.now(UTC)
                fedify.do(what, 1, content)
                (came,) = until(lambda: waiting(desk))
                assert (knock == "rfc9421") == ("signature-input" in came.headers)
                take(desk)
                assert () == refusals(desk)
                assert expected == texts(desk, feed)
        finally:
            fedify.close()
            web.shutdown()
            serving.join()
            web.server_close()


@pytest.mark.parametrize("knock", ["cavage", "rfc9421"])
def test_fedify_follows_a_list_and_receives_its_posts(tmp_path, knock):
    theirs, ours = free_port(), free_port()
    told = {"public_url": f"http://127.0.0.1:{ours}", "allow_private_hosts": (f"127.0.0.1:{theirs}",)}
    room = Newsroom(tmp_path / "data", port=ours, **told)
    clock = SetClock(datetime.now(UTC))
    desk = room.desk = replace(room.desk, clock=clock)
    room.set_up()
    ensure_key(desk)
    sharing.set_sharing(desk, room.actor(), "front-page", Sharing(public=True))
    being_followed.set_on(desk, room.actor(), on=True)
    web = make_server("127.0.0.1", ours, create_app(desk.settings, desk=desk), threaded=True)
    serving = threading.Thread(target=web.serve_forever)
    serving.start()
    fedify = Fedify(theirs, knock)
    try:
        run(desk, lambda staff: staff.posting.run())
        fedify.do("follow", 1, f"http://127.0.0.1:{ours}/lists/front-page/actor")
        until(lambda: waiting(desk))
        take(desk)
        assert () == refusals(desk)
        run(desk, lambda staff: staff.posting.run())
        assert {"did": "accepted"} == fedify.heard()
        room.fill()
        clock.instant = datetime.now(UTC) + timedelta(hours=1, minutes=1)
        list_news.look(desk)
        clock.instant = datetime.now(UTC)  # what is signed has to be of now
        with desk.database.write() as conn:
            for one in followers.get_due(conn, clock.instant + timedelta(hours=2), limit=99):
                followers.put_off(conn, [one.id], clock.instant, tries=0)
        run(desk, lambda staff: staff.posting.send())
        heard = fedify.heard()
        assert ("post", "Note") == (heard["did"], heard["type"])
        assert "href=" in heard["content"]
    finally:
        fedify.close()
        web.shutdown()
        serving.join()
        web.server_close()
        room.close()


def waiting(desk):
    with desk.database.read() as conn:
        return deliveries.get_due(conn, desk.clock.now(), limit=9)


def refusals(desk):
    with desk.database.read() as conn:
        return deliveries.get_refusals(conn, limit=9)
