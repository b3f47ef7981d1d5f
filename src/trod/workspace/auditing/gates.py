"""The bars of trod.yml held against an audit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from trod.events.counted import count
from trod.events.gates import GateSpec
from trod.insights.audit import Audit, Failure, Remark, SourceAudit
from trod.insights.wording import duration
from trod.project import Project


def failures(
    project: Project, made: Audit, at_us: int, last_us: Mapping[str, int]
) -> tuple[Failure, ...]:
    """List every gate that did not hold, by source, in the order of the gates."""
    found: list[Failure] = []
    own = {spec.name: spec.gates for spec in project.sources}
    for source in made.sources:
        gates = project.events.gates.over(own.get(source.source))
        mine = [remark for remark in made.remarks if remark.source == source.source]
        age_us = at_us - last_us.get(source.source, at_us)
        found += [*_shares(gates, source, mine), *_times(gates, source, mine, age_us)]
    bar = project.events.gates.grade
    found += [
        Failure("grade", one.stage, one.grade, f"{bar} or better")
        for one in made.grades
        if bar is not None and one.grade > bar
    ]
    return tuple(found)


def _shares(gates: GateSpec, source: SourceAudit, mine: list[Remark]) -> Iterator[Failure]:
    skewed = sum(remark.rows for remark in mine if remark.what == "skew")
    for name, bar, part, whole in (
        ("quarantined", gates.quarantined, source.held, source.touchpoints + source.held),
        ("duplicates", gates.duplicates, source.doubled, source.first_read),
        ("nobody", gates.nobody, source.nobodys, source.touchpoints),
        ("skewed", gates.skewed, skewed, source.looked),
    ):
        if bar is not None and part * 1_000_000 > bar * whole:
            share = 100 * part / max(whole, 1)
            yield Failure(name, source.source, f"{share:.2g}%", f"at most {bar / 10_000:g}%")


def _times(
    gates: GateSpec, source: SourceAudit, mine: list[Remark], age_us: int
) -> Iterator[Failure]:
    name = source.source
    fresh, gap = gates.fresh_within, gates.longest_gap
    if fresh is not None and age_us > fresh // timedelta(microseconds=1):
        wanted = f"at most {duration(fresh // timedelta(microseconds=1))}"
        yield Failure("fresh_within", name, f"the last row is {duration(age_us)} old", wanted)
    if gap is not None:
        for remark in mine:
            if remark.what == "gap" and timedelta(remark.days) > gap:
                wanted = f"at most {duration(gap // timedelta(microseconds=1))}"
                span = f"{count(remark.days, 'day')} ({remark.first_day} to {remark.last_day})"
                yield Failure("longest_gap", name, span, wanted)
    for key, wanted in (("drift", gates.drift), ("personal", gates.personal)):
        n = sum(remark.what == key for remark in mine)
        if wanted == "fail" and n:
            yield Failure(key, name, count(n, "finding"), "none")
