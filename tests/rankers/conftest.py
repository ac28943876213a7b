"""Property tests here have no deadline: the machines are shared, and speed is measured elsewhere.

EXAMPLES sets how many cases each tries: tests/long/mutants.py, which runs them thousands of times, takes fewer, the
same ones each time, and does not ask for the smallest case that fails.
"""

import os

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "rankers",
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("rankers")
if few := os.environ.get("EXAMPLES"):
    settings.register_profile(
        "few",
        settings.get_profile("rankers"),
        max_examples=int(few),
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
    )
    settings.load_profile("few")
