"""The obvious way to tell new rows from those on record: one row after the other."""

NEW, DUPLICATE, CONFLICT = "new", "duplicate", "conflict"


def judge(
    known: set[tuple[int, int]], arriving: list[tuple[int, int, bool]], repeated
) -> list[tuple[str, int, int]]:
    """`arriving` are (hi, lo, whether the source gave an id); the smallest content comes first."""
    on_record = set(known)
    found = []
    for hi, lo, given in sorted(arriving):
        if given:
            same_id = any(other[0] == hi and other[1] >> 32 == lo >> 32 for other in on_record)
            seen = (hi, lo) in on_record
            found.append((DUPLICATE if seen else CONFLICT if same_id else NEW, hi, lo))
            on_record.add((hi, lo))
        else:
            n = sum(base == (hi, lo) for base in found_bases(found))
            own = repeated(lo, n)
            found.append((DUPLICATE if (hi, own) in known else NEW, hi, own, lo))
    return [one[:3] for one in found]


def found_bases(found: list[tuple]) -> list[tuple[int, int]]:
    """Both halves as they came, of rows without an id."""
    return [(one[1], one[3]) for one in found if len(one) == 4]
