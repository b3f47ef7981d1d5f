"""P2: who follows the intended path, and how the others deviate."""

from collections import Counter
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings

from tests.analyses.plans import SPEC, plan
from tests.examples import examples
from tests.slow_twins.conformance import compared, marks, read, visits
from tests.strategies import NAMES, VOCABULARY, batch, customers, journeys, walk_of
from trod._kernels.passage import NO_STAGE
from trod.analyses.after_deviation import AfterDeviation
from trod.analyses.conformance import Conformance, conformance
from trod.analyses.intended import KINDS, Deviation, Intended
from trod.analyses.predicate import parse
from trod.analyses.stages import done_us
from trod.errors import DefinitionError
from trod.journeys.build import from_arrow
from trod.journeys.passage import NEVER, compile_plan, passages
from trod.journeys.predicate import customers as listed
from trod.journeys.spec import JourneySpec

PATHS = [Intended(), Intended(("visit", "call", "buy")), Intended(("mail", "visit"), ("call",))]


def one_by_one(one, walked):
    """Give each customer's passage as the slow twins write it."""
    for c in range(one.n_customers):
        first, end = int(one.offsets[c]), int(one.offsets[c + 1])
        entered = {s: int(e) for s, e in enumerate(walked.entered_us[c].tolist()) if e != NEVER}
        last = int(walked.last[c]) - first
        stages = walked.stage[first:end].tolist()
        yield stages, entered, int(walked.furthest[c]), int(walked.status[c]), last


def compiled(intended, made):
    """Give the steps as the slow twin wants them."""
    if not intended.touchpoints:
        step_of = {k: int(s) for k, s in enumerate(made.enter_code) if s != NO_STAGE}
        return made.n_stages, step_of, {2}, set(), False
    step_of = {NAMES.index(name): i for i, name in enumerate(intended.touchpoints)}
    ends = {k for k in range(5) if made.success[k] or made.failure[k]}
    ignored = {NAMES.index(name) for name in intended.ignore}
    strange = set(range(5)) - set(step_of) - ends - ignored
    return len(intended.touchpoints), step_of, set(), strange, True


@pytest.mark.parametrize("intended", PATHS, ids=lambda p: p.key or "stages")
@given(made=customers)
@settings(max_examples=examples(60))
def test_conformance_is_what_the_slow_twin_reads(intended, made):
    one = batch(made)
    walked_by = plan(one)
    walked = passages(one, walked_by)
    twin = compiled(intended, walked_by)
    groups, found, times = Counter(), Counter(), Counter()
    for events, passage in zip(made, one_by_one(one, walked), strict=True):
        if passage[2] < 0:
            continue
        group, ways = read(events, passage, *twin)
        groups[group, passage[3]] += 1
        found.update(ways.keys())
        times.update(ways)
    state = Conformance(VOCABULARY, walked_by, intended).read(one)
    assert {(g, s): n for (g, s), n in np.ndenumerate(state.groups) if n} == groups
    told = {(KINDS[d.kind], d.a, d.b): (n, t) for d, n, t in state.found()}
    assert told == {way: (n, times[way]) for way, n in found.items()}


@pytest.mark.parametrize("intended", PATHS, ids=lambda p: p.key or "stages")
@given(made=customers)
@settings(max_examples=examples(40))
def test_what_became_of_them_is_what_the_slow_twin_compares(intended, made):
    one = batch(made)
    walked_by = plan(one)
    n_steps, step_of, by_rule, _, loops = compiled(intended, walked_by)
    asked = [Deviation(0, 0), Deviation(0, 1), Deviation(1, 0, 1), Deviation(2, 0)]
    asked += [Deviation(3, 0, 1)] if intended.touchpoints else []
    after = (0, 0, 0, 2, 1)[: len(asked)]
    failure = {k for k in range(5) if walked_by.failure[k]}
    expected = np.zeros((len(asked), 2, 2), int)
    walked, moments = passages(one, walked_by), done_us(one, walked_by)
    for c, (events, passage) in enumerate(zip(made, one_by_one(one, walked), strict=True)):
        if passage[2] < 0:
            continue
        way = visits(marks(events, passage, step_of, by_rule), loops)
        done_at = None if moments[c] == NEVER else int(moments[c])
        for d, (kind, a, b) in enumerate(asked):
            cell = compared(
                *(events, passage, way, (KINDS[kind], a, b), after[d], done_at),
                *(failure, step_of, n_steps),
            )
            if cell is not None:
                expected[d, int(cell[0]), int(cell[1])] += 1
    fold = AfterDeviation(VOCABULARY, walked_by, intended, tuple(asked), after)
    assert fold.finish(fold.read(one)).tolist() == expected.tolist()


@given(made=customers)
@settings(max_examples=examples(30))
def test_P2_every_figure_opens_the_customers_behind_it(made):
    one = batch(made)
    data, walked_by = journeys(one), plan(one)
    for path in (None, ("visit", "call", "buy")):
        result = conformance(data, walked_by, path=path, top=99).data
        assert result.follows + result.deviates + result.on_the_way == result.entered
        figures = dict(
            zip(result.keys, (result.follows, result.deviates, result.on_the_way), strict=True)
        )
        figures |= {view.key: view.customers for view in result.deviations}
        for key, n in figures.items():
            found = parse(key, walked_by, VOCABULARY)
            assert found.key == key
            assert len(listed(found, data)) == n, key


STAGED = JourneySpec(
    name="sale",
    stages=[
        {"name": "Look", "enter_on": "visit"},
        {"name": "Talk", "enter_on": "call"},
        {"name": "Buy", "enter_on": "buy"},
    ],
    left_after="1s",
)


