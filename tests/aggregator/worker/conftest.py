import pytest

from tests.aggregator.worker.loopback import Server, SetClock, opened_desk


@pytest.fixture
def server():
    server = Server()
    yield server
    server.close()


@pytest.fixture
def clock():
    return SetClock()


@pytest.fixture
def desk(tmp_path, server, clock):
    with opened_desk(tmp_path, server, clock) as desk:
        yield desk
