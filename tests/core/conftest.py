"""How hard the properties are tried: the same cases on every machine, and no deadline, for machines are noisy."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "cpch",
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
settings.load_profile("cpch")
