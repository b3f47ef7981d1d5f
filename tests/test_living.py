"""The living map: as it stood on a day, and what changed since one."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

from tests.app.terminal import told, trod
from tests.company import Known
from tests.insights.months import DAY, MONTH_DAYS, SPEC, START, USUAL, Said, journeys, plan_of
from trod.analyses.periods import midnight_us
from trod.errors import DefinitionError
from trod.insights.changes.chosen import around
from trod.insights.compose import journey_map, to_json
from trod.insights.journey_map import JourneyMap, Since
from trod.insights.lately import since
from trod.journeys.batch import Journeys
from trod.journeys.build import from_arrow
from trod.journeys.passage import NEVER, passages
from trod.journeys.until import only_known, until
from trod.workspace import Map, Workspace
from trod.workspace.quick import map_files

NAMES = ("visit", "sign up", "support ticket", "buy", "renew", "page")
LAST = date(1970, 1, 1) + timedelta(days=START + MONTH_DAYS * 5)


def rows_of(made: Journeys) -> pa.Table:
    """Give all rows of journeys."""
    parts = [
        pa.table(
            {
                "customer": batch.customer.take(
                    np.repeat(np.arange(batch.n_customers), np.diff(batch.offsets))
                ),
                "touchpoint": [made.vocabulary.touchpoints[code] for code in batch.code],
                "time": batch.time_us,
            }
        )
        for batch in made
        if batch.n_events
    ]
    return pa.concat_tables(parts)


@pytest.mark.parametrize("day", [35, 36, 70, 111, 168])
def test_G1_journeys_until_a_day_are_those_of_rows_until_then(day: int) -> None:
    made = journeys(3, each=40)
    moment = (START + day) * DAY - 1
    rows = rows_of(made)
    early = from_arrow(rows.filter(pa.array(rows["time"].to_numpy() <= moment)))
    then = only_known(made, until(made, moment))
    assert then.vocabulary == early.vocabulary
    one, other = journey_map(then, SPEC), journey_map(early, SPEC)
    assert to_json(one) == to_json(other)
    assert then.span_us() == early.span_us()


YML = """\
events: {zone: Europe/Amsterdam}
sources:
- {name: app, files: app.csv, customer: who, time: at, touchpoint: what, channel: by}
- name: survey
  files: survey.csv
  customer: who
  time: at
  touchpoint: {constant: survey}
  score: {column: stars, low: 1, high: 5}
journeys:
- name: trial
  stages:
  - {name: Look, enter_on: visit}
  - {name: Try, enter_on: sign up}
  - {name: Pay, enter_on: buy}
