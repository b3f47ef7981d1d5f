"""The obvious order of journeys: sort tuples."""

Row = tuple[str, int, int, int]  # customer, time_us, code, tie


def journeys(rows: list[Row]) -> dict[str, list[tuple[int, int, int]]]:
    """The touchpoints of each customer in order."""
    found: dict[str, list[tuple[int, int, int]]] = {}
    for customer, *rest in sorted(rows):
        found.setdefault(customer, []).append((rest[0], rest[1], rest[2]))
    return found
