"""What is new among newcomers: found soon where it is, seldom where it is not."""

import numpy as np
import pytest

from tests.company import Known
from tests.strategies import batch as columns
from tests.strategies import journeys as laid
from trod.journeys.batch import NO_SCORE, NO_STATE
from trod.models.segments.emerging import FALSE_SHARE, discoveries, emerging
from trod.models.segments.newcomers import newcomers, words

MONTHS = 12


def world(seed: int, *, planted: float = 0.0) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Newcomers of twelve months with patterns of their own; one pattern comes up in the last."""
    rng = np.random.default_rng(seed)
    period = np.sort(rng.integers(MONTHS, size=1_200))
    shares = rng.dirichlet(np.full(25, 0.6))
    drawn = rng.choice(25, size=period.size, p=shares)
    patterns = {f"way {k}": drawn == k for k in range(25)}
    if planted:
        patterns["new"] = (period == MONTHS - 1) & (rng.random(period.size) < planted)
    return period, patterns


def test_P12_where_nothing_changes_nothing_is_new():
    flagged = [bool(emerging(*world(seed))) for seed in range(120)]
    assert np.mean(flagged) <= FALSE_SHARE


def test_P12_one_way_in_ten_is_found_in_its_first_month():
    found = [emerging(*world(seed, planted=0.12)) for seed in range(20)]
    assert all((one[0].pattern, one[0].since) == ("new", MONTHS - 1) for one in found)
    assert sum(len(one) - 1 for one in found) <= 2 * FALSE_SHARE * sum(map(len, found))


def test_P12_the_planted_segment_is_found_in_its_first_month(tallyfern: Known):
    (planted,) = (s for s in tallyfern.truth.segments if s.emerging_since)
    journeys = tallyfern.workspace.journeys("account")
    came = newcomers(journeys)
    names = journeys.vocabulary.touchpoints
    month = came.label.index(planted.emerging_since)
    then = came.period <= month  # as the record stood at the end of that month
    patterns = {
        words(came.steps(code), names): (came.path == code)[then]
        for code in np.unique(came.path[came.path >= 0]).tolist()
    }
    found = emerging(came.period[then], patterns)
    assert found[0].pattern.startswith("begin with Template gallery")
    assert came.label[found[0].since] == planted.emerging_since
    later = {one.pattern for one in found if one.since >= month}
    assert all("Template gallery" in pattern for pattern in later)


def test_P12_paths_are_the_first_three_different_touchpoints(tallyfern: Known):
    journeys = tallyfern.workspace.journeys("account")
    came, at = newcomers(journeys), 0
    for batch in journeys:
        for c in range(0, batch.n_customers, 37):
            codes = batch.code[batch.offsets[c] : batch.offsets[c + 1]].tolist()
            first = tuple(dict.fromkeys(codes))[:3]
            path = int(came.path[at + c])
            assert path == -1 if len(first) < 3 else came.steps(path) == first
        at += batch.n_customers


def test_N1_how_newcomers_begin_is_known_when_their_first_days_are_over():
    day = 86_400_000_000
    soon, later = (
        [(at * day, code, NO_SCORE, NO_STATE) for code, at in enumerate((0, 1, last))]
        for last in (2, 90)
    )
    record = laid(columns([soon, later]))
    assert (newcomers(record).path >= 0).tolist() == [True, True]
    assert (newcomers(record, 7 * day).path >= 0).tolist() == [True, False]


@pytest.mark.parametrize("seed", range(5))
def test_P12_discoveries_are_those_of_benjamini_and_hochberg(seed):
    rng = np.random.default_rng(seed)
    p = np.concatenate([rng.random(40), rng.random(8) * 0.002])
    ordered = np.sort(p)
    ranks = [k for k in range(1, p.size + 1) if ordered[k - 1] <= 0.05 * k / p.size]
    limit = ordered[max(ranks) - 1] if ranks else -1.0
    assert discoveries(p).tolist() == (p <= limit).tolist()
    assert discoveries(np.empty(0)).size == 0