"""


def written(folder: Path, *, until: str = "9999") -> Workspace:
    """Write a shop with a survey, rows of nobody and a silence of a source; up to a moment."""
    rng = np.random.default_rng(5)
    app, survey = ["who,at,what,by"], ["who,at,stars"]
    for c in range(160):
        begin = START + 100 * rng.random()
        for i, name in enumerate(NAMES[: int(rng.integers(1, 6))]):
            days = begin + i * 3 * rng.random()
            at = str(np.datetime64(int(days * DAY), "us").astype("datetime64[s]")) + "Z"
            who = "guest" if rng.random() < 0.03 else f"c{c}"
            by = "web" if i < 3 else "late"
            silent = START + 40 < days < START + 52
            if at <= until and not silent:
                app.append(f"{who},{at},{name},{by}")
            said, stars = rng.random() < 0.5, rng.integers(1, 6)
            if said and at <= until:
                survey.append(f"c{c},{at},{stars}")
    folder.mkdir()
    (folder / "app.csv").write_text("\n".join(app))
    (folder / "survey.csv").write_text("\n".join(survey))
    (folder / "trod.yml").write_text(YML)
    workspace = Workspace.open(folder)
    workspace.ingest()
    return workspace


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return written(tmp_path_factory.mktemp("living") / "shop")


def plain(made: Map) -> dict[str, Any]:
    """Give a map without what it says of its store."""
    data = json.loads(made.to_json())
    data.pop("until", None)
    data["notes"] = [
        note
        for note in data["notes"]
        if not note.startswith("As it stood") and "name nobody" not in note
    ]
    return data


@pytest.mark.parametrize("day", ["2025-02-04", "2025-03-08", "2025-04-11"])
def test_G1_a_map_as_of_a_day_is_that_of_a_workspace_that_got_nothing_later(
    shop: Workspace, tmp_path: Path, day: str
) -> None:
    place = ZoneInfo("Europe/Amsterdam")
    end_us = midnight_us(date.fromisoformat(day) + timedelta(1), place) - 1_000_000
    early = written(tmp_path / "early", until=f"{np.datetime64(end_us // 1_000_000, 's')}Z")
    assert plain(shop.map(as_of=day)) == plain(early.map())


def test_G1_bare_files_have_a_past_too(shop: Workspace) -> None:
    file = shop.project.root / "app.csv"
    whole, then = map_files(file, zone="UTC"), map_files(file, zone="UTC", as_of="2025-02-04")
    assert then.data.until == "2025-02-04"
    assert then.data.last_day <= "2025-02-04" < whole.data.last_day
    assert then.data.n_touchpoints < whole.data.n_touchpoints
    assert then.warnings[0].startswith("As it stood at the end of 2025-02-04. The record goes to")


def test_G1_a_stage_that_nobody_had_reached_yet_is_on_the_map(shop: Workspace) -> None:
    first = shop.map().data.first_day
    reached = [stage.reached.n for stage in shop.map(as_of=first).data.stages]
    assert reached[0] > 0
    assert reached[-1] == 0


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"as_of": "2024-12-31"}, "2024-12-31 is before the first touchpoint: the record goes"),
        ({"as_of": "2031-01-01"}, "2031-01-01 is after the last touchpoint: the record goes"),
        ({"as_of": "soon"}, "'soon' is not a day"),
        ({"since": "2031-01-01"}, "no touchpoint since 2031-01-01: the record goes"),
        ({"since": "2025-01-01"}, "no touchpoint before 2025-01-01: the record goes"),
        ({"since": "2025-03-02", "as_of": "2025-03-01"}, "the record goes from 2025-01-01 to 2025"),
    ],
)
def test_G1_a_day_outside_of_the_record_is_refused_with_the_record(
    shop: Workspace, asked: dict[str, str], why: str
) -> None:
    with pytest.raises(DefinitionError, match=re.escape(why)):
        shop.map(**asked)  # type: ignore[arg-type]


def test_G1_the_list_behind_a_number_of_then_is_of_then(shop: Workspace) -> None:
    there = shop.project.root
    asked = ("--as-of", "2025-03-08")
    n = told("-C", there, "map", *asked)["stages"][0]["left"]["n"]
    listed = trod("-C", there, "export", "customers", "--where", "left:Look", *asked)
    assert len(listed.stdout.splitlines()) == n + 1
    page = shop.map(as_of="2025-03-08").to_html()
    assert "--as-of 2025-03-08" in page
    assert "as it stood on 8 Mar 2025" in page


# What changed since a day


def marked(made: Journeys, day: date = LAST) -> tuple[JourneyMap, Since]:
    shown = journey_map(made, SPEC)
    return shown, since(shown, made, plan_of(made), around(day, *made.span_us(), made.zone))


def test_G1_a_drop_is_marked_with_what_it_was_and_nothing_else_is() -> None:
    worse = Said(on=(0.6, 0.3, 0.7), large_on=(0.8, 0.5, 0.85))
    _, found = marked(journeys(1, last=worse, after_days=0))
    (one,) = found.changed
    assert (one.figure, one.stage, one.tone, one.up) == ("went on", 1, "worse", False)
    assert one.before.value > one.now.value + 0.1
    assert one.p < 0.05
    assert found.sentence.endswith("3 figures could not be judged: for want of time.")


def test_G1_everyone_is_given_the_same_time_and_nobody_is_in_both() -> None:
    made = journeys(1, after_days=0)
    shown, found = marked(made)
    plan = plan_of(made)
    start = (START + MONTH_DAYS * 5) * DAY
    for one in found.figures:
        if one.figure != "went on":
            continue
        entered = [
            (int(moments[one.stage]), int(moments[one.stage + 1]))
            for batch in made
            for moments in passages(batch, plan).entered_us
            if moments[one.stage] != NEVER
        ]
        length = 29 * DAY
        for seen, first, last in ((one.before, start - length, start), (one.now, start, NEVER)):
            # Who entered too lately to have had the time counts in neither.
            in_time = min(last if last != NEVER else plan.as_of_us + 1, plan.as_of_us + 1)
            mine = [
                (a, b)
                for a, b in entered
                if first <= a < in_time and a <= plan.as_of_us - one.within_us
            ]
            soon = [b for a, b in mine if b != NEVER and b - a <= one.within_us]
            assert (seen.n.n, seen.part.n if seen.part else -1) == (len(mine), len(soon))
    assert shown.stages[0].conversion.whole > found.figures[0].now.n.n + found.figures[0].before.n.n


def test_G1_where_nothing_changed_nothing_is_marked() -> None:
    assert [marked(journeys(seed, after_days=0))[1].changed for seed in range(3)] == [()] * 3


@pytest.mark.slow
def test_G1_over_hundreds_of_seeds_few_maps_are_marked_by_chance() -> None:
    n = [bool(marked(journeys(seed, after_days=0))[1].changed) for seed in range(400)]
    assert sum(n) <= 0.05 * len(n)


def test_G1_too_few_customers_give_no_mark_and_are_counted() -> None:
    worse = USUAL._replace(on=(0.6, 0.0, 0.7), large_on=(0.8, 0.0, 0.85))
    _, found = marked(journeys(1, last=worse, each=30, after_days=0))
    assert not [one for one in found.changed if one.stage == 2]
    few = [one for one in found.not_judged if one.why == "fewer than 30 customers"]
    assert few
    assert "for want of customers" in found.sentence


@pytest.fixture(scope="module")
def summer(tallyfern: Known) -> Map:
    return tallyfern.workspace.map(since="2025-07-01", as_of="2025-09-30")


def test_G1_on_the_sample_company_the_planted_release_is_marked(summer: Map) -> None:
    assert summer.data.since is not None
    found = summer.data.since.changed
    told_of = {(summer.data.stages[one.stage].name, one.touchpoint) for one in found}
    assert ("Onboard", "connection_error") in told_of
    assert ("Onboard", None) in told_of
    assert {stage for stage, _ in told_of} == {"Onboard"}
    assert {one.tone for one in found} == {"worse"}
    assert summer.data.since.not_judged


def test_G1_every_form_of_the_map_shows_what_changed(summer: Map) -> None:
    data = json.loads(summer.to_json())
    assert data["until"] == "2025-09-30"
    assert any(one["changed"] for one in data["since"]["figures"])
    went = next(one for one in summer.data.since.changed if one.figure == "went on")  # type: ignore[union-attr]
    words = f"↓ {went.now.text}, was {went.before.text}"
    page = summer.to_html()  # holds every list to its number
    for form in (summer.to_svg(), page, summer.to_mermaid("flowchart")):
        assert words in form
    assert 'stroke-dasharray="4 4"' in summer.to_svg()
    assert "how they feel; dashed" in page.replace("<br>", " ")
    assert "could not be judged" in page
    assert "Show the changes as a table" in page


def test_G1_slides_say_what_changed(summer: Map) -> None:
    from io import BytesIO

    from pptx import Presentation

    deck = Presentation(BytesIO(summer.to_pptx()))
    last = deck.slides[len(deck.slides) - 1]
    assert re.search(r"^\d of \d+ figures changed since 1 Jul 2025", last.shapes.title.text)
    cells = [cell.text for row in next(s.table for s in last.shapes if s.has_table).rows
             for cell in row.cells]  # fmt: skip
    assert "have Connection error" in cells
    assert summer.data.since is not None
    assert summer.data.since.sentence in last.notes_slide.notes_text_frame.text


def test_G1_a_map_without_a_comparison_says_nothing_of_one(shop: Workspace) -> None:
    made = shop.map()
    assert not {"since", "until"} & json.loads(made.to_json()).keys()
    assert "changes marked since" not in made.to_html()


def test_G1_a_terminal_is_told_what_changed(shop: Workspace) -> None:
    there = shop.project.root
    done = trod("-C", there, "map", "--since", "2025-03-01", "--out", there / "since.svg")
    assert done.exit_code == 0, done.stderr
    assert "No figure could be judged since 1 Mar 2025. Compared are" in " ".join(
        done.stdout.split()
    )
