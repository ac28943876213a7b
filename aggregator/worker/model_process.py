"""The process that holds the model: text goes in, vectors come out. It opens no database and no connection.

`python -m aggregator.worker.model_process PARENT ENGINE FOLDER` reads framed msgpack lists of texts from standard
input and writes one answer each: `{"card": …}` first, then `{"vectors": bytes}` (float32, little-endian) or
`{"bad": problem}`. A process of its own, since torch takes nine seconds and 400 MB, and neither should the worker's
event loop wait for it nor the worker be killed for it.
"""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import asdict

import msgpack  # type: ignore[import-untyped]  # it ships no types

from aggregator.errors import BroadsheetError
from aggregator.lifeline import die_with_parent
from aggregator.queue.frames import frame, read_frame
from aggregator.wiring import open_embedder

log = logging.getLogger(__name__)
STDIN, STDOUT, STDERR = 0, 1, 2
NICE = 10
"""Fetching, reading and pages come first."""


def main(arguments: list[str]) -> None:
    """Answer until the input ends."""
    parent, engine, folder = arguments
    die_with_parent(int(parent))
    answers = os.dup(STDOUT)
    os.dup2(STDERR, STDOUT)  # a library that prints must not write into our answers
    os.nice(NICE)
    try:
        embedder = open_embedder(engine, folder)
    except BroadsheetError as exc:
        _write(answers, {"bad": str(exc)[:500]})
        return
    _write(answers, {"card": asdict(embedder.card)})
    while (message := read_frame(lambda buffer: os.readv(STDIN, [buffer]))) is not None:
        try:
            vectors = embedder.embed(msgpack.unpackb(message, unicode_errors="replace"))
            _write(answers, {"vectors": vectors.astype("<f4").tobytes()})
        except Exception as exc:  # the texts are marked as not readable and the next ones are read
            log.exception("texts could not be read")
            _write(answers, {"bad": type(exc).__name__})


def _write(handle: int, answer: dict[str, object]) -> None:
    view = memoryview(frame(msgpack.packb(answer)))
    while view:
        view = view[os.write(handle, view) :]


if __name__ == "__main__":
    main(sys.argv[1:])
