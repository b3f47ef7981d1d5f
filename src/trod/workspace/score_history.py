"""Every score that was given: who, by which version, when, how much, and why. Never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trod._store.manifest import Part
from trod._store.store import Store, Transaction
from trod.errors import DefinitionError, NotEnoughDataError, unknown
from trod.journeys.parts import arrow_file
from trod.journeys.passage import StagePlan
from trod.models.outcomes.scoring import Scores
from trod.models.versions import version as version_of

KIND: Final = "scores"


class Given(NamedTuple):
    """One score of one customer."""

    outcome: str
    version: int
    moment_us: int
    probability: float
    stage: int
    reasons: tuple[str, ...]  # keys of the features that moved it most; of the highest only


class Kept(NamedTuple):
    """All scores of one outcome at one moment."""

    outcome: str
    version: int
    moment_us: int
    who: str  # digest of who is who: other people, other scores
    part: Part


def kept(store: Store, name: str) -> tuple[Kept, ...]:
    """Give the scorings of one outcome, oldest first."""
    found = [_kept(part) for part in store.manifest.of(KIND) if part.facts["outcome"] == name]
    return tuple(sorted(found, key=lambda each: (each.moment_us, each.version)))


def _kept(part: Part) -> Kept:
    told = part.facts
    return Kept(told["outcome"], told["version"], told["moment_us"], told["who"], part)


def keep(
    tx: Transaction,
    name: str,
    version: int,
    moment_us: int,
    who: str,
    scores: Scores,
    why: Sequence[str],
    *,
    plan: StagePlan,
    unit: str,
) -> None:
    """Add the scores of one moment; scores of the same moment that they replace go.

    Parameters
    ----------
    tx
        Of the store.
    name, version
        Of the outcome, and of the model.
    moment_us
        As of which customers were scored.
    who
        Digest of who is who.
    scores
        Of everyone at risk.
    why
        (n,) keys of features, joined by tabs; empty where they were not worked out.
    plan, unit
        The journey in whose stages customers were scored, and what a customer is.
    """
    for part in tx.parts(KIND):
        if (part.facts["outcome"], part.facts["moment_us"]) == (name, moment_us):
            tx.drop(part.path)
    columns = {
        "customer": scores.customer,
        "margin": scores.margin,
        "probability": scores.probability,
        "stage": scores.stage,
        "days": scores.days,
        "n_touchpoints": scores.n_touchpoints,
        "digest": scores.digest,
        "reasons": pa.array(list(why), pa.string()),
    }
    table = pa.table(columns)
    facts: dict[str, Any] = {
        "outcome": name,
        "version": version,
        "moment_us": moment_us,
        "who": who,
        "journey": plan.journey,
        "stages": list(plan.stages),
        "unit": unit,
    }
    tx.add(KIND, "arrow", arrow_file(table), rows=table.num_rows, facts=facts)


def read(store: Store, each: Kept) -> tuple[Scores, list[str]]:
    """Read the scores of one moment, and the keys of what moved them."""
    table = _table(store, each)
    scores = Scores(
        table["customer"].combine_chunks(),
        table["margin"].to_numpy(),
        table["probability"].to_numpy(),
        table["stage"].to_numpy(),
        table["days"].to_numpy(),
        table["n_touchpoints"].to_numpy(),
        table["digest"].to_numpy(),
        fresh=0,
    )
    return scores, table["reasons"].to_pylist()


def of_customer(store: Store, name: str, customer: str) -> tuple[Given, ...]:
    """Give every score of one customer for one outcome, oldest first."""
    found = []
    for each in kept(store, name):
        table = _table(store, each)
        at = pc.index(table["customer"], customer).as_py()
        if at < 0:
            continue
        why = table["reasons"][at].as_py()
        found.append(
            Given(
                name,
                each.version,
                each.moment_us,
                float(table["probability"][at].as_py()),
                int(table["stage"][at].as_py()),
                tuple(why.split("\t")) if why else (),
            )
        )
    return tuple(found)


def earlier(store: Store, name: str, moment_us: int) -> tuple[Kept, dict[str, float]] | None:
    """Give the last scoring before a moment, and its probabilities by customer."""
    before = [each for each in kept(store, name) if each.moment_us < moment_us]
    if not before:
        return None
    table = _table(store, before[-1])
    told = zip(table["customer"].to_pylist(), table["probability"].to_pylist(), strict=True)
    return before[-1], dict(told)


def _table(store: Store, each: Kept) -> pa.Table:
    with store.damage_named(each.part):
        return pa.ipc.open_file(pa.BufferReader(store.checked(each.part))).read_all()


@dataclass(frozen=True, slots=True)
class Pointed:
    """The last scores of one outcome, and from which on customers are pointed out."""

    outcome: str
    bad: bool
    unit: str
    stages: tuple[str, ...]
    sure: bool  # whether any score is right half of the time
    customer: pa.StringArray
    stage: NDArray[np.int64]  # (n,) index into stages
    high: NDArray[np.bool_]  # (n,)

    def of(self, stage: str | None = None) -> pa.StringArray:
        """List those pointed out, in one stage or in all."""
        return self._listed(self.high, stage)

    def asked(self, stage: str | None = None) -> pa.StringArray:
        """List everyone with a score, in one stage or in all."""
        return self._listed(np.ones(self.high.size, np.bool_), stage)

    def _listed(self, some: NDArray[np.bool_], stage: str | None) -> pa.StringArray:
        wanted = some if stage is None else some & (self.stage == self.stages.index(stage))
        return self.customer.filter(pa.array(wanted))


def pointed_out(store: Store, name: str) -> Pointed:
    """Say whom the last scores of an outcome point out.

    Raises
    ------
    NotEnoughDataError
        If nobody was scored for it yet.
    """
    from trod.models.outcomes.model import OutcomeModel

    given = kept(store, name)
    if not given:
        known = sorted({part.facts["outcome"] for part in store.manifest.of(KIND)})
        hint = f" {unknown('outcome', name, known)}" if known else ""
        raise NotEnoughDataError(f"nobody was scored for {name!r}. Run `trod score`.{hint}")
    last = given[-1]
    model = OutcomeModel.of(version_of(store, f"outcome/{name}", last.version)[1])
    scores, _ = read(store, last)
    least = np.inf if model.high is None else model.high
    return Pointed(
        name,
        model.spec.bad,
        model.unit,
        tuple(last.part.facts["stages"]),
        model.high is not None,
        scores.customer,
        scores.stage.astype(np.int64),
        scores.margin >= least,
    )


def from_chance(store: Store, name: str, least: float, unit: str) -> pa.StringArray:
    """List whom the last scores of an outcome give a chance of so much or more.

    Raises
    ------
    NotEnoughDataError
        If nobody was scored for it yet.
    DefinitionError
        If its customers are others.
    """
    found = kept(store, name)
    if not found:
        raise NotEnoughDataError(f"nobody was scored for {name!r}. Run `trod score`.")
    of = found[-1].part.facts["unit"]
    if of != unit:
        raise DefinitionError([f"{name} is of {of}s. Write --unit {of}."])
    scores, _ = read(store, found[-1])
    return scores.customer.filter(pa.array(scores.probability >= least))


def given_scores(store: Store, journey: str, unit: str) -> dict[str, int]:
    """Give the moment of the last scores of each outcome of a journey and unit."""
    found: dict[str, int] = {}
    for part in store.manifest.of(KIND):
        if (part.facts["journey"], part.facts["unit"]) == (journey, unit):
            name = part.facts["outcome"]
            found[name] = max(found.get(name, 0), int(part.facts["moment_us"]))
    return dict(sorted(found.items()))
