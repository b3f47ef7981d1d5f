"""Where customers stood at a moment: the record is cut there and walked again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from tests.slow_twins import passage


def places(customers, journey, moment):
    """Count customers by None (outside) or (stage, status), of those who existed by then."""
    then = replace(journey, as_of=moment)
    found = Counter()
    for events in customers:
        seen = [row for row in events if row[0] <= moment]
        if seen:
            _, _, furthest, status, _ = passage.walk(seen, then)
            found[None if furthest < 0 else (furthest, status)] += 1
    return found
