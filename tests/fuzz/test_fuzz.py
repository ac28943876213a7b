"""Seconds come from the variable FUZZ_SECONDS; without it two minutes where CI runs, else a few seconds."""

from __future__ import annotations

import os
import secrets

import pytest

from tests.fuzz.fuzzing import fuzz

SECONDS = float(os.environ.get("FUZZ_SECONDS", "120" if os.environ.get("CI") else "4"))


@pytest.mark.timeout(SECONDS + 240)
def test_safety_80_no_document_breaks_reading_cleaning_or_storing():
    found = fuzz(SECONDS, secrets.token_hex(4))
    assert not found.wrong, "python -m tests.fuzz.fuzzing CASE shows one"
    assert sum(found.fates.values()) >= 24
    assert found.entries
