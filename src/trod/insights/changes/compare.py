"""Two periods of a journey beside each other: what changed beyond chance and beyond what is usual.

Everything that can be compared is compared at once, and what is reported holds together at 95 %.
Customers are compared by when they entered a stage, and each is given the same time. Where other
kinds of customers came, figures are compared at the same mix, and what the mix did is told apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from trod.analyses.changes.kinds import Split
from trod.analyses.changes.measures import FEWEST, Replies
from trod.analyses.changes.tallies import N
from trod.events.counted import count
from trod.insights.changes import told_mix, told_volume
from trod.insights.changes.change import Change, Comparison, Seen, SetAside
from trod.insights.changes.chosen import Chosen
from trod.insights.changes.compared import Compared, compared
from trod.insights.changes.ground import LEAST_MIX, MIXED, Ground, ground_of
from trod.insights.changes.judging import LEVEL, holm, judge_mix
from trod.insights.changes.lapse import Lapse
from trod.insights.changes.telling import change, mostly
from trod.insights.wording import day
from trod.journeys.batch import Journeys
from trod.journeys.passage import StagePlan

MOST: Final = 3


def compare(
    journeys: Journeys,
    plan: StagePlan,
    asked: Chosen,
    *,
    by: str | None = None,
    lapses: Sequence[Lapse] = (),
    replies: Sequence[Replies] = (),
    own: Collection[str] = (),
    notes: Sequence[str] = (),
) -> Comparison:
    """Compare two periods.

    Parameters
    ----------
    journeys, plan
        The data and the journey.
    asked
        The periods, by `trod.insights.changes.chosen.chosen`.
    by
        The attribute that changes are split by; by default the one by which most moved.
    lapses
        What was not recorded, or has not arrived. Figures that rest on it are set aside.
    replies
        Declared metrics of answers from 0 to 10.
    own
        Touchpoints by which the company gets in touch. Who has them is no change of customers, and
        is set aside.
    notes
        What else the reader must know.

    Returns
    -------
    Comparison
        At most three changes; nothing changed is an answer.

    Raises
    ------
    DefinitionError
        If `by` is no attribute of 2 to 12 values.

    Notes
    -----
    Two passes over the touchpoints. Shares are tested by Fisher's exact test, other figures by
    Welch's; each standard error is widened by how much the figure moved between earlier periods;
    Holm's method over everything compared. Mix and behaviour by Kitagawa.
    """
    ground = ground_of(journeys, plan, asked, by, lapses, replies, frozenset(own))
    rows = [row for i in range(len(ground.measures)) if (row := compared(ground, i)) is not None]
    fair = [row for row in rows if row.lapse is None]
    volume = told_volume.of_volume(ground)
    counted = [volume] if volume is not None and volume.lapse is None else []
    mixes = [judge_mix(ground.came(one)) for one in ground.splits]
    adjusted = holm(
        [row.judged.p for row in fair] + [one.judged.p for one in counted] + [p for _, p in mixes]
    )
    ends = len(fair), len(fair) + len(counted)
    p_rows, p_volume, p_mixes = (
        adjusted[: ends[0]],
        adjusted[ends[0] : ends[1]],
        adjusted[ends[1] :],
    )
    real = [(row, p) for row, p in zip(fair, p_rows, strict=True) if p <= LEVEL and row.material]
    moved = [
        (one, tv, p)
        for one, (tv, _), p in zip(ground.splits, mixes, p_mixes, strict=True)
        if p <= LEVEL and tv >= LEAST_MIX
    ]
    made = [*_by_stage(ground, real), *told_volume.changes(ground, counted, p_volume)]
    made += told_mix.changes(ground, moved, _by_mix(ground, fair, real, len(adjusted)))
    made.sort(key=lambda one: (-one.touched * (1 - one.p), one.about))
    told = {(row.measure.kind, row.measure.stage, row.measure.code) for row, _ in real}
    return Comparison(
        journey=plan.journey,
        unit=ground.told.unit,
        before=asked.before.words,
        now=asked.now.words,
        grain=asked.grain,
        changes=tuple(made[:MOST]),
        further=tuple(made[MOST:]),
        set_aside=tuple(_set_aside(ground, rows, volume, len(adjusted))),
        seen=tuple(_seen(ground, fair, p_rows, told)),
        n_compared=len(adjusted),
        n_not_compared=len(rows) - len(fair),
        n_earlier=len(asked.spans.start_us) - 2,
        n_before=int(ground.found.came[-2, 0]),
        n_now=int(ground.found.came[-1, 0]),
        windows=tuple(
            (plan.stages[m.stage], m.within_us) for m in ground.measures if m.kind == "entered"
        ),
        leaving=tuple(
            (plan.stages[m.stage], m.within_us) for m in ground.measures if m.kind == "left"
        ),
        notes=(*_notes(ground), *_missing(rows), *notes),
        as_of=day(plan.as_of_us, journeys.zone),
    )


def _by_stage(ground: Ground, real: Sequence[tuple[Compared, float]]) -> list[Change]:
    """Make one change of all that moved in a stage together; moods and money stand apart."""
    staged = {row.measure.code: row.measure.stage for row, _ in real if row.measure.within_us}
    money = _one_payment(ground)
    groups: dict[tuple[str, int], list[tuple[Compared, float]]] = {}
    for row, p in real:
        groups.setdefault(_group(row, staged, money), []).append((row, p))
    made = []
    for some in groups.values():
        some.sort(key=lambda each: (_first(each[0]), -abs(each[0].touched), each[0].measure))
        lead, others = some[0], some[1:]
        made.append(_one(ground, lead, [row for row, _ in others]))
    return made


def _one_payment(ground: Ground) -> int:
    """Give the one touchpoint that carries money, so that paying is having it; -1 for several."""
    paying = {m.code for m in ground.measures if m.kind == "amount"}
    return paying.pop() if len(paying) == 1 else -1


def _group(row: Compared, staged: Mapping[int, int], money: int) -> tuple[str, int]:
    """Say with what a figure belongs together: its stage, unless it is of its own sort."""
    measure = row.measure
    if measure.kind == "reach" and measure.code == money and money not in staged:
        return "money", -1
    if measure.kind in ("paid", "amount"):
        return "money", -1
    if measure.kind == "reach":  # with what those who newly entered a stage do, where they do too
        stage = staged.get(measure.code)
        return ("reach", measure.code) if stage is None else ("", stage)
    return (measure.kind if measure.kind in ("mood", "nps") else ""), measure.stage


def _first(row: Compared) -> int:
    """Rank what leads where several figures of a stage moved: who goes on before what they do."""
    order = ("went on", "left", "took")
    kind = row.measure.kind
    return order.index(kind) if kind in order else len(order)


def _one(ground: Ground, lead: tuple[Compared, float], others: Sequence[Compared]) -> Change:
    row, p = lead
    i = ground.measures.index(row.measure)
    best = ground.moved or _best(ground, i)
    parts = None if best is None else ground.parts(i, best)
    also = tuple(each.title(ground.told) for each in others)
    where = mostly(ground, i, row.judged.difference)
    slower = row.judged.difference < 0 and any(
        each.measure.kind == "took" and each.judged.difference > 0 for each in others
    )
    made = change(ground, row, p, parts, best, also, where, _told_apart(ground, i))
    if row.measure.kind == "went on" and slower:
        made = replace(made, cause=f"They take longer, so some may only come later. {made.cause}")
    return made


def _told_apart(ground: Ground, i: int) -> tuple[str, ...]:
    """Name the splits by which the customers behind a figure are of more than one kind."""
    n = ground.found.sums[i, -2:, :, N].sum(axis=0)
    return tuple(one.name for one in ground.splits if int((n[one.cells] > 0).sum()) > 1)


def _best(ground: Ground, i: int) -> Split | None:
    """Give the split whose mix moves a figure most, either way, where the mix did change there."""
    best, most = None, 0.0
    for one in ground.splits:
        counts = ground.found.sums[i, :, one.cells, N]
        tv, p = judge_mix(counts)
        if p * len(ground.splits) >= MIXED or tv < LEAST_MIX:
            continue
        mix = abs(ground.parts(i, one).mix)
        if mix > most:
            best, most = one, mix
    return best


def _by_mix(
    ground: Ground, fair: Sequence[Compared], real: Sequence[tuple[Compared, float]], n: int
) -> list[Compared]:
    """List figures that differ as they stand, and not at the same mix."""
    told = [row.measure for row, _ in real]
    found = [
        row
        for row in fair
        if ground.moved is not None and row.measure not in told and row.crude.p * n <= LEVEL
    ]
    return sorted(found, key=lambda row: (_first(row), row.crude.p, row.measure))


def _set_aside(
    ground: Ground, rows: Sequence[Compared], volume: told_volume.Volume | None, n: int
) -> list[SetAside]:
    """List what would have been reported, had the data been taken as they stand."""
    found: list[SetAside] = []
    for row in sorted(rows, key=lambda row: (_first(row), row.crude.p, row.measure)):
        if row.lapse is not None and row.crude.p * n <= LEVEL and row.material:
            found.append(SetAside(row.title(ground.told), row.lapse.sort, row.lapse.words))
    return [*told_volume.set_aside(ground, volume), *found]


def _seen(
    ground: Ground,
    fair: Sequence[Compared],
    p: Sequence[float],
    told: Collection[tuple[str, int, int]],
) -> list[Seen]:
    made = []
    for row, each in sorted(zip(fair, p, strict=True), key=lambda x: (x[1], x[0].measure)):
        key = row.measure.kind, row.measure.stage, row.measure.code
        why = "" if key in told else "too small to matter" if each <= LEVEL else "chance"
        made.append(Seen(row.title(ground.told), each, each <= LEVEL, why))
    return made


def _missing(rows: Sequence[Compared]) -> list[str]:
    """Say what kept figures from being compared, and how many."""
    why = Counter(row.lapse.words for row in rows if row.lapse is not None)
    return [f"{count(n, 'figure')} not compared: {words}." for words, n in sorted(why.items())]


def _notes(ground: Ground) -> list[str]:
    made = []
    asked = ground.asked
    if asked.cut:
        made.append(f"{asked.now.words} is not over: it counts up to the last day on record.")
    if len(asked.spans.start_us) == 2:
        made.append(
            f"No complete {asked.grain} before {asked.before.words} is on record: what is usual is"
            " not known, and only chance is ruled out."
        )
    judged = {m.stage for m in ground.measures if m.kind == "entered"}
    early = [s for k, s in enumerate(ground.told.plan.stages) if k not in judged]
    if early:
        made.append(
            f"Not compared: {', '.join(early)}. Fewer than {FEWEST} {ground.told.unit} entered it"
            f" in {asked.now.words}, or too lately."
        )
    return made
