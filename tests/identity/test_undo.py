"""I1: whatever was delivered, stated and taken back, the workspace is that of a rebuild."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.deliveries import fingerprint
from tests.identity.worlds import (
    IDS,
    SPEC,
    a_row,
    a_saying,
    deliveries_of,
    draft_of,
    taken_back,
)
from tests.slow_twins.people import Row, Said
from trod import project
from trod._store.store import Store
from trod.errors import DataError
from trod.events.log import append
from trod.identity.explain import Explanation, explain
from trod.identity.report import IdentityReport, report
from trod.identity.statements import IdOf, read, state
from trod.workspace.folder import Workspace
from trod.workspace.ordering import UNITS

NUMBER = st.integers(0, 99)
LOOKED = st.sampled_from([False, False, True])
CAMPAIGN = 1_000  # sequences of each of ten seeds
YML = "sources: [{name: web, files: '*.csv', customer: c, time: t, touchpoint: e}]\n"
HOME = Path(tempfile.mkdtemp(prefix="trod-undo-"))
(HOME / project.FILE).write_text(YML)
PROJECT = replace(project.load(HOME), identity=SPEC)
shutil.rmtree(HOME)


class Whole(NamedTuple):
    """All that can be seen of who is who, and of what follows from it."""

    journeys: tuple[tuple[bytes, ...] | None, ...]  # by unit
    directory: dict[str, list[str | None]]
    summary: object
    report: IdentityReport
    explained: dict[str, Explanation]
    edges: list[dict[str, object]]


def seen(workspace: Workspace, asked: Sequence[IdOf]) -> Whole:
    """Read a workspace as it is: what is not of today must make itself anew."""
    journeys = tuple(_journeys(workspace, unit) for unit in UNITS)
    directory, people = workspace.who(), workspace.people()
    numbers = {id_: int(people.ids.numbers(id_.kind, [id_.value])[0]) for id_ in asked}
    return Whole(
        journeys,
        directory.table.to_pydict(),
        directory.summary,
        report(people),
        {
            f"{id_.kind} {id_.value}": explain(people, workspace.store, number)
            for id_, number in numbers.items()
            if number >= 0
        },
        people.edges.to_pylist(),
    )


def _journeys(workspace: Workspace, unit: str) -> tuple[bytes, ...] | None:
    try:
        return fingerprint(workspace.journeys(unit))
    except DataError:  # no touchpoint names an account
        return None


class Identities(RuleBasedStateMachine):
    """Deliveries and statements in any order; in between somebody looks, or nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="trod-undo-"))
        self.workspace = Workspace(PROJECT, Store.create(self.home / "one"))
        self.rows: list[Row] = []
        self.said: list[Said] = []

    @initialize(rows=st.lists(a_row, min_size=3, max_size=8), looked=LOOKED)
    def begin(self, rows: list[Row], looked: bool) -> None:
        self.deliver(rows, looked)

    @rule(rows=st.lists(a_row, min_size=1, max_size=5), looked=LOOKED)
    def deliver(self, rows: list[Row], looked: bool) -> None:
        append(self.workspace.store, deliveries_of(dict(enumerate(rows, start=len(self.rows)))))
        self.rows += rows
        self._look(looked)

    @rule(verb=st.sampled_from(["link", "separate"]), one=NUMBER, other=NUMBER, looked=LOOKED)
    def state(self, verb: str, one: int, other: int, looked: bool) -> None:
        """State something of two ids that are there; where there is one, of one that is not."""
        there = sorted({id_ for row in self.rows for id_ in row.ids})
        among = there if len(there) > 1 else IDS
        pair = among[one % len(among)], among[(one + 1 + other % (len(among) - 1)) % len(among)]
        self._state(Said(verb, *sorted(pair)), looked)

    @rule(said=a_saying, looked=LOOKED)
    def state_of_any(self, said: Said, looked: bool) -> None:
        self._state(said, looked)

    @rule(which=NUMBER, looked=LOOKED)
    def take_back(self, which: int, looked: bool) -> None:
        if open_ := taken_back(self.said):
            self._state(Said("retract", of=open_[which % len(open_)]), looked)

    def _state(self, said: Said, looked: bool) -> None:
        self.said.append(said)
        state(self.workspace.store, [draft_of(said)], by="Ada", at_us=len(self.said), why="so")
        self._look(looked)

    def _look(self, looked: bool) -> None:
        """Have the journeys ordered now: what is made of them later must not show."""
        if looked and any(row.time is not None for row in self.rows):
            self.workspace.who()

    def _compare(self, seed: int) -> None:
        """Build the same world from nothing, in another order, and compare everything."""
        if not any(row.time is not None for row in self.rows):
            return
        rng = random.Random(seed)
        asked = [IdOf(*id_) for id_ in rng.sample(IDS, 2)]
        again = Path(tempfile.mkdtemp(prefix="again", dir=self.home))
        rebuilt = _rebuilt(Store.create(again), self.rows, self.said, rng)
        assert seen(self.workspace, asked) == seen(rebuilt, asked)
        assert read(rebuilt.store) == read(self.workspace.store)
        shutil.rmtree(again)

    def teardown(self) -> None:
        try:
            self._compare(len(self.rows))
        finally:
            shutil.rmtree(self.home)


def _rebuilt(
    store: Store, rows: Sequence[Row], said: Sequence[Said], rng: random.Random
) -> Workspace:
    """Deliver the rows in another order and in other batches; say the same, early or late."""
    order = rng.sample(range(len(rows)), len(rows))
    late = rng.random() < 0.5
    for now in (not late, late):
        if now:
            for number, each in enumerate(said, start=1):
                state(store, [draft_of(each)], by="Ada", at_us=number, why="so")
        else:
            for batch in _cut(order, rng):
                append(store, deliveries_of({at: rows[at] for at in batch}))
    return Workspace(PROJECT, store)


def _cut(order: Sequence[int], rng: random.Random) -> list[Sequence[int]]:
    """Cut deliveries into one to three batches."""
    edges = sorted(rng.randint(0, len(order)) for _ in range(2))
    batches = [order[: edges[0]], order[edges[0] : edges[1]], order[edges[1] :]]
    return [batch for batch in batches if batch]


def _run(sequences: int, steps: int, number: int | None = None) -> int:
    """Run sequences and say how many there were; a number draws others than the usual ones."""
    ended: list[int] = []

    class Counted(Identities):
        def teardown(self) -> None:
            super().teardown()
            ended.append(1)

    run_state_machine_as_test(
        Counted if number is None else seed(number)(Counted),
        settings=settings(
            max_examples=sequences,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return len(ended)


def test_D6_I1_any_sequence_of_deliveries_and_statements_equals_a_rebuild() -> None:
    assert _run(10, 10) >= 10


@pytest.mark.slow
@pytest.mark.parametrize("number", range(10))
def test_D6_I1_ten_thousand_sequences_equal_their_rebuilds(number: int) -> None:
    assert _run(CAMPAIGN, 10, number) >= CAMPAIGN
