"""`broadsheet up` as a process, with a real web server and a real worker under it."""

import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager

import psutil
import pytest

from tests.aggregator.worker.loopback import PATIENCE, until

BROADSHEET = [sys.executable, "-c", "from aggregator.cli.main import main; main()"]


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Up:
    """A running `up`: what it prints, and its descendants."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [*BROADSHEET, "up", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.lines = []
        self.reader = threading.Thread(target=lambda: self.lines.extend(self.process.stdout))
        self.reader.start()

    def said(self, pattern):
        return until(lambda: next((m for line in self.lines if (m := re.search(pattern, line))), None))

    def family(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def find(self, word):
        return until(lambda: next((p for p in self.family() if word in p.cmdline()), None))


@contextmanager
def running(*arguments):
    up = Up(*arguments)
    try:
        yield up
    finally:
        family = up.family() if up.process.poll() is None else []
        up.process.kill()
        up.process.wait()
        up.reader.join(PATIENCE)
        up.process.stdout.close()
        psutil.wait_procs(family, PATIENCE)


def answers(port):
    """Give the status of the front page; None where nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/about/fetcher", timeout=PATIENCE) as answer:
            return answer.status
    except urllib.error.HTTPError as exc:
        return exc.code
    except OSError:
        return None


def test_a_new_instance_is_served_with_a_link_to_set_it_up_and_stops_whole(tmp_path, port):
    with running("--data", tmp_path / "data", "--port", port) as up:
        assert up.said(r"Broadsheet is at (\S+)")[1] == f"http://127.0.0.1:{port}"
        assert up.said(rf"^http://127\.0\.0\.1:{port}/set-up/\S+$")
        until(lambda: answers(port))
        up.find("worker")
        family = up.family()
        up.process.send_signal(signal.SIGTERM)
        assert up.process.wait(10) == 0
        assert [p for p in family if p.is_running()] == []


def test_a_second_one_on_the_same_data_says_so(tmp_path, port):
    with running("--data", tmp_path, "--port", port) as up:
        up.said("Broadsheet is at")
        second = subprocess.run(
            [*BROADSHEET, "up", "--data", tmp_path, "--port", str(port + 1)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (second.returncode, f"as process {up.process.pid}" in second.stderr) == (2, True)
        assert up.process.poll() is None


def test_a_port_in_use_is_said_in_a_sentence(tmp_path, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        command = [*BROADSHEET, "up", "--data", tmp_path, "--port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "something else listens there" in done.stderr) == (2, True)
    assert "Traceback" not in done.stderr


def test_a_dead_worker_is_started_again(tmp_path, port):
    with running("--data", tmp_path, "--port", port) as up:
        worker = up.find("worker")
        worker.kill()
        up.said("the worker was killed by signal 9; it is started again")
        until(lambda: up.find("worker").pid != worker.pid)


def test_nothing_outlives_a_killed_parent(tmp_path, port):
    with running("--data", tmp_path, "--port", port) as up:
        until(lambda: answers(port))
        up.find("worker")
        family = up.family()
        up.process.kill()
        gone, alive = psutil.wait_procs(family, PATIENCE)
        assert (bool(gone), alive) == (True, [])


def test_no_page_is_served_once_the_parent_and_the_web_server_are_killed(tmp_path, port):
    with running("--data", tmp_path, "--port", port) as up:
        until(lambda: answers(port))
        # It gives itself another title as it runs.
        children = psutil.Process(up.process.pid).children()
        (server,) = (child for child in children if "granian" in " ".join(child.cmdline()))
        pages = server.children()
        assert pages
        up.process.kill()
        server.kill()
        gone, alive = psutil.wait_procs(pages, PATIENCE)
        assert (bool(gone), alive) == (True, [])
    until(lambda: not answers(port))


def test_all_processes_share_one_clock(tmp_path, port):
    with running("--data", tmp_path, "--port", port, "--clock", "2031-05-01T12:00:00Z") as up:
        up.said("clock started at 2031-05-01")
        up.find("worker")
        until(lambda: answers(port))
        clocks = {p.environ().get("BROADSHEET_CLOCK") for p in up.family()}
    assert len(clocks) == 1
    assert re.fullmatch(r"2031-05-01T12:00:00\+00:00@\d+\.\d+", clocks.pop())


def test_the_parent_loads_no_library_of_the_roles():
    code = (
        "import sys; import aggregator.cli.up, aggregator.cli.supervise;"
        "print(sorted({'flask', 'sqlalchemy', 'numpy', 'aiohttp', 'lxml', 'granian', 'msgpack'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
