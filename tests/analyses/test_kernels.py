"""Kernels are compiled once, whatever the columns look like."""

from dataclasses import fields, replace

import numpy as np
import pytest

from tests.analyses.plans import plan
from tests.analyses.test_laws import FOLDS
from tests.strategies import batch, walk_of
from trod._kernels import (
    conformance,
    funnel,
    metrics,
    passage,
    retention,
    silence,
    stages,
    stall,
    steps,
    tally,
    transitions,
    variants,
)
from trod._kernels.arrays import given

KERNELS = [
    conformance.compare,
    conformance.count_deviations,
    conformance.deviation_rows,
    funnel.best_attempt,
    funnel.first_attempt,
    funnel.strict_attempt,
    metrics.first_and_last,
    metrics.money_by_period,
    passage.walk,
    retention.count_cohorts,
    silence.longest_silence,
    stages.has_touch,
    stall.times_in_stages,
    stages.sum_scores,
    stages.time_in_stages,
    stages.touch_stages,
    steps.count_steps,
    steps.step_paths,
    tally.count_runs,
    tally.merge,
    transitions.count_pairs,
    transitions.has_pair,
    transitions.time_keys,
    variants.hash_paths,
    variants.same_paths,
]


def as_mapped_from_disk(one):
    """The same batch with columns that cannot be written."""
    columns = {f.name: getattr(one, f.name) for f in fields(one)}
    arrays = {name: c.copy() for name, c in columns.items() if isinstance(c, np.ndarray)}
    for array in arrays.values():
        array.flags.writeable = False
    return replace(one, **arrays)


def test_read_only_columns_do_not_compile_a_kernel_again():
    one = batch([walk_of("visit call buy"), walk_of("mail")])
    for fold in FOLDS.values():
        for version in (one, as_mapped_from_disk(one)):
            state = fold.read(version)
            fold.finish(state + fold.read(version))
    plan(one)
    for kernel in KERNELS:
        if hasattr(kernel, "signatures"):
            assert len(kernel.signatures) <= 1, kernel.py_func.__name__


@pytest.mark.parametrize("array", [np.arange(4), np.arange(8)[::2], np.arange(4, dtype=np.int32)])
def test_a_given_array_is_read_only_and_contiguous_and_the_original_untouched(array):
    view = given(array, np.int64)
    assert not view.flags.writeable
    assert view.flags.c_contiguous
    assert array.flags.writeable
    np.testing.assert_array_equal(view, array)
