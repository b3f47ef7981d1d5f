from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analyses.plans import BUY, CALL, MAIL, SPEC, VISIT, plan
from tests.examples import examples
from tests.slow_twins.landmark import place as slow_place
from tests.strategies import NAMES, VOCABULARY, batch, customers, journeys, walk_of
from trod import fold
from trod.analyses.landmark import AfterLandmark, AtLandmark, FirstTimes, Landmark
from trod.analyses.predicate import both, parse
from trod.analyses.stages import Left, Open, success_us
from trod.analyses.touch import TouchIn
from trod.errors import DefinitionError
from trod.journeys.passage import LEFT, NEVER, passages
from trod.journeys.predicate import count
from trod.testing import check_fold

marks = st.builds(
    Landmark, st.integers(0, 2), st.sampled_from([CALL, MAIL, VISIT]), st.integers(0, 9)
)


def known(moment: int) -> int | None:
    return None if moment == NEVER else int(moment)


@given(people=customers, mark=marks, silence=st.integers(1, 9))
@settings(max_examples=examples(250))
def test_places_agree_with_slow_twin(people, mark, silence):
    one = batch(people)
    asked = replace(plan(), left_after_us=silence)
    walked = passages(one, asked)
    won = success_us(one, asked, walked)
    names = {}
    for had in (True, False):
        found = AtLandmark(
            asked.stages[mark.stage], NAMES[mark.code], mark.after_us, had, asked
        ).mask(one)
        names[f"active {'with' if had else 'without'}"] = set(np.flatnonzero(found).tolist())
    expected: dict[str, set[int]] = {name: set() for name in names}
    silent = 0
    for c in range(one.n_customers):
        at = slice(one.offsets[c], one.offsets[c + 1])
        rows = list(
            zip(
                one.time_us[at].tolist(),
                one.code[at].tolist(),
                walked.stage[at].tolist(),
                strict=True,
            )
        )
        here = slow_place(
            rows,
            mark.stage,
            mark.code,
            mark.after_us,
            entered=[known(moment) for moment in walked.entered_us[c]],
            success=known(won[c]),
            left=walked.status[c] == LEFT,
            failed=bool(rows) and bool(asked.failure[one.code[max(walked.last[c], 0)]]),
            silence=silence,
        )
        silent += here.startswith("silent")
        if here in expected:
            expected[here].add(c)
    assert names == expected
    cells = AfterLandmark(asked, (mark,)).read(one).cells
    assert cells[0, 1:3].sum() == silent


@given(a=customers, b=customers)
@settings(max_examples=examples(30))
def test_landmark_folds_keep_the_laws(a, b):
    asked = plan()
    pairs = ((0, MAIL), (0, VISIT), (1, CALL), (2, BUY))
    batches = [batch(a), batch(b, first=50)]
    check_fold(FirstTimes(asked, pairs), batches)
    check_fold(AfterLandmark(asked, tuple(Landmark(s, k, 3) for s, k in pairs)), batches)


@given(people=customers, mark=marks)
@settings(max_examples=examples(80))
def test_every_count_is_that_of_its_predicate(people, mark):
    asked, data = plan(), journeys(batch(people))
    cells = fold.run({"it": AfterLandmark(asked, (mark,))}, data)["it"][0, 0]
    stage = asked.stages[mark.stage]
    for had in (False, True):
        group = AtLandmark(stage, NAMES[mark.code], mark.after_us, had, asked)
        assert parse(group.key, asked, VOCABULARY) == group
        assert count(group, data) == cells[int(had)].sum()
        assert count(both(group, Left(asked, stage)), data) == cells[int(had), 1]
        assert count(both(group, Open(asked, stage)), data) == cells[int(had), 2]


@given(people=customers)
def test_half_of_those_who_ever_had_it_had_it_by_the_landmark(people):
    asked, one = plan(), batch(people)
    for mark in fold.run({"it": FirstTimes(asked, ((0, MAIL), (1, CALL)))}, journeys(one))["it"]:
        walked = passages(one, asked)
        ever = TouchIn(asked.stages[mark.stage], NAMES[mark.code], asked).mask(one)
        ever &= walked.entered_us[:, mark.stage] != NEVER
        first = [
            min(
                int(one.time_us[i] - walked.entered_us[c, mark.stage])
                for i in range(one.offsets[c], one.offsets[c + 1])
                if one.code[i] == mark.code and walked.stage[i] == mark.stage
            )
            for c in np.flatnonzero(ever)
        ]
        assert 2 * sum(time <= mark.after_us for time in first) >= len(first)
        assert 2 * sum(time < mark.after_us for time in first) <= len(first)


def test_leaving_early_has_no_part_in_the_comparison():
    spec = SPEC.model_copy(update={"left_after": timedelta(microseconds=10**6)})
    asked = plan(spec=spec, as_of_us=10**9)
    early, late = walk_of("visit"), walk_of("visit mail mail", every_us=5)
    place = AtLandmark("look", "mail", 5, had=False, plan=asked)
    assert place.mask(batch([early, late])).tolist() == [False, False]
    assert replace(place, had=True).mask(batch([early, late])).tolist() == [False, False]
    seen = walk_of("visit mail visit", every_us=5)  # still there, and not by the mail alone
    assert replace(place, had=True).mask(batch([early, late, seen])).tolist() == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    "key", ["look/mail@x=with", "look/mail@5", "look@5=with", "look/mail@5=by"]
)
def test_a_landmark_key_that_cannot_be_read_is_refused(key):
    with pytest.raises(DefinitionError):
        parse(f"landmark:{key}", plan(), VOCABULARY)


def test_a_landmark_of_an_unknown_touchpoint_is_refused():
    with pytest.raises(DefinitionError, match="unknown touchpoint 'mial'"):
        parse("landmark:look/mial@5=with", plan(), VOCABULARY)
