"""What plays changed: treated against held back, return, and what may stop."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from trod.errors import DataError, DefinitionError, NotEnoughDataError, unknown
from trod.workspace.acting.worth import Worths

if TYPE_CHECKING:
    from trod.actions.interventions.intervention import Intervention
    from trod.actions.playbooks.spec import SuccessSpec
    from trod.figures.figure import Figure
    from trod.journeys.batch import Journeys
    from trod.journeys.passage import StagePlan
    from trod.outcomes.effect import Effect
    from trod.outcomes.judged import Judged, TooFew
    from trod.outcomes.ledger import Account, Ledger, Stop
    from trod.outcomes.naive import BeforeAfter
    from trod.outcomes.observational import Overlap
    from trod.outcomes.priors import Prior
    from trod.outcomes.rows import Decided
    from trod.outcomes.times import Times
    from trod.outcomes.varied import ByGroup, Ranked
    from trod.workspace.folder import Workspace
    from trod.workspace.plate import Plate

MONTH_US: Final = 30 * 86_400_000_000
_MANY: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Play:
    """One play as it was judged."""

    judged: Judged | TooFew
    interventions: tuple[Intervention, ...]  # all of them
    compared: frozenset[str]  # ids of those whose outcome is known and who can be compared
    worth: float | None = None  # money that one more success is worth
    naive: BeforeAfter | None = None  # the change of the treated beside what came by itself
    groups: tuple[ByGroup, ...] = ()
    ranked: Ranked | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        from trod.outcomes.judged import Judged

        told = self.judged
        return told.effect.playbook if isinstance(told, Judged) else told.playbook

    @property
    def overlap(self) -> Overlap | None:
        """How comparable the two sides are; None where chance decided."""
        from trod.outcomes.judged import Judged

        found = self.judged.observational if isinstance(self.judged, Judged) else None
        return None if found is None else found.overlap

    @property
    def effect(self) -> Effect | None:
        """Its effect; None where too few are known."""
        from trod.outcomes.judged import Judged

        return self.judged.effect if isinstance(self.judged, Judged) else None


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """All plays of a workspace, or the arms of a table."""

    plays: tuple[Play, ...]
    unit: str  # "person" or "account"
    currency: str | None
    as_of_us: int
    zone: str
    priors: Mapping[str, Prior]
    sure: tuple[str, ...]  # plays that work or harm, their number taken into account
    stops: tuple[Stop, ...]
    remarks: tuple[str, ...] = ()


class _Way(NamedTuple):
    """How a play is judged."""

    success: SuccessSpec
    where: str  # in trod.yml


def effects(workspace: Workspace, name: str | None = None, *, keep: bool = True) -> Effects:
    """Judge every play: those the state keeps, and trials that other tools recorded.

    Parameters
    ----------
    workspace
        With interventions, or with ``outcomes: trials:`` in trod.yml.
    name
        One play; all by default.
    keep
        Write down what is known now, where it was not written down of the same day.

    Raises
    ------
    NotEnoughDataError
        If no play was tried yet.
    DefinitionError
        If no play has this name, or trod.yml names what is not known.
    """
    found = _Asking(workspace)
    by_play = found.interventions()
    problems = [p for each, p in found.problems.items() if name == each or not by_play]
    if problems:
        raise problems[0]
    if not by_play:
        raise NotEnoughDataError(
            "no play was tried yet. Decide on customers with a plan, or say under `outcomes: "
            "trials:` where another tool recorded whom it drew."
        )
    if name is not None and name not in by_play:
        raise DefinitionError([unknown("play", name, sorted(by_play))])
    plays, remarks = [], [f"{problem}" for problem in found.problems.values()]
    workspace.progress.stage("Judging plays")
    for each in [name] if name is not None else sorted(by_play):
        if each not in found.ways:
            remarks.append(f"{each} is no longer in trod.yml: nothing says what it is judged by.")
            continue
        plays.append(_play(found, each, by_play[each], closely=name is not None))
    workspace.progress.done()
    told = _together(workspace, found, plays, remarks)
    if keep:
        _keep(workspace, told)
    return told


class _Asking:
    """A workspace being asked: journeys and stages are opened once for each unit."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        project = workspace.project
        self.ways = {
            p.name: _Way(p.success, "actions.playbooks") for p in project.actions.playbooks
        }
        trials = {t.name: _Way(t.success, "outcomes.trials") for t in project.outcomes.trials}
        if twice := sorted(self.ways.keys() & trials.keys()):
            raise DefinitionError(
                f"outcomes.trials: {name} is a playbook as well. Rename one of them."
                for name in twice
            )
        self.ways |= trials
        self.contaminated: frozenset[str] = frozenset()  # ids of those held back
        self.plays: frozenset[str] = frozenset()
        self.problems: dict[str, DataError] = {}  # of trials
        self._open: dict[tuple[str, str], tuple[Journeys, StagePlan]] = {}

    def interventions(self) -> dict[str, list[Intervention]]:
        """Give everyone who was decided on, by play."""
        from trod.actions.interventions.register import contaminated
        from trod.outcomes.recorded import recorded
        from trod.outcomes.trials import trial

        found: dict[str, list[Intervention]] = defaultdict(list)
        with self.workspace.state() as state, state.read() as con:
            self.contaminated = contaminated(con)
            for each in recorded(con):
                found[each.playbook].append(each)
        self.plays = frozenset(found) | self.ways.keys()
        for spec in self.workspace.project.outcomes.trials:
            declared = self.workspace.project.journey()
            journey = declared.name if declared else ""
            journeys, _ = self.opened(journey, declared.unit if declared else "person")
            try:
                found[spec.name] += trial(spec, journeys, journey)
            except DataError as problem:  # a trial that has not begun stands in nobody's way
                self.problems[spec.name] = problem
        return {name: some for name, some in found.items() if some}

    def opened(self, journey: str, unit: str) -> tuple[Journeys, StagePlan]:
        """Give the journeys of a unit, and the stages of a journey."""
        from trod.workspace.measured import plan_of
        from trod.workspace.scoring import journey_of

        if (journey, unit) not in self._open:
            journeys = self.workspace.journeys(unit)
            plan = plan_of(self.workspace, journey_of(self.workspace, journey), journeys)
            self._open[journey, unit] = journeys, plan
        return self._open[journey, unit]


