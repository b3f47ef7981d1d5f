"""Hypotheses of a workspace: read from a file, tested on the record, kept with their history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trod.errors import DefinitionError

if TYPE_CHECKING:
    from trod.insights.hypotheses.judged import Judged
    from trod.insights.hypotheses.kept import Kept
    from trod.insights.hypotheses.spec import HypothesisSpec, TestSpec
    from trod.workspace.acting.about import About
    from trod.workspace.folder import Workspace


def read(file: Path) -> tuple[HypothesisSpec, ...]:
    """Read a file of hypotheses.

    Raises
    ------
    DefinitionError
        With every problem in it, each starting ``file:line: key``.
    """
    from trod.insights.hypotheses.spec import HypothesesSpec
    from trod.project.document import read as read_yaml
    from trod.project.problems import checked

    if not file.is_file():
        raise DefinitionError(
            [f"{file}: no such file. `trod hypotheses --help` shows what it holds."]
        )
    document, broken = read_yaml(file)
    spec, wrong = (None, [broken] if broken else [])
    if document is not None:
        spec, wrong = checked(document, HypothesesSpec, ())
    if spec is None:
        raise DefinitionError(
            f"{file.name}:{p.line}: {'.'.join(map(str, p.place))}{': ' if p.place else ''}{p.text}"
            for p in sorted((p for p in wrong if p), key=lambda p: p.line)
        )
    return spec.hypotheses


def tested(workspace: Workspace, file: Path, *, who: str, now_us: int) -> tuple[Kept, ...]:
    """Test every hypothesis of a file on the data as they are, keep the verdicts, and give them.

    Raises
    ------
    DefinitionError
        If the file is wrong, or a hypothesis names a stage, touchpoint, metric or key that is not
        known; then nothing is kept.
    """
    from trod.insights.hypotheses.kept import everything, keep
    from trod.insights.wording import day
    from trod.workspace.acting.about import about

    specs = read(file)
    grounds: dict[str | None, About] = {}
    made: list[Judged] = []
    wrong: list[str] = []
    for i, spec in enumerate(specs):
        try:
            if spec.journey not in grounds:
                grounds[spec.journey] = about(workspace, spec.journey, None)
            made.append(judged(workspace, grounds[spec.journey], spec.test))
        except DefinitionError as problem:
            wrong += [f"{file.name}: hypotheses.{i}.test: {each}" for each in problem.problems]
    if wrong:
        raise DefinitionError(wrong)
    with workspace.state() as state, state.write() as con:
        ids = []
        for spec, found in zip(specs, made, strict=True):
            on = grounds[spec.journey]
            as_of = day(on.plan.as_of_us, on.journeys.zone)
            named = {"journey": on.spec.name, "unit": on.unit, "as_of": as_of}
            ids.append(keep(con, spec, found, **named, who=who, now_us=now_us))
        return tuple(each for each in everything(con) if each.id in ids)


def kept(workspace: Workspace) -> tuple[Kept, ...]:
    """Give all hypotheses with the verdicts of their last test."""
    from trod.insights.hypotheses.kept import everything

    with workspace.state() as state, state.read() as con:
        return everything(con)


def judged(workspace: Workspace, on: About, test: TestSpec) -> Judged:
    """Put one hypothesis to the record.

    Raises
    ------
    DefinitionError
        If its test names a stage, touchpoint, metric or key that is not known.
    """
    from trod.insights.hypotheses.asked import of_shares, of_sign, of_stage

    if test.form == "metric":
        return _by_metric(workspace, test)
    ask = {"sign": of_sign, "shares": of_shares, "stage": of_stage}[test.form]
    return ask(on.journeys, on.plan, test)


def _by_metric(workspace: Workspace, test: TestSpec) -> Judged:
    """Ask whether a metric over the whole record lies above or below a value."""
    from trod.analyses.spec import target_micros
    from trod.insights.hypotheses.judged import Judged, no_number, of_value
    from trod.workspace.measured import chosen, measured

    assert test.metric is not None
    (spec,) = chosen(workspace, [test.metric])
    wanted = test.above if test.above is not None else test.below
    try:
        limit = target_micros(spec.kind, wanted)
    except ValueError as why:
        raise DefinitionError([str(why).replace("target ", "", 1)]) from None
    figure = measured(workspace, [spec]).data.metrics[0].figure
    if figure.value is None:
        return no_number(f"{spec.name} cannot be measured: nobody is asked about", figure.n)
    if figure.low is None or figure.high is None or limit is None:
        return no_number(f"{spec.name} has no interval", figure.n)
    over = test.above is not None
    verdict, needed = of_value(
        figure.value,
        figure.low,
        figure.high,
        figure.n,
        above=limit if over else None,
        below=None if over else limit,
    )
    said = _told_metric(spec.kind, figure.value, figure.low, figure.high)
    return Judged(
        verdict,
        figure.n,
        f"{spec.name}: {said}, n {figure.n:,}",
        figure.value / 1e6,
        figure.low / 1e6,
        figure.high / 1e6,
        spec.kind,
        needed,
    )


def _told_metric(kind: str, *values: int) -> str:
    """Say a metric with its interval, in the unit of its kind."""
    from trod.analyses.spec import SHARES
    from trod.insights.wording import duration

    if kind in SHARES:
        value, low, high = (f"{x / 10_000:.1f}%" for x in values)
    elif kind == "time_to_value":
        value, low, high = (duration(x) for x in values)
    else:
        value, low, high = (f"{x / 1_000_000:,.1f}" for x in values)
    return f"{value}, 95% {low} to {high}"
