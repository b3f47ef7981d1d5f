"""Comparisons of a workspace: the sample company, and data that have not arrived."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.company import Known
from tests.insights.months import DAY, MONTH_DAYS, SPEC, START, Said, journeys
from trod.errors import DefinitionError
from trod.insights.answers import ask
from trod.insights.claims import Claim, verify
from trod.workspace import Workspace
from trod.workspace.acting.compared import compared, findings
from trod.workspace.acting.covered import findings as coverage_gaps

YML = """\
sources:
- {name: app, files: app.parquet, customer: customer, time: time, touchpoint: touchpoint}
- {name: desk, files: desk.parquet, customer: customer, time: time, touchpoint: touchpoint}
events: {zone: UTC}
journeys:
- name: trial
  left_after: 20d
  stages:
  - {name: Look, enter_on: visit}
  - {name: Try, enter_on: sign up}
  - {name: Pay, enter_on: buy}
  - {name: Stay, enter_on: renew}
"""
SPANS = [
    f"{first}..{last}"
    for first, last in (("2025-04-23", "2025-05-20"), ("2025-05-21", "2025-06-17"))
]


def written(folder: Path, *, desk_until: int | None) -> Workspace:
    """Write six months in which nothing changes; the desk's file ends on a day, if one is named."""
    made = journeys(1, last=Said(), after_days=0)
    rows: dict[str, dict[str, list[object]]] = {
        name: {"customer": [], "touchpoint": [], "time": []} for name in ("app", "desk")
    }
    for batch in made:
        who = batch.customer.to_pylist()
        for c, name in enumerate(who):
            for i in range(int(batch.offsets[c]), int(batch.offsets[c + 1])):
                touchpoint = made.vocabulary.touchpoints[batch.code[i]]
                source = "desk" if touchpoint == "support ticket" else "app"
                time = int(batch.time_us[i])
                if source == "desk" and desk_until is not None and time >= desk_until * DAY:
                    continue
                for key, value in (("customer", name), ("touchpoint", touchpoint), ("time", time)):
                    rows[source][key].append(value)
    for source, columns in rows.items():
        table = pa.table({**columns, "time": pa.array(columns["time"], pa.timestamp("us", "UTC"))})
        pq.write_table(table, folder / f"{source}.parquet")
    (folder / "trod.yml").write_text(YML)
    workspace = Workspace.open(folder)
    workspace.ingest()
    return workspace


def test_X10_rows_that_have_not_arrived_are_no_change(tmp_path: Path) -> None:
    end = START + MONTH_DAYS * 6
    workspace = written(tmp_path, desk_until=end - 26)
    found = compared(workspace, SPANS)
    assert found.changes == ()
    assert found.set_aside
    assert {each.sort for each in found.set_aside} == {"late"}
    assert all("desk" in each.why and "has not arrived" in each.why for each in found.set_aside)
    assert SPEC.name == found.journey


def test_X10_on_the_sample_company_the_planted_release_is_the_one_change(tallyfern: Known) -> None:
    found = compared(tallyfern.workspace, ["2025-06", "2025-07"])
    (one,) = (*found.changes, *found.further)
    assert (one.stage, one.touchpoint, one.told) == ("Onboard", "connection_error", "behaviour")
    assert one.tone == "worse"
    assert one.p < 0.001
    assert any("calls for help" in each for each in one.also)
    spec = tallyfern.workspace.project.journeys[0]
    checks = tuple((f.behind.key, f.behind.n) for f in one.facts if f.behind is not None)
    assert len(checks) == 4
    verify(Claim((), one.facts, checks), ask(tallyfern.workspace.journeys("account"), spec))


def test_X10_on_the_sample_company_a_hole_in_web_tracking_is_set_aside(tallyfern: Known) -> None:
    found = compared(tallyfern.workspace, ["2025-02", "2025-03"])
    assert found.changes == ()
    assert {each.sort for each in found.set_aside} == {"gap"}
    assert any("web were not recorded" in each.why for each in found.set_aside)


@pytest.mark.slow
def test_X10_over_the_whole_story_only_what_was_planted_is_told(tallyfern: Known) -> None:
    months = [f"2025-{m:02d}" for m in range(1, 13)] + [f"2026-{m:02d}" for m in range(1, 7)]
    told = {
        now: [one.touchpoint for one in compared(tallyfern.workspace, [before, now]).changes]
        for before, now in pairwise(months)
    }
    assert told["2025-07"] == ["connection_error"]
    # Plays that were tried: the offer by its name, since `play_assigned` ended within its days.
    assert told["2025-10"] == ["Call offer"]
    assert told["2025-12"] == ["play_assigned"]
    others = [now for now, some in told.items() if some and now not in PLANTED]
    assert others in ([], ["2025-05"])  # who left was written to, and so fell silent later


PLANTED = ("2025-07", "2025-10", "2025-12")


def test_X10_findings_are_changes_and_coverage_gaps(tallyfern: Known) -> None:
    gaps = coverage_gaps(tallyfern.workspace, None, None)
    found = (*findings(tallyfern.workspace, None, None), *gaps)
    assert {one.kind for one in found} <= {"change", "coverage gap"}
    assert gaps[0].stage == "Onboard"
    assert len(gaps) == 3
    assert len({one.id for one in found}) == len(found)


def test_X10_an_attribute_nobody_has_is_named_with_the_nearest(tallyfern: Known) -> None:
    with pytest.raises(DefinitionError, match="did you mean 'Size'"):
        compared(tallyfern.workspace, ["2025-06", "2025-07"], by="Sise")
