"""Twelve months of a company that answers to what is done, under one policy.

    python -m benchmarks.closed_loop POLICY SEED [--customers 2000] [--hours 60] ...

Prints one line of JSON. `python -m benchmarks --loop` runs all policies on all seeds. Policies meet
the same accounts with the same luck (`trod.sample.responding`) and have the same hours:

- **trod**: as a company would use it. Each month: what was done and what came is ingested, effects
  are judged, scores fitted each half year, the queue planned and committed, all its plays are done.
- **risk**: the highest churn score of Trod first, with the play believed in for the sign at hand;
  learns nothing.
- **random**: customers and plays by lot.
- **best**: who sees what nobody can see, and takes what brings most money.
- **nothing**.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import pyarrow as pa

from trod.sample import responding as plays
from trod.sample.responding import NOTHING, PLAYS, Ints, Mask, Month, Responding
from trod.sample.responding_rows import SOURCE, TROD_YML, month_us, name_of, rows

if TYPE_CHECKING:
    from trod.actions.queue.plan import Plan
    from trod.workspace import Workspace

HOUR_US: Final = 3_600_000_000
MINUTES: Final = 30
REST: Final = 2
"""Months from one contact with an account to the next, under every policy."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What all policies have in common."""

    customers: int = 2000
    before: int = 12  # months on record when it begins
    months: int = 12
    after: int = 3  # months without plays, until what was done has shown
    hours: int = 150  # a month
    edge: float = 0.3
    holdout: str = "0.3"

    worth_having: float = 0.08
    refit: int = 6

    @property
    def contacts(self) -> int:
        """Contacts in a month."""
        return self.hours * 60 // MINUTES

    @property
    def all_months(self) -> int:
        """Months from the first on record to the last that counts."""
        return self.before + self.months + self.after


@dataclass(slots=True)
class Outcome:
    """What became of the company under a policy, and what the policy had found out."""

    policy: str
    seed: int
    kept: int = 0  # accounts at the end of all
    revenue: float = 0.0  # from the first month with plays to the last of all
    seats: int = 0  # times that seats were added
    contacts: int = 0
    held_back: int = 0
    to_kinds: dict[str, int] = field(default_factory=dict)  # contacts, by kind
    to_plays: dict[str, int] = field(default_factory=dict)
    verdicts: dict[str, list[str]] = field(default_factory=dict)  # by month
    estimates: dict[str, list[float]] = field(default_factory=dict)  # at the end
    truth: dict[str, float] = field(default_factory=dict)  # of those who were drawn
    stops: list[list[str]] = field(default_factory=list)  # by month
    planned: list[dict[str, int]] = field(default_factory=list)  # contacts of each play, by month
    given_up: float = 0.0  # true money lost by holding back, see `_lost`


class Policy(Protocol):
    """Somebody who decides whom to see to."""

    def decide(self, company: Responding, rested: Mask) -> Ints:
        """Give a play or `NOTHING` for each account; `rested` may be contacted."""

    def saw(self, company: Responding, told: Month) -> None:
        """Take note of what came."""


class Nothing:
    """Nobody is contacted."""

    def decide(self, company: Responding, rested: Mask) -> Ints:  # noqa: ARG002
        """Do nothing."""
        return np.full(company.n, NOTHING)

    def saw(self, company: Responding, told: Month) -> None:
        """See nothing."""


class Best(Nothing):
    """Sees kinds and states, knows every effect; takes what brings most until the end."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    def decide(self, company: Responding, rested: Mask) -> Ints:
        """Take the most valuable contacts."""
        ahead = self.setting.all_months - company.month
        each = np.column_stack([company.worth(p, ahead) for p in range(len(PLAYS))])
        best, value = each.argmax(1), np.where(rested, each.max(1), 0.0)
        order = np.argsort(-value, kind="stable")[: self.setting.contacts]
        return _of(company, order[value[order] > 0], best)


class Lot(Nothing):
    """Customers and plays by lot; the offer only to those who were seen at their limit."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.limit: set[str] = set()

    def decide(self, company: Responding, rested: Mask) -> Ints:
        """Draw customers, then a play for each."""
        rng = np.random.default_rng([company.seed, company.month])
        who = rng.permutation(np.flatnonzero(rested))[: self.setting.contacts]
        at_limit = np.array([name_of(i) in self.limit for i in range(company.n)])
        play = np.where(at_limit, rng.integers(0, 4, company.n), rng.integers(0, 3, company.n))
        return _of(company, who, play)

    def saw(self, company: Responding, told: Month) -> None:
        """Note who was at the limit."""
        self.limit |= _had(rows(company, told), "Seat limit reached")


