"""How property tests run: the same examples every time; a campaign with `make slow`."""

import os

from hypothesis import HealthCheck, settings

# The first call of a compiled loop takes seconds, so no example has a deadline.
settings.register_profile(
    "quick",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "campaign", settings.get_profile("quick"), derandomize=False, max_examples=2000
)
settings.load_profile(os.environ.get("TROD_TESTS", "quick"))
