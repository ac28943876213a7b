"""`make long`: slow proofs, one after the other."""

from __future__ import annotations

from tests.long import kills

kills.main()
