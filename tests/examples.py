"""How many examples a property test takes that says so itself."""

import os

CAMPAIGN = os.environ.get("TROD_TESTS") == "campaign"


def examples(full: int) -> int:
    """Give half of them in the suite, all of them in a campaign."""
    return full if CAMPAIGN else -(-full // 2)