def story(*walks: str, spec: JourneySpec = STAGED, path: tuple[str, ...] | None = None):
    """Read the conformance of customers written as "visit call buy"."""
    one = batch([walk_of(walk, every_us=10) for walk in walks], scale_us=1)
    data = journeys(one)
    as_of = int(one.time_us.max()) + 2_000_000
    return conformance(data, compile_plan(spec, data, as_of_us=as_of), path=path).data


def says(*walks: str, **how) -> dict[str, int]:
    return {view.says: view.customers for view in story(*walks, **how).deviations}


def test_P2_deviations_have_names():
    assert says("visit call buy") == {}
    assert says("visit buy") == {"Skipped Talk": 1}
    assert says("call visit buy") == {"Talk before Look": 1}
    assert says("visit call visit buy") == {"Repeated Look": 1}
    assert says("visit call") == {"Stopped after Talk": 1}
    assert says("visit visit call buy") == {}


def test_an_optional_stage_is_not_skipped_and_one_with_back_not_repeated():
    stages = [
        {"name": "Look", "enter_on": "visit", "back": True},
        {"name": "Talk", "enter_on": "call", "optional": True},
        {"name": "Buy", "enter_on": "buy"},
    ]
    spec = JourneySpec(name="sale", stages=stages, left_after="1s")
    assert says("visit buy", spec=spec) == {}
    assert says("visit call visit buy", spec=spec) == {}


def test_P2_listed_touchpoints_make_loops_and_others_deviations():
    path = ("visit", "call", "buy")
    assert says("visit visit call buy", path=path) == {"Repeated visit": 1}
    assert says("visit mail call buy", path=path) == {"mail in Look": 1}


def test_a_customer_may_deviate_in_several_ways_and_counts_once():
    found = story("call visit call buy", "visit call buy", "visit buy")
    assert (found.follows, found.deviates, found.on_the_way) == (1, 2, 0)
    assert [view.says for view in found.deviations] == [
        "Skipped Talk",
        "Talk before Look",
        "Repeated Talk",
    ]
    assert found.share[:2] == (1, 3)


def test_customers_still_on_the_way_neither_follow_nor_deviate():
    data = journeys(batch([walk_of("visit call")]))
    found = conformance(data, compile_plan(STAGED, data)).data
    assert (found.follows, found.deviates, found.on_the_way) == (0, 0, 1)
    assert found.share == (0, 0, 0.0, 1.0)


def test_P2_a_deviation_that_only_the_patient_can_have_is_compared_at_a_landmark():
    """A mail comes on day 5 to whoever is still there; it changes nothing.

    Half leave on day 1. Beside everybody, the mail would seem to double the share that buys.
    """
    day = 86_400_000_000
    rows = []
    for c in range(400):
        who = f"c{c:03d}"
        rows.append((who, "visit", 0))
        if c % 2:
            continue
        rows.append((who, "visit", 6 * day))
        if c % 4 == 0:
            rows.append((who, "mail", 5 * day))
        if c % 8 in {0, 2}:  # one in two of each, with a mail and without
            rows.append((who, "buy", 9 * day))
    names, what, when = zip(*rows, strict=True)
    data = from_arrow(pa.table({"customer": names, "touchpoint": what, "time": when}))
    spec = JourneySpec(
        name="sale",
        stages=[{"name": "Look", "enter_on": "visit"}],
        success="buy",
        left_after=timedelta(days=2),
    )
    made = compile_plan(spec, data, as_of_us=30 * day)
    found = conformance(data, made, path=("visit", "buy")).data
    (mail,) = [view for view in found.deviations if view.kind == "inserted"]
    assert mail.customers == 100
    assert mail.with_it[1] == mail.without[1] == 100  # the 200 who left on day 1 are in neither
    assert mail.difference is not None
    share, low, high = mail.difference
    assert low < 0 < high
    assert abs(share) < 0.02


def test_a_deviation_of_few_is_too_few_to_tell_however_many_are_compared():
    # On arriving at mail nobody has called; all but eight do so later.
    found = story(
        *["visit mail call buy"] * 191,
        *["visit mail buy"] * 8,
        *["visit call mail buy"] * 40,
        path=("visit", "call", "mail"),
    )
    (skipped,) = [view for view in found.deviations if view.says == "Skipped call"]
    assert (skipped.customers, skipped.with_it[1], skipped.difference) == (8, 199, None)


def test_who_stopped_is_compared_with_nobody():
    found = story(*["visit"] * 40, *["visit call buy"] * 40)
    (stopped,) = found.deviations
    assert (stopped.after_us, stopped.difference) == (None, None)


def test_a_path_that_cannot_be_is_refused_with_words():
    one = journeys(batch([walk_of("visit buy")]))
    with pytest.raises(DefinitionError, match="names 'visit' twice"):
        conformance(one, plan(), path=("visit", "buy", "visit"))
    with pytest.raises(DefinitionError, match="did you mean 'visit'"):
        conformance(one, plan(), path=("visits", "buy"))
    with pytest.raises(DefinitionError, match="unknown step 'Lok'"):
        parse("conform:@skipped/Lok", plan(), VOCABULARY)
    with pytest.raises(DefinitionError, match="names no customers"):
        parse("conform:@skipped", plan(), VOCABULARY)


def test_nobody_gives_an_answer():
    found = conformance(journeys(batch([])), plan(spec=SPEC)).data
    assert (found.entered, found.deviations) == (0, ())
    assert found.columns()["customers"] == [0, 0, 0]
