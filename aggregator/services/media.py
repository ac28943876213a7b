"""Pictures and sound from elsewhere, handed on under signed addresses, so that no page calls a third party.

The signature keeps strangers from using the instance as a proxy; the outward door checks the address besides.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.errors import NotFoundError
from aggregator.model.ports import Image

if TYPE_CHECKING:
    from aggregator.model.ports import Audio, Span
    from aggregator.services.desk import Desk

WAIT = 10.0
"""Seconds a picture may take within the request that asked for it; then the page does without."""
SHARDS = 64
SHARD_BYTES = 4 * 2**20
"""The cache holds SHARDS times SHARD_BYTES, 256 MiB, at most; a picture over a shard's size is not kept."""
ADDRESS_LENGTH = 2_000
PICTURE = "image"
AUDIO = "audio"
_KEYS = {PICTURE: "media", AUDIO: "media of audio"}


def sign(desk: Desk, url: str) -> str:
    """Return the path under which the instance hands on the picture at `url`."""
    target = _target(url)
    return f"/media/{_signature(desk, PICTURE, target)}/{target}"


def sign_audio(desk: Desk, url: str) -> str:
    """Return the path under which the instance hands on the sound file at `url`."""
    target = _target(url)
    return f"/media/audio/{_signature(desk, AUDIO, target)}/{target}"


def open_image(desk: Desk, signature: str, target: str) -> Image:
    """Return the picture behind the two parts of a signed path, from the cache or through the worker.

    Raises NotFoundError("image") where the signature is not ours, FetchError, and BusyError without a worker.
    """
    url = _address(desk, PICTURE, signature, target)
    kept = _kept_at(desk, url)
    held = _find_kept(kept)
    if held is not None:
        return held
    image = desk.ask.image(url, wait=WAIT)
    _keep(kept, image)
    return image


def open_audio(desk: Desk, signature: str, target: str, span: Span | None) -> Audio:
    """Open the sound file behind the two parts of a signed path, or a part of it. Nothing of it is kept.

    Raises NotFoundError("audio") where the signature is not ours, FetchError, and BusyError without a worker.
    """
    return desk.ask.audio(_address(desk, AUDIO, signature, target), span, wait=WAIT)


def _target(url: str) -> str:
    return base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def _address(desk: Desk, kind: str, signature: str, target: str) -> str:
    if len(target) > 2 * ADDRESS_LENGTH or not hmac.compare_digest(_signature(desk, kind, target), _ascii(signature)):
        raise NotFoundError(kind, "with this signature")
    try:
        return base64.urlsafe_b64decode(target + "=" * (-len(target) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError) as exc:
        raise NotFoundError(kind, "with this signature") from exc


def _signature(desk: Desk, kind: str, target: str) -> str:
    # Each kind its own key: what was signed as a picture cannot be asked for as sound.
    return hmac.new(desk.key(_KEYS[kind]), _ascii(target).encode(), hashlib.sha256).hexdigest()[:32]


def _ascii(text: str) -> str:
    # compare_digest refuses other characters in str; no signature of ours holds any.
    return text.encode("ascii", "replace").decode()


def _kept_at(desk: Desk, url: str) -> Path:
    name = hashlib.sha256(url.encode()).hexdigest()
    return desk.settings.data / "media" / f"{int(name[:4], 16) % SHARDS:02d}" / name[4:]


def _find_kept(path: Path) -> Image | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    kind, _, data = content.partition(b"\n")
    return Image(type=kind.decode("ascii", "replace"), data=data)


def _keep(path: Path, image: Image) -> None:
    """Write a picture into the cache; a cache that cannot be written is no reason to withhold the picture."""
    if len(image.data) > SHARD_BYTES:
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix="new.", delete=False) as file:
            file.write(image.type.encode() + b"\n" + image.data)
        Path(file.name).replace(path)
        _shrink(path.parent)
    except OSError:
        return


def _shrink(shard: Path) -> None:
    """Remove the files written longest ago until the shard is within its size."""
    with os.scandir(shard) as found:
        files = sorted(((entry.stat().st_mtime_ns, entry.stat().st_size, entry.path) for entry in found), reverse=True)
    room = SHARD_BYTES
    for _, size, path in files:
        room -= size
        if room < 0:
            Path(path).unlink(missing_ok=True)
