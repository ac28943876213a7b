from __future__ import annotations

import asyncio
from datetime import timedelta

from aggregator.services import exposure
from aggregator.worker.ledgers import Ledgers
from tests.aggregator.services.newsroom import NOW, open_newsroom


def records(room):
    return exposure.room_page(room.desk, room.reader, "front-page", 90).records


def test_the_ledger_is_written_after_each_midnight_and_once(tmp_path):
    with open_newsroom(tmp_path) as room:
        room.fill(feeds=3, each=10)
        ledgers = Ledgers(room.desk)
        counted = []
        for days in (0, 0.4, 0.6, 0.9, 1.6, 1.7):
            room.clock.instant = NOW + timedelta(days=days)
            asyncio.run(ledgers.run())
            counted.append(records(room))
        assert [0, 0, 1, 1, 2, 2] == counted


def test_two_workers_write_one_record(tmp_path):
    with open_newsroom(tmp_path) as room:
        room.fill(feeds=3, each=10)
        room.clock.instant = NOW + timedelta(days=1)
        for _ in range(2):
            asyncio.run(Ledgers(room.desk).run())
        assert 1 == records(room)
