"""Safety 67 in small: sites that never answer do not keep healthy feeds waiting."""

import pytest

from aggregator.outbound import slots
from aggregator.worker import fetch_loop
from tests.aggregator.worker.loopback import add, due, get, opened_desk, rss


@pytest.fixture
def desk(tmp_path, server, clock):
    with opened_desk(tmp_path, server, clock, fetch_connections=8) as desk:
        yield desk


def test_safety_67_sites_that_never_answer_do_not_hold_up_the_others(desk, server, monkeypatch):
    for module in (slots, fetch_loop):
        monkeypatch.setattr(module, "SLOW_SECONDS", 0.1)
    healthy = [f"/well/{n}" for n in range(10)]
    stored = []

    def never(_):
        def all_done():
            return all(get(desk, feed).health.last_ok for feed in feeds[12:])

        while not all_done() and not server.closing.wait(0.05):
            pass
        stored.append(all_done())

    for n in range(12):
        server.pages[f"/never/{n}"] = never
    addresses = [f"http://{server.host}/never/{n}" for n in range(12)]
    feeds = add(desk, *addresses, *(server.put(path, rss("a")) for path in healthy))
    report = due(desk)
    assert (report.fetched, report.failed) == (10, 12)
    assert stored == [True] * 12
