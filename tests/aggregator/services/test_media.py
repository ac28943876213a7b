from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from aggregator.errors import FetchError, NotFoundError
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.ports import Image
from aggregator.services import media

URL = "https://harbour.example.org/crane.png?w=600&é=1"


class Worker:
    """Answers with pictures of a given size, and counts what it is asked."""

    def __init__(self, size=10):
        self.asked = []
        self.size = size

    def image(self, url, *, wait):
        assert wait == media.WAIT
        self.asked.append(url)
        if "gone" in url:
            raise FetchError(Fault(FaultCode.GONE))
        return Image("image/png", hashlib.sha256(url.encode()).digest() * (self.size // 32 + 1))


@pytest.fixture
def worker():
    return Worker()


@pytest.fixture
def desk_with_worker(desk, worker):
    return replace(desk, ask=worker)


def parts(path):
    _, media_word, signature, target = path.split("/")
    assert media_word == "media"
    return signature, target


def test_signed_path_opens_its_picture(desk_with_worker, worker):
    image = media.open_image(desk_with_worker, *parts(media.sign(desk_with_worker, URL)))
    assert ("image/png", [URL]) == (image.type, worker.asked)


def test_picture_is_fetched_once(desk_with_worker, worker):
    signed = parts(media.sign(desk_with_worker, URL))
    assert media.open_image(desk_with_worker, *signed) == media.open_image(desk_with_worker, *signed)
    assert len(worker.asked) == 1


def test_failure_is_not_kept(desk_with_worker, worker):
    signed = parts(media.sign(desk_with_worker, "https://harbour.example.org/gone.png"))
    for _ in range(2):
        with pytest.raises(FetchError):
            media.open_image(desk_with_worker, *signed)
    assert len(worker.asked) == 2


@pytest.mark.parametrize("signature", ["", "0" * 32, "é" * 32, "G" * 32])
def test_made_up_signature_opens_nothing(desk_with_worker, worker, signature):
    _, target = parts(media.sign(desk_with_worker, URL))
    with pytest.raises(NotFoundError):
        media.open_image(desk_with_worker, signature, target)
    assert worker.asked == []


@pytest.mark.parametrize("target", ["", "aHR0cHM6Ly9ldmlsLmV4YW1wbGU", "%%%", "é", "A" * 5_000])
def test_signature_is_good_for_its_own_picture_only(desk_with_worker, worker, target):
    signature, _ = parts(media.sign(desk_with_worker, URL))
    with pytest.raises(NotFoundError):
        media.open_image(desk_with_worker, signature, target)
    assert worker.asked == []


def test_another_instance_signs_otherwise(desk):
    other = replace(desk, secret=b"another secret of the same length")
    assert media.sign(desk, URL) != media.sign(other, URL)


def test_kept_pictures_stay_within_bounds(desk, monkeypatch):
    monkeypatch.setattr(media, "SHARDS", 2)
    monkeypatch.setattr(media, "SHARD_BYTES", 5_000)
    full = replace(desk, ask=Worker(size=1_000))
    for number in range(40):
        media.open_image(full, *parts(media.sign(full, f"https://harbour.example.org/{number}.png")))
    sizes = [path.stat().st_size for path in (desk.settings.data / "media").rglob("*") if path.is_file()]
    assert 0 < sum(sizes) <= 2 * 5_000


def test_picture_over_the_bounds_is_shown_and_not_kept(desk, monkeypatch):
    monkeypatch.setattr(media, "SHARD_BYTES", 100)
    worker = Worker(size=1_000)
    large = replace(desk, ask=worker)
    signed = parts(media.sign(large, URL))
    assert media.open_image(large, *signed) == media.open_image(large, *signed)
    assert len(worker.asked) == 2


def test_cache_that_cannot_be_written_withholds_no_picture(desk_with_worker, settings):
    (settings.data / "media").write_text("a file where a directory should be")
    signed = parts(media.sign(desk_with_worker, URL))
    assert media.open_image(desk_with_worker, *signed).type == "image/png"
