"""Property tests here have no deadline: the machines are shared, and speed is measured elsewhere.

EXAMPLES sets how many cases each tries: tests/long/mutants.py, which runs them thousands of times, takes fewer.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "rankers",
    deadline=None,
    max_examples=int(os.environ.get("EXAMPLES", "60")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("rankers")