class Product:
    """A workspace that is fed month by month; base of the policies that use Trod."""

    def __init__(self, setting: Setting, folder: Path) -> None:
        from trod.workspace import Workspace

        told = TROD_YML
        for key in ("hours", "edge", "holdout", "worth_having"):
            told = told.replace(f": {key.upper()}", f": {getattr(setting, key)}")
        told = told.replace("CAPACITY", str(setting.contacts // 4))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "trod.yml").write_text(told)
        self.setting = setting
        self.workspace: Workspace = Workspace.open(folder)
        self.waiting: list[pa.Table] = []

    def saw(self, company: Responding, told: Month) -> None:
        """Keep touchpoints until they are read in."""
        self.waiting.append(rows(company, told))

    def read(self, company: Responding) -> None:
        """Read in what came, fit scores where a quarter is over, and score everyone."""
        from trod.workspace.fitting import fit

        self.workspace.ingest_rows(SOURCE, [pa.concat_tables(self.waiting)])
        self.waiting.clear()
        if (company.month - self.setting.before) % self.setting.refit == 0:
            fit(self.workspace, ["outcomes", "value"])


class ByRisk(Product):
    """The highest churn score first; the play is that for what was seen in the last month."""

    def decide(self, company: Responding, rested: Mask) -> Ints:
        """Take the likeliest to leave."""
        from trod.workspace.scoring import score

        failed, limit = (_had(self.waiting[-1], n) for n in ("Connection failed",
                                                             "Seat limit reached"))  # fmt: skip
        used = _had(self.waiting[-1], "Dashboard viewed")
        self.read(company)
        (listed,) = score(self.workspace, ["Churn"], top=company.n)
        free = {name_of(i) for i in np.flatnonzero(rested).tolist()}
        chosen = [one.customer for one in listed.shown if one.customer in free]
        found = np.full(company.n, NOTHING)
        for name in chosen[: self.setting.contacts]:
            reason = plays.REMINDER if name in used else plays.GIFT
            if name in failed:
                reason = plays.CALL
            elif name in limit:
                reason = plays.OFFER
            found[number_of(name)] = reason
        return found


class Trod(Product):
    """The queue, with what it learns."""

    def __init__(self, setting: Setting, folder: Path, told: Outcome) -> None:
        super().__init__(setting, folder)
        self.told = told
        self.drawn: dict[str, list[float]] = {name: [] for name in PLAYS}

    def decide(self, company: Responding, rested: Mask) -> Ints:  # noqa: ARG002
        """Judge, plan, commit, and do everything that was planned."""
        from trod.workspace.acting import queue

        self.read(company)
        self.judge()
        print(f"month {company.month}", file=sys.stderr)
        now = month_us(company.month)
        hours = {"Bram Visser": float(self.setting.hours)}
        plan, _ = queue.commit(self.workspace, now_us=now, who="Bram Visser", hours=hours)
        self.all_done(plan, now)
        found = np.full(company.n, NOTHING)
        for row in plan.treated:
            found[number_of(row.candidate.customer)] = PLAYS.index(row.candidate.playbook)
        self.account(company, plan)
        return found

    def judge(self) -> None:
        """Judge what was done so far, and note the verdicts."""
        from trod.errors import NotEnoughDataError
        from trod.workspace.acting.effects import effects

        said: dict[str, str] = dict.fromkeys(PLAYS, "")
        stops: list[str] = []
        try:
            found = effects(self.workspace)
        except NotEnoughDataError:
            pass
        else:
            for each in found.plays:
                said[each.name] = "too few" if each.effect is None else each.effect.verdict
                if each.effect is not None:
                    e = each.effect
                    self.told.estimates[each.name] = [
                        e.estimate, e.low, e.high, e.n_treated, e.n_held_back
                    ]  # fmt: skip
            stops = sorted(stop.playbook for stop in found.stops)
        for name, verdict in said.items():
            self.told.verdicts.setdefault(name, []).append(verdict)
        self.told.stops.append(stops)

    def all_done(self, plan: Plan, now: int) -> None:
        """Say of every intervention of the plan that it is done, within the hour."""
        from trod.actions.interventions.register import TREATED, done, listed

        with self.workspace.state() as state, state.write() as con:
            for one in listed(con, wave=plan.id, arm=TREATED):
                done(con, one.id, None, "Bram Visser", now + HOUR_US)

    def account(self, company: Responding, plan: Plan) -> None:
        """Note what nobody in the company can know: true effects, and what holding back costs."""
        change = [company.changes(p) for p in range(len(PLAYS))]
        ahead = self.setting.all_months - company.month
        worth = [company.worth(p, ahead) for p in range(len(PLAYS))]
        for row in (*plan.treated, *plan.held_back):
            i, p = number_of(row.candidate.customer), PLAYS.index(row.candidate.playbook)
            if row.drawn:
                self.drawn[PLAYS[p]].append(float(change[p][i]))
            if row.fate == "held back":
                self.told.held_back += 1
                self.told.given_up += float(worth[p][i])


def _of(company: Responding, who: Ints, play: Ints) -> Ints:
    found = np.full(company.n, NOTHING)
    found[who] = play[who]
    return found


def _had(table: pa.Table, name: str) -> set[str]:
    import pyarrow.compute as pc

    return set(table.filter(pc.equal(table["touchpoint"], name))["account"].to_pylist())


def number_of(name: str) -> int:
    """Give the number of an account by its name; `name_of` the other way round."""
    return int(name.rpartition("-")[2])


def run(policy: str, seed: int, setting: Setting, folder: Path) -> Outcome:
    """Step a company through all months under a policy."""
    told = Outcome(policy, seed)
    made: dict[str, Any] = {
        "nothing": Nothing,
        "best": lambda: Best(setting),
        "random": lambda: Lot(setting),
        "risk": lambda: ByRisk(setting, folder),
        "trod": lambda: Trod(setting, folder, told),
    }
    decides: Policy = made[policy]()
    company = Responding(setting.customers, months=setting.all_months, seed=seed)
    last = np.full(company.n, -REST)
    told.to_kinds, told.to_plays = dict.fromkeys(plays.KINDS, 0), dict.fromkeys(PLAYS, 0)
    for month in range(setting.all_months):
        acts = setting.before <= month < setting.before + setting.months
        rested = company.here & (month - last >= REST) & (company.arrives < month)
        chosen = decides.decide(company, rested) if acts else np.full(company.n, NOTHING)
        who = np.flatnonzero(chosen != NOTHING)
        last[who] = month
        told.contacts += who.size
        if acts:
            told.planned.append({n: int((chosen == p).sum()) for p, n in enumerate(PLAYS)})
        for i in who.tolist():
            told.to_kinds[plays.KINDS[company.kind[i]]] += 1
            told.to_plays[PLAYS[chosen[i]]] += 1
        now = company.step(chosen)
        if month >= setting.before:
            told.revenue += float(now.fee.sum())
            told.seats += int(now.added.sum())
        decides.saw(company, now)
    told.kept = int(company.here.sum())
    if isinstance(decides, Trod):
        decides.read(company)
        decides.judge()
        told.truth = {n: float(np.mean(v)) for n, v in decides.drawn.items() if v}
    return told


def main() -> None:
    """Run one policy on one seed, and print what became of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.closed_loop")
    parser.add_argument("policy", choices=("nothing", "random", "risk", "trod", "best"))
    parser.add_argument("seed", type=int)
    for name, value in asdict(Setting()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    asked = vars(parser.parse_args())
    policy, seed = asked.pop("policy"), asked.pop("seed")
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asdict(run(policy, seed, Setting(**asked), Path(folder)))))


if __name__ == "__main__":
    main()