def _play(found: _Asking, name: str, chosen: Sequence[Intervention], *, closely: bool) -> Play:
    """Judge one play; `closely` looks for groups in which the effect differs."""
    from trod.outcomes.judged import Asked, judge
    from trod.outcomes.observed import success
    from trod.outcomes.rows import decided
    from trod.workspace.acting.contacted import as_known_now, caveats, ours

    first = min(chosen, key=lambda i: (i.decided_us, i.id))
    journeys, plan = found.opened(first.journey, first.unit)
    way = found.ways[name]
    try:
        wanted = success(way.success, plan, journeys, ours=ours(found.workspace, found.plays))
    except DefinitionError as wrong:
        said = [f"{way.where}: {name}: {problem}" for problem in wrong.problems]
        raise DefinitionError(said) from None
    mine = [i for i in chosen if (i.journey, i.unit) == (first.journey, first.unit)]
    laid = decided(journeys, plan, wanted, as_known_now(found.workspace, journeys, mine))
    worth = Worths(found.workspace, journeys, plan).declared(way.success)
    each = None if worth is None else worth.money
    unit = (journeys.currency or "money") if way.success.money else "share"
    asked = Asked(
        name,
        wanted.says,
        unit,
        way.success.wants,
        _worth_having(found.workspace, mine, None if way.success.money else each),
        plan.as_of_us,
    )
    some = [i for i in laid.interventions if i.drawn or not laid.rows.drawn.any()]
    more = caveats(found.workspace, way.success, some, found.contaminated)
    judged = judge(asked, laid.rows, more)
    compared = frozenset(i.id for i in some)
    made = Play(judged, tuple(chosen), compared, each, _naive(laid, way.success))
    return _closely(made, laid, journeys) if closely else made


def _worth_having(workspace: Workspace, mine: Sequence[Intervention], worth: float | None) -> float:
    """Give the smallest effect worth having: as declared, and at least what pays for the play."""
    from trod.outcomes.break_even import break_even

    spec = workspace.project.outcomes
    pays = break_even(mine, worth=worth, hour_costs=spec.hour_costs)
    return max(spec.worth_having, 0.0 if pays is None else pays)


def _naive(laid: Decided, success: SuccessSpec) -> BeforeAfter | None:
    """Lay before-after beside what came by itself, where there is a before of the same sort.

    Of leaving that is the score, which is the chance of it; of money, that of the time before.
    """
    from trod.outcomes.naive import beside_itself
    from trod.outcomes.observed import KNOWN_BEFORE

    rows, drawn = laid.rows, laid.rows.drawn
    before = laid.score if success.ends == "left" else None
    if success.money:
        before = rows.covariates[:, rows.names.index(KNOWN_BEFORE[-1])]
    t = rows.treated[drawn]
    if before is None or min(t.sum(), (~t).sum()) < _MANY:
        return None
    return beside_itself(before[drawn], rows.outcome[drawn], t)


