"""Features of customers at moments, from touchpoints up to the moment alone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa

from trod.errors import DataError
from trod.journeys.batch import Journeys
from trod.journeys.passage import StagePlan
from trod.models.features.catalog import Catalog, catalog
from trod.models.features.look import Look, Values, clock_of
from trod.models.features.moments import Moments, everyone_at
from trod.models.features.table import FeatureTable


def features(
    journeys: Journeys,
    plan: StagePlan,
    moments: Sequence[Moments] | None = None,
    chosen: Catalog | None = None,
    *,
    threads: int | None = None,
) -> FeatureTable:
    """Say what is known of customers at moments.

    Parameters
    ----------
    journeys
        The data.
    plan
        The stages.
    moments
        The rows wanted, one entry for each batch; everyone as of the moment of the plan by default.
    chosen
        Which features, by `catalog`. Names that are not known here count zero times. By default
        those of the data up to the moment of the plan.
    threads
        Workers; one per core by default. The table does not depend on it, nor on the batches.

    Returns
    -------
    FeatureTable
        Rows in the order of `moments`.

    Raises
    ------
    DataError
        If there is not one entry of moments for each batch, or rows are not ascending.

    Notes
    -----
    O(n_touchpoints + n_rows * n_features) for each family: touchpoints are gone through once for
    all moments of a customer, and windows are read back from each moment. Four bytes a value.

    Who is who, and which account a person belongs to, is what is known today, whatever the moment.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> from trod.journeys.passage import compile_plan
    >>> from trod.journeys.spec import JourneySpec
    >>> day = 86_400_000_000
    >>> journeys = from_arrow(pa.table({
    ...     "customer": ["ann", "ann", "bob"],
    ...     "touchpoint": ["visit", "call", "visit"],
    ...     "time": [0, 10 * day, 12 * day],
    ... }))
    >>> stages = [{"name": "look", "enter_on": "visit"}, {"name": "talk", "enter_on": "call"}]
    >>> plan = compile_plan(JourneySpec(name="purchase", stages=stages), journeys)
    >>> table = features(journeys, plan)
    >>> table.column("count:visit@7d").tolist(), table.column("since:call").tolist()
    ([0.0, 1.0], [2.0, nan])
    """
    rows = everyone_at(journeys, plan.as_of_us) if moments is None else moments
    chosen = catalog(journeys, plan) if chosen is None else chosen
    _check(journeys, rows)
    clock = clock_of(journeys)
    ends = np.cumsum([0, *(one.customer.size for one in rows)])
    values = np.empty((int(ends[-1]), len(chosen.features)), np.float32)

    def look(at: int) -> pa.StringArray:
        one = Look(journeys, journeys.batches[at], plan, rows[at], clock)
        _fill(one, chosen, values[ends[at] : ends[at + 1]])
        return one.customers

    workers = min(threads or os.cpu_count() or 1, len(rows)) or 1
    with ThreadPoolExecutor(workers) as pool:
        names = list(pool.map(look, range(len(rows))))
    customer = pa.concat_arrays([pa.array([], pa.string()), *names])
    moment_us = np.concatenate([np.empty(0, np.int64), *(one.moment_us for one in rows)])
    return FeatureTable(chosen.features, values, customer, moment_us)


def _fill(look: Look, chosen: Catalog, values: Values) -> None:
    """Write the rows of one batch."""
    if values.shape[0]:
        for family, column in chosen.placed():
            family.fill(look, values, column)


def _check(journeys: Journeys, rows: Sequence[Moments]) -> None:
    """Refuse moments that the kernels would read wrongly, or out of bounds."""
    if len(rows) != len(journeys.batches):
        raise DataError(
            f"moments has {len(rows)} entries for {len(journeys.batches)} batches: need one each."
        )
    for at, (one, batch) in enumerate(zip(rows, journeys.batches, strict=True)):
        step, later = np.diff(one.customer), np.diff(one.moment_us)
        if one.customer.shape != one.moment_us.shape or (step < 0).any():
            raise DataError(f"moments[{at}] is not ascending by customer.")
        if ((step == 0) & (later < 0)).any():
            raise DataError(f"moments[{at}] is not ascending by moment within a customer.")
        inside = (one.customer >= 0) & (one.customer < batch.n_customers)
        if not inside.all():
            raise DataError(f"moments[{at}] names a customer that the batch does not have.")
