"""What accounts of the responding company are seen to do, and the trod.yml that reads it."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from trod.sample.draws import stream
from trod.sample.responding import Floats, Ints, Month, Responding

DAY_US: Final = 86_400_000_000
MONTH_US: Final = 30 * DAY_US
BEGINS_US: Final = 1_704_067_200_000_000  # 1 January 2024, a Monday
SOURCE: Final = "company"

_OFTEN: Final[dict[str, tuple[tuple[float, float], ...]]] = {
    # of each of KINDS in their order: without and in trouble, a month
    "Dashboard viewed": ((3.0, 1.6), (3.0, 1.0), (4.0, 4.0), (1.2, 1.2), (4.5, 4.5)),
    "Connection failed": ((0.2, 2.2), (0.2, 2.4), (0.15, 0.15), (0.15, 0.15), (0.2, 0.2)),
    "Support ticket": ((0.1, 0.9), (0.1, 0.4), (0.08, 0.08), (0.03, 0.03), (0.1, 0.1)),
    "Data exported": ((0.1, 0.2), (0.1, 0.9), (0.15, 0.15), (0.1, 0.1), (0.15, 0.15)),
    "Teammate invited": ((0.2, 0.1), (0.2, 0.05), (0.3, 0.3), (0.03, 0.03), (0.9, 0.9)),
    "Seat limit reached": ((0.05, 0.03), (0.05, 0.02), (0.08, 0.08), (0.02, 0.02), (0.7, 0.7)),
}
_BUSY: Final = ("Dashboard viewed", "Teammate invited")
_MOST: Final = 14
_SIGNS: Final = 0.0005
"""Few sign for three years in a month: without a success that can be reached, nobody in the last
stage could leave it."""

TROD_YML: Final = """\
# A company that answers to what is done. Everything here is invented.
sources:
  - name: company
    rows: true
    customer: account
    time: {column: time, unit: us}
    touchpoint: touchpoint
    value: amount
events:
  currency: EUR
journeys:
  - name: customers
    stages:
      - {name: Start, enter_on: Signed up}
      - {name: Use, enter_on: Subscription renewed}
    success: Signed for three years
    failure: Subscription cancelled
    left_after: 35d
models:
  outcomes:
    - {name: Churn, ends: left, within: 60d, capacity: CAPACITY}
    - {name: Expansion, touchpoints: Seats added, within: 60d}
actions:
  people:
    - {name: Bram Visser, hours: HOURS}
  queue:
    most: 1
    within: 59d
    windows: false
    edge: EDGE
  playbooks:
    - name: Set-up call
      trigger: {lately: {touchpoint: Connection failed}}
      steps: [{do: Call with a data engineer, channel: phone}]
      success: {ends: left, within: 60d}
      prior: [0.0, 0.2]
      holdout: HOLDOUT
    - name: Thank-you gift
      trigger: {where: all}
      contraindications: [{touchpoints: [Dashboard viewed], within: 30d, why: looked in}]
      steps: [{do: Send a cake, channel: post}]
      success: {ends: left, within: 60d}
      prior: [0.0, 0.12]
      holdout: HOLDOUT
    - name: Renewal reminder
      trigger: {lately: {touchpoint: Dashboard viewed}}
      steps: [{do: Remind of the renewal, channel: e-mail}]
      success: {ends: left, within: 60d}
      prior: [0.0, 0.04]
      holdout: HOLDOUT
    - name: Seats offer
      trigger: {lately: {touchpoint: Seat limit reached}}
      steps: [{do: Offer seats for the colleagues who look on, channel: e-mail}]
      success: {touchpoints: Seats added, within: 60d, worth: 500}
      prior: [0.0, 0.2]
      holdout: HOLDOUT
outcomes:
  worth_having: WORTH_HAVING
  hour_costs: 60
"""


def month_us(number: int) -> int:
    """Give the moment at which a month begins."""
    return BEGINS_US + number * MONTH_US


def rows(company: Responding, told: Month) -> pa.Table:
    """Write a month down as touchpoints.

    Parameters
    ----------
    company
        Whose month it is.
    told
        The month.

    Returns
    -------
    pyarrow.Table
        account, time, touchpoint, amount; by time within each touchpoint.
    """
    begins = month_us(told.number)
    rng = stream(company.seed, company.customers, f"responding: month {told.number}")
    pays = begins + company.pays_on * DAY_US + 43_200_000_000
    until = np.where(told.left, pays, begins + MONTH_US)
    stays = told.here & ~told.left
    signs = stays & (rng.random(company.n) < _SIGNS)
    new, paid, gone, more, signed = map(
        np.flatnonzero, (told.new, stays, told.left, told.added, signs)
    )
    parts = [
        _part(new, begins + 60_000_000, "Signed up"),
        _part(paid, pays[paid], "Subscription renewed", told.fee[paid]),
        _part(gone, pays[gone], "Subscription cancelled"),
        _part(more, pays[more] + DAY_US, "Seats added"),
        _part(signed, pays[signed] + 3_600_000_000, "Signed for three years"),
    ]
    state = told.trouble.astype(np.int64)
    for name in sorted(_OFTEN):
        mean = np.array(_OFTEN[name])[company.kind, state]
        mean = mean * company.busy if name in _BUSY else mean
        count = _counts(rng.random(company.n), mean)
        moment = begins + (rng.random((company.n, _MOST)) * MONTH_US).astype(np.int64)
        there = (np.arange(_MOST) < count[:, None]) & told.here[:, None]
        there &= moment < until[:, None]
        who, which = np.nonzero(there)
        parts.append(_part(who, moment[who, which], name))
    return pa.concat_tables(parts)


def _counts(u: Floats, mean: Floats) -> Ints:
    """Draw Poisson numbers by their inverse: the same luck gives more where the mean is more."""
    term = np.exp(-mean)
    below, found = term.copy(), np.zeros(u.size, np.int64)
    for k in range(1, _MOST + 1):
        found += u >= below
        term = term * mean / k
        below += term
    return found


def _part(who: Ints, moment: Ints | int, name: str, amount: Floats | None = None) -> pa.Table:
    """Write one touchpoint of some accounts, each with its moment, or all with one."""
    when = np.broadcast_to(np.asarray(moment, np.int64), who.shape)
    money = pa.nulls(who.size, pa.float64()) if amount is None else pa.array(amount)
    return pa.table(
        {
            "account": pa.array([name_of(i) for i in who.tolist()], pa.string()),
            "time": pa.array(when, pa.int64()),
            "touchpoint": pa.array([name] * who.size, pa.string()),
            "amount": money,
        }
    )


def name_of(number: int) -> str:
    """Name an account.

    Examples
    --------
    >>> name_of(17)
    'ACC-00017'
    """
    return f"ACC-{number:05d}"
