"""The obvious way to tell new rows from those on record: one row after the other."""

NEW, DUPLICATE, CONFLICT = "new", "duplicate", "conflict"


def judge(
    known: set[tuple[int, int]], arriving: list[tuple[int, int, int]], repeated
) -> list[tuple[str, int, int]]:
    """`arriving` are (hi, lo, content); content is 0 where the source gave no id."""
    found = []
    for hi, lo, content in arriving:
        same = [other for other in arriving if other[:2] == (hi, lo)]
        if content == 0:
            n = sum(one[1:] == (hi, lo) for one in found_bases(found))
            own = repeated(lo, n)
            found.append((DUPLICATE if (hi, own) in known else NEW, hi, own, lo))
        elif (hi, lo) in known:
            found.append((DUPLICATE, hi, lo, lo))
        elif content > min(other[2] for other in same):
            found.append((CONFLICT, hi, lo, lo))
        else:
            again = (NEW, hi, lo, lo) in found
            found.append((DUPLICATE if again else NEW, hi, lo, lo))
    return [one[:3] for one in found]


def found_bases(found: list[tuple[str, int, int, int]]) -> list[tuple[str, int, int]]:
    """The verdicts with the second half as it came."""
    return [(verdict, hi, base) for verdict, hi, _, base in found]