def _closely(made: Play, laid: Decided, journeys: Journeys) -> Play:
    """Look for customers in whom the effect differs."""
    from trod.outcomes.varied import by_groups, ranked

    rows = laid.rows.take(laid.rows.drawn)
    if made.effect is None or made.effect.evidence != "Tested":
        return made
    kinds, of = _kinds(journeys, rows.customer), (rows.outcome, rows.treated)
    groups = by_groups(*of, kinds, propensity=rows.propensity, cluster=rows.cluster)
    try:
        order = ranked(*of, rows.covariates, propensity=rows.propensity, cluster=rows.cluster)
    except NotEnoughDataError:
        order = None
    return replace(made, groups=groups, ranked=order)


def _kinds(journeys: Journeys, customers: Sequence[str]) -> dict[str, list[str]]:
    """Give attributes of customers as groups."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = journeys.attributes
    if table is None:
        return {}
    place = pc.index_in(pa.array(customers, pa.string()), value_set=table["customer"])
    found = {}
    for name in table.column_names:
        if name == "customer":
            continue
        told = table[name].take(place).to_pylist()
        found[name] = ["not known" if v is None else str(v) for v in told]
    return found


def _together(
    workspace: Workspace, found: _Asking, plays: Sequence[Play], remarks: Sequence[str]
) -> Effects:
    """Lay the plays side by side: what is sure among so many, what to expect, what may stop."""
    from trod.outcomes.priors import expected
    from trod.outcomes.verdict import beside_others

    told = [play.effect for play in plays if play.effect is not None]
    p = beside_others([effect.p for effect in told])
    sure = tuple(e.playbook for e, one in zip(told, p, strict=True) if one < 0.05)
    declared = workspace.project.journey()
    journey, unit = (declared.name, declared.unit) if declared else ("", "person")
    journeys, plan = found.opened(journey, unit)
    return Effects(
        tuple(plays),
        unit,
        journeys.currency,
        plan.as_of_us,
        journeys.zone,
        expected({e.playbook: e for e in told}),
        sure,
        _stops(plays),
        tuple(remarks),
    )


def _stops(plays: Sequence[Play]) -> tuple[Stop, ...]:
    from trod.outcomes.ledger import stop_list

    return stop_list(_accounts(plays), MONTH_US)


def _accounts(plays: Sequence[Play]) -> list[Account]:
    from trod.outcomes.judged import Judged
    from trod.outcomes.ledger import Account

    found = []
    for play in plays:
        if isinstance(play.judged, Judged):
            done = [i for i in play.interventions if i.arm == "treated" and i.status != "skipped"]
            found.append(Account(play.judged, tuple(done), play.compared, play.worth))
    return found


def _keep(workspace: Workspace, told: Effects) -> None:
    """Write down what is known, once for the same data and the same words."""
    from trod.outcomes.kept import keep, latest

    with workspace.state() as state, state.write() as con:
        known = latest(con)
        for play in told.plays:
            if play.effect is not None and known.get(play.name) != play.effect:
                keep(con, play.effect)


class Return(NamedTuple):
    """The ledger, how long things took, and what is missing to say more."""

    ledger: Ledger
    times: tuple[Times, ...]
    effects: Effects
    hour_costs: float | None


def returned(workspace: Workspace) -> Return:
    """Set up the ledger of return of all plays, with the times from finding to effect.

    Raises
    ------
    NotEnoughDataError
        If no play was tried yet.
    """
    from trod.outcomes.ledger import ledger
    from trod.outcomes.times import first_found, first_known, times

    told = effects(workspace)
    spec = workspace.project.outcomes
    made = ledger(_accounts(told.plays), hour_costs=spec.hour_costs)
    with workspace.state() as state, state.read() as con:
        found_us, known_us = first_found(con), first_known(con)
    every = [one for play in told.plays for one in play.interventions]
    took = times(every, found_us, known_us)
    return Return(made, took, told, spec.hour_costs)


def figure(workspace: Workspace, told: Effects) -> Plate:
    """Draw the plays as a scoreboard."""
    from trod.workspace.plate import Plate, setting

    declared = workspace.project.journey()
    journeys = workspace.journeys(told.unit)
    about = setting(journeys, declared.name if declared else "effects")
    return Plate((drawn(told),), about, journeys, None)


def drawn(told: Effects) -> Figure:
    """Draw the plays as a scoreboard, without a page around it."""
    from trod.figures.scoreboard import scoreboard_figure
    from trod.journeys.label import units
    from trod.outcomes.board import board
    from trod.outcomes.judged import TooFew

    few = [play.judged for play in told.plays if isinstance(play.judged, TooFew)]
    known = [play.effect for play in told.plays if play.effect is not None]
    return scoreboard_figure(board(known, few, units(told.unit)))
