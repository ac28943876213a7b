"""Property tests here have no deadline: the machines are shared, and speed is measured elsewhere."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "rankers", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("rankers")
