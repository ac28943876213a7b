"""The model of one worker: its process starts with the first text; a query waits for one piece of work at most."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import msgpack  # type: ignore[import-untyped]  # it ships no types
import numpy as np

from aggregator.errors import BusyError
from aggregator.model.meaning import Engine, ModelCard
from aggregator.worker.piped import PipedProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

log = logging.getLogger(__name__)
MODULE = "aggregator.worker.model_process"
START_SECONDS = 120.0
PIECE_SECONDS = 30.0
RETRY_SECONDS = 60.0
"""How long a model that failed is left alone."""
PIECE = 16
"""Texts of one question: some 20 ms, which a query may have to wait for."""
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}


class Model:
    """Asks the model's process, one piece at a time. Raises BusyError where there is no model to be had now."""

    def __init__(self, engine: Engine, folder: str, *, steady: Callable[[], float]) -> None:
        self._engine = engine
        self._folder = folder
        self._steady = steady
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="model")
        self._turn = asyncio.Lock()
        self._process: PipedProcess | None = None
        self._card: ModelCard | None = None
        self._not_before = 0.0
        self.problem = ""
        """Why there is no model, in the words of what failed; empty where there is one or none is wanted."""

    @property
    def wanted(self) -> bool:
        """Whether this instance is to have a model."""
        return self._engine is not Engine.NONE

    @property
    def card(self) -> ModelCard | None:
        """The model that is loaded."""
        return self._card

    async def start(self) -> ModelCard:
        """Load the model, unless it is there. Raises BusyError."""
        async with self._turn:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._started)

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector of length one for each text; long work lets others in between two pieces.

        Texts of like length go together. Raises BusyError.
        """
        card = await self.start()
        found = np.zeros((len(texts), card.dimensions), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for start in range(0, len(order), PIECE):
            places = order[start : start + PIECE]
            async with self._turn:
                piece = [texts[place] for place in places]
                vectors = await asyncio.get_running_loop().run_in_executor(self._thread, self._embed, piece)
            found[places] = vectors
        return found

    def stop(self) -> None:
        """End the process at once, whatever it is doing; no other is started."""
        self._engine = Engine.NONE
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """End the process, and wait until nobody speaks to it."""
        self.stop()
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _started(self) -> ModelCard:
        if self._card is not None and self._process is not None and self._process.alive:
            return self._card
        if not self.wanted or self._steady() < self._not_before:
            raise BusyError("the model", round(RETRY_SECONDS))
        self._process = PipedProcess(MODULE, self._engine.value, self._folder, environ={**ONE_THREAD, **OFFLINE})
        try:
            answer = msgpack.unpackb(self._process.listen(START_SECONDS))
            self._card = _card(answer)
        except (OSError, EOFError, ValueError) as exc:
            raise self._failed(exc) from exc
        self.problem = ""
        log.info("model loaded name=%s", self._card.id)
        return self._card

    def _embed(self, texts: list[str]) -> NDArray[np.float32]:
        card = self._started()
        assert self._process is not None  # noqa: S101  # _started made it, for the type checker
        try:
            question = msgpack.packb(texts, unicode_errors="replace")
            answer = msgpack.unpackb(self._process.ask(question, PIECE_SECONDS))
            return np.frombuffer(_told(answer)["vectors"], dtype="<f4").reshape(len(texts), card.dimensions)
        except (OSError, EOFError, ValueError) as exc:
            raise self._failed(exc) from exc

    def _failed(self, error: Exception) -> BusyError:
        self._not_before = self._steady() + RETRY_SECONDS
        self.problem = str(error)[:500] or type(error).__name__
        log.warning("model failed, tried again in %.0f s: %s", RETRY_SECONDS, self.problem)
        if self._process is not None:
            self._process.kill()
        self._process = None
        return BusyError("the model", round(RETRY_SECONDS))


def _told(answer: dict[str, Any]) -> dict[str, Any]:
    if "bad" in answer:
        raise ValueError(answer["bad"])
    return answer


def _card(answer: dict[str, Any]) -> ModelCard:
    told = _told(answer)["card"]
    return ModelCard(
        **{
            **told,
            "engine": Engine(told["engine"]),
            "languages": tuple(told["languages"]),
            "measured": tuple(tuple(each) for each in told["measured"]),
        }
    )
