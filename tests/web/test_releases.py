"""Databases as earlier releases left them: opened, brought up to date, and every page of them shown."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from aggregator.services import accounts, searching
from aggregator.settings import Settings
from aggregator.store import entries, maintenance, words
from aggregator.wiring import open_desk
from tests.web.newsroom import CLOCK
from tests.web.routes import MEMBERS, PUBLIC
from web import create_app
from web.door import TOKEN

RELEASES = sorted((Path(__file__).resolve().parents[1] / "data" / "releases").iterdir())
"""`schema-NNNN.db.gz`, each made by the release of that schema: six feeds imported and read, a member, a mark."""
PLACES = {
    **dict.fromkeys((name for name in PUBLIC if name.startswith("activitypub.")), 404),  # off until public_url is set
    "replays.show": 404,
    "replays.progress": 404,
    "feeds.private": 404,
    "feeds.private_edition": 404,
    "alerts.show": 404,
    "blogroll.show": 404,
    "blogroll.recommendations": 404,
    "static": 200,
    "setup.show": 200,
    "media.show": 404,
    "media.listen": 404,
    "websub.confirm": 404,
}
"""What is no page of what is stored, and what it answers without the right signature."""
NOT_THERE = ("{sample}", "{edition}", "{invitation}", "{story}", "{followed}", "/bundles/front", "/transcripts/")


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name.partition(".")[0])
def test_safety_75_a_database_of_an_earlier_release_opens_and_all_its_pages_are_there(tmp_path, release):
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "broadsheet.db").write_bytes(gzip.decompress(release.read_bytes()))
    settings = Settings(data=data, clock=CLOCK)
    with open_desk(settings) as desk:
        assert [path.suffix for path in (data / "backups").iterdir()] == [".db"]
        while True:
            with desk.database.write() as conn:
                if words.rebuild_some(conn):
                    break
        assert maintenance.find_problems(desk.database) == ()
        with desk.database.read() as conn:
            held = entries.iter_entries(conn, limit=100)
            desk.columns.sync(conn)
        assert len(held) == 10
        found = searching.search(desk, accounts.operator(desk), held[0].title.split()[0])
        assert held[0].uid in {item.seen.entry.uid for item in found.items}
        token = accounts.make_link(desk)
        app = create_app(settings, desk=desk)
        client = app.test_client()
        with client.session_transaction() as session:
            session[TOKEN] = accounts.use_link(desk, token)
        known = {
            "entry": held[0].uid,
            "feed": str(held[0].feed_id),
            "job": "1",
            "link": "used",
            "sample": "0",
            "replay": "1",
        }
        answers = {
            name: client.get(path.format(**known)).status_code
            for name, path in (MEMBERS | PUBLIC).items()
            if name not in PLACES and not any(each in path for each in NOT_THERE)
        }
    assert {name: status for name, status in answers.items() if status not in (200, 302, 303)} == {}
