"""Segments: found where they are, not found where there are none, named truly, kept over refits."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.company import Known, known
from tests.examples import examples
from tests.slow_twins import behaviour as slow
from trod._kernels.behaviour import time_spent, touched
from trod.models.ground import Ground
from trod.models.segments.behaviour import LEAST_DAYS, LEAST_STAY_DAYS, LEAST_TOUCHPOINTS
from trod.models.segments.difference import differ
from trod.models.segments.fitting import fit
from trod.models.segments.grouping import agreement, chosen, groupings, nearest
from trod.models.segments.merging import least, merged
from trod.models.segments.naming import conditions
from trod.models.segments.persist import carried
from trod.models.segments.segmentation import Segmentation
from trod.models.segments.space import space
from trod.models.stored import Stored
from trod.sample import company
from trod.workspace import Workspace
from trod.workspace.fitting import ground

ROWS = st.lists(
    st.tuples(st.integers(0, 4 * slow.DAY_US), st.integers(0, 3), st.integers(-1, 2)), max_size=8
)
COLUMNS = [0, -1, 1, 2]
ENTERS = [False, True, True, False]


@given(st.lists(ROWS, min_size=1, max_size=5), st.integers(0, 2 * slow.DAY_US))
@settings(max_examples=examples(150))
def test_P7_time_and_touchpoints_by_stage_are_those_of_the_slow_twin(customers, longest):
    rows = [sorted(customer, key=lambda row: row[0]) for customer in customers]
    flat = np.array([row for customer in rows for row in customer], np.int64).reshape(-1, 3)
    offsets = np.cumsum([0, *map(len, rows)])
    time, code, stage = flat[:, 0], flat[:, 1].astype(np.uint16), flat[:, 2].astype(np.int8)
    spent, days = np.empty((len(rows), 3), np.int64), np.empty(len(rows), np.int32)
    time_spent(offsets, time, stage, longest, spent, days)
    expected = [slow.spent(customer, longest, 3) for customer in rows]
    assert [(s, d) for s, d in zip(spent.tolist(), days.tolist(), strict=True)] == expected
    long = spent > longest // 2
    counts, whole = np.empty((len(rows), 3), np.int32), np.zeros((3, 2, 3), np.int64)
    column, enters = np.array(COLUMNS, np.int16), np.array(ENTERS)
    touched(offsets, code, stage, column, enters, long, counts, whole)
    assert counts.tolist() == [slow.counted(customer, COLUMNS, ENTERS) for customer in rows]
    assert whole.tolist() == slow.whole(rows, COLUMNS, ENTERS, long.tolist())


def truth(at: Known, found: Segmentation) -> tuple[np.ndarray, np.ndarray]:
    """Give the planted and the found segment of accounts whose leads are all of one segment."""
    planted: dict[str, set[str]] = {}
    for person in at.truth.people:
        if person.lead:
            planted.setdefault(person.account, set()).add(person.segment)
    names = sorted({segment.name for segment in at.truth.segments})
    pairs = [
        (names.index(next(iter(planted[who]))), label)
        for who, label in zip(found.member.to_pylist(), found.label.tolist(), strict=True)
        if len(planted.get(who, ())) == 1
    ]
    one, other = np.array(pairs, np.int64).T
    return one, other


@pytest.fixture(scope="module")
def of_company(tallyfern: Known) -> Ground:
    return replace(ground(tallyfern.workspace), before={})


@pytest.fixture(scope="module")
def found(of_company: Ground):
    (made,) = fit(of_company)
    return made


def test_P7_planted_segments_are_found_in_everybody_with_enough_behaviour(tallyfern, found):
    assert found.card.verdict == "fitted"
    planted, label = truth(tallyfern, Segmentation.of(found.stored))
    assert planted.size > 1_000
    assert agreement(planted, label) >= 0.8
    assert {m.name for m in found.card.measures} >= {"clearness"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_P7_they_are_found_whatever_the_seed(seed):
    at = known(2000, seed)
    (made,) = fit(ground(at.workspace))
    assert agreement(*truth(at, Segmentation.of(made.stored))) >= 0.8


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 7])
def test_P7_a_company_in_which_all_are_alike_has_no_structure(tmp_path: Path, seed: int):
    answers = company(tmp_path, seed=seed, alike=True)
    assert [segment.name for segment in answers.segments] == ["Everyone"]
    workspace = Workspace.open(tmp_path)
    workspace.ingest()
    (made,) = fit(ground(workspace))
    assert made.card.verdict == "no structure"
    assert "no segment" in made.card.remarks[-1]
    assert not [one for one in Segmentation.of(made.stored).rising if one.now]


def test_P7_raw_counts_would_not_find_them(tallyfern, of_company, found):
    from sklearn.cluster import KMeans

    from trod.models.segments.behaviour import look

    model = Segmentation.of(found.stored)
    seen, _, _ = look(of_company.journeys, of_company.plan, model.expected.names)
    place = {who: i for i, who in enumerate(seen.customer.to_pylist())}
    counts = seen.counts[[place[who] for who in model.member.to_pylist()]]
    label = KMeans(4, n_init=2, random_state=0).fit((counts - counts.mean(0)) / counts.std(0))
    of_counts = replace(model, label=label.labels_.astype(np.int8))
    assert agreement(*truth(tallyfern, of_counts)) < 0.5


def test_P7_the_same_journeys_give_the_same_bytes_however_they_are_cut(of_company, found):
    from trod.journeys.subset import subset

    class Half:
        key = "half"

        def __init__(self, odd: bool):
            self.odd = odd

        def mask(self, batch):
            return np.arange(batch.n_customers) % 2 == self.odd

    halves = [b for odd in (True, False) for b in subset(of_company.journeys, Half(odd)).batches]
    (again,) = fit(replace(of_company, journeys=of_company.journeys.of(halves)))
    assert again.stored.to_bytes() == found.stored.to_bytes()
    assert again.card == found.card


def test_P7_at_rest_and_read_again_it_assigns_its_members_as_before(of_company, found):
    model = Segmentation.of(Stored.of_bytes(found.stored.to_bytes()))
    label = model.assign(of_company.journeys, of_company.plan)
    names = np.array([who for b in of_company.journeys for who in b.customer.to_pylist()])
    judged = label >= 0
    told = dict(zip(names[judged].tolist(), label[judged].tolist(), strict=True))
    assert told == dict(zip(model.member.to_pylist(), model.label.tolist(), strict=True))


def test_P8_names_are_true_for_as_many_as_they_say(of_company, found):
    from trod.models.segments.behaviour import look

    model = Segmentation.of(found.stored)
    names = [segment.name for segment in model.segments]
    assert len({name.words for name in names}) == len(names)
    seen, _, _ = look(of_company.journeys, of_company.plan, model.expected.names)
    place = {who: i for i, who in enumerate(seen.customer.to_pylist())}
    seen = seen.take(np.array([place[who] for who in model.member.to_pylist()]))
    usual = model.expected.counts(seen.stay_days)
    for g, name in enumerate(names):
        true = np.ones(len(seen.customer), bool)
        for kind, touchpoint, times in name.conditions:
            k = model.expected.names.index(touchpoint)
            beside = (seen.counts[:, k] + 1) / (usual[:, k] + 1)
            true &= {
                "often": beside > times,
                "seldom": beside < 1 / max(times, 1),
                "never": seen.counts[:, k] == 0,
            }[kind]
        mine = model.label == g
        assert name.members == ((true & mine).sum(), mine.sum())
        assert name.others == ((true & ~mine).sum(), (~mine).sum())
        assert name.members.share > 0.6 > 0.1 > name.others.share


def test_P8_power_users_who_never_write_to_support_are_called_so(tallyfern, found):
    words = [segment.name.words for segment in Segmentation.of(found.stored).segments]
    assert any(name.endswith("never support ticket") for name in words)


def test_P9_nobody_is_over_segmented(found):
    model = Segmentation.of(found.stored)
    sizes = np.bincount(model.label)
    assert 2 <= sizes.size <= 7
    assert sizes.min() >= least(model.label.size)
    assert any("nothing tells it apart" in remark for remark in found.card.remarks)


def clouds(sizes: list[int], apart: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    corners = np.eye(len(sizes)) * apart
    return np.concatenate(
        [rng.standard_normal((n, len(sizes))) + c for n, c in zip(sizes, corners, strict=True)]
    )


@pytest.mark.parametrize("n", [2, 3, 5])
def test_P7_clouds_that_lie_apart_are_counted(n):
    found = groupings(clouds([120] * n, 7.0), np.random.default_rng(0))
    best = chosen(found, [True] * len(found))
    assert best is not None
    assert best.n == n


@pytest.mark.parametrize("seed", range(2))
def test_P7_one_cloud_has_no_groups_however_it_is_shaped(seed):
    rng = np.random.default_rng(seed)
    skewed = np.exp(0.6 * rng.standard_normal((400, 1)))
    shapes = [rng.standard_normal((400, 2)), np.hstack([skewed, rng.standard_normal((400, 1))])]
    for places in shapes:
        found = groupings(places * [2.0, 0.7], rng)
        assert chosen(found, [True] * len(found)) is None


def test_P7_columns_that_go_with_nothing_are_no_direction():
    rng = np.random.default_rng(3)
    assert space(rng.standard_normal((500, 30)), rng).n_axes <= 1
    ten = np.repeat(rng.standard_normal((500, 1)), 10, axis=1) + rng.standard_normal((500, 10))
    assert space(np.hstack([ten, rng.standard_normal((500, 20))]), rng).n_axes == 1


def asked_of(often: np.ndarray):
    """Ask about touchpoints that some customers have ten times as often as usual."""
    names = [f"t{k}" for k in range(often.shape[1])]
    return conditions(names, np.ones(often.shape, np.int32), np.where(often, 2.3, 0.0))


def test_P9_a_group_that_is_too_small_is_given_up_and_it_is_said():
    places = clouds([200, 200, 12], 20.0)
    often = np.repeat(np.eye(3, dtype=bool), [200, 200, 12], axis=0)
    kept = merged(places, np.eye(3) * 20.0, asked_of(often), np.full(412, -1, np.int8))
    assert kept.centres.shape[0] == 2
    assert kept.reasons == ("A group of 12 members was given up: 30 are needed.",)


def test_P9_groups_that_nobody_can_tell_apart_become_one_unless_they_end_differently():
    places = clouds([150, 150, 150], 20.0)
    often = np.repeat(np.array([[1, 0], [0, 1], [0, 1]], bool), 150, axis=0)
    centres = np.eye(3) * 20.0
    alike = np.tile([0, 1], 225).astype(np.int8)
    kept = merged(places, centres, asked_of(often), alike)
    assert kept.centres.shape[0] == 2
    assert "made one" in kept.reasons[0] or "nothing tells it apart" in kept.reasons[0]


def test_P7_a_difference_is_neither_chance_nor_too_small():
    rng = np.random.default_rng(0)
    label = np.repeat([0, 1], 20_000)
    small = (rng.random(40_000) < np.where(label, 0.52, 0.50)).astype(np.int8)
    assert differ(label, small).p < 0.05
    assert not differ(label, small).matters
    assert not differ(label, np.zeros(40_000, np.int8)).matters


def test_P10_segments_keep_their_ids_where_most_members_are_the_same():
    was = np.repeat([0, 1, 2], [100, 80, 60])
    now = np.repeat([2, 0, 1], [100, 80, 60])
    now[:5] = 0
    found = carried(["s1", "s4", "s2"], 5, was, now, 3)
    assert found.ids == ("s4", "s2", "s1")
    assert (found.next_id, found.changes) == (5, ())
    assert found.moved == (("s1", "s4", 5),)


def test_P10_born_ended_split_and_merged_segments_are_told():
    was = np.repeat([0, 1, 1, 2, 2, 2], [100, 70, 50, 20, 20, 20])
    now = np.repeat([0, 1, 2, 0, 1, 2], [100, 70, 50, 20, 20, 20])
    told = {
        c.what: (c.segment, c.other) for c in carried(["s1", "s2", "s3"], 4, was, now, 4).changes
    }
    assert told == {"split off": ("s4", "s2"), "born": ("s5", ""), "ended": ("s3", "")}
    both = carried(["s1", "s2"], 3, np.repeat([0, 1], 50), np.zeros(100, np.int64), 1)
    assert both.ids == ("s1",)
    assert [(c.what, c.other) for c in both.changes] == [("merged into", "s1")]


def test_P10_a_refit_on_the_same_journeys_changes_nothing(of_company, found):
    (again,) = fit(replace(of_company, before={"segments": found.stored}))
    told = Segmentation.of(again.stored)
    assert told.ids == Segmentation.of(found.stored).ids
    assert told.changes["changes"] == told.changes["moved"] == []
    assert told.changes["both"] == told.label.size


def test_P7_too_little_is_said_with_what_is_missing():
    (made,) = fit(ground(known(100).workspace))
    assert made.card.verdict == "not enough data"
    (why,) = made.card.remarks
    for number in (LEAST_TOUCHPOINTS, LEAST_DAYS, LEAST_STAY_DAYS, 200):
        assert str(number) in why


def test_nearest_takes_the_first_of_equals():
    assert nearest(np.zeros((1, 2)), np.array([[1.0, 0.0], [0.0, 1.0]])).tolist() == [0]
