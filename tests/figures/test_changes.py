"""The panel of changes: numbered, with size and certainty, whatever the names."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from tests.figures.edges import EVIL, LONG
from trod.figures import figure_csv, figure_json, figure_svg
from trod.figures.changes import changes_figure
from trod.insights.changes.change import Change, Comparison, Part, SetAside
from trod.insights.journey_map import Count, Fact


def change(name: str = "Onboard", **others: object) -> Change:
    made = Change(
        kind="went on", stage=name, touchpoint="", title=f"Fewer go on from {name}: 79.2% to 75.3%",
        statement=f"Of 5,861 who entered {name}, fewer went on.",
        facts=(Fact("now", "75.3%", Count(4413, "all")),),
        size="about 226 fewer customers went on than at the earlier rate", told="behaviour",
        split="size", parts=(Part(0.001, -0.01, 0.01), Part(-0.04, -0.06, -0.02)),
        split_words="Of −3.9 points, −4.0 points is that like customers acted otherwise.",
        cause="Look at the help docs.", also=(),
        certainty="Very likely real: 1 in 5,000 by chance", p=0.0002, difference=-0.039,
        low=-0.06, high=-0.02, unit="share", before=0.792, now=0.753, n_before=5717, n_now=5861,
        touched=226.0, tone="worse", population=Count(5861, "all"),
    )  # fmt: skip
    return replace(made, **others)  # type: ignore[arg-type]


def comparison(*changes: Change, aside: tuple[SetAside, ...] = ()) -> Comparison:
    return Comparison(
        journey="Trial", unit="customers", before="September 2026", now="October 2026",
        grain="month", changes=changes, further=(), set_aside=aside, seen=(), n_compared=143,
        n_not_compared=0, n_earlier=6, n_before=5717, n_now=5861, windows=(("Onboard", 10),),
        notes=(), as_of="2026-10-31",
    )  # fmt: skip


CASES = {
    "none": comparison(),
    "one": comparison(change()),
    "three": comparison(
        change(),
        change("Activate", tone="better"),
        change("Renew", tone="", population=Count(9, "")),
        aside=(SetAside("Fewer have Visit", "gap", "9 days of web were not recorded"),),
    ),
    "evil": comparison(*(change(name) for name in EVIL[:3])),
    "long": comparison(*(change(name * 4) for name in LONG[:3])),
}


def words(found: Comparison) -> list[str]:
    svg = ElementTree.fromstring(figure_svg(changes_figure(found)))
    return [text.strip() for text in svg.itertext() if text.strip()]


@pytest.mark.parametrize("case", CASES)
def test_X10_every_comparison_has_a_sound_panel(case: str) -> None:
    found = CASES[case]
    said = words(found)
    assert said[0]
    assert not {"nan", "None"} & set(said)
    assert [n for n in ("1", "2", "3") if n in said] == ["1", "2", "3"][: len(found.changes)]
    assert bool(changes_figure(found).empty) == (not found.changes)
    assert figure_json(changes_figure(found)) == figure_json(changes_figure(found))


def test_X10_pins_are_clay_for_worse_pine_for_better_and_ink_where_nobody_can_say() -> None:
    svg = figure_svg(changes_figure(CASES["three"]))
    assert [svg.count(f'class="{c}"') for c in ("ivd clay", "ivd pine", "crd")] == [1, 1, 1]
    assert any("Set aside" in text for text in words(CASES["three"]))


def test_X10_rows_do_not_overlap_and_records_hold_the_parts() -> None:
    figure = changes_figure(CASES["three"])
    assert figure.high >= 3 * 70
    header, first, *_ = figure_csv(figure).splitlines()
    assert "behaviour" in header.split(",")
    assert "-0.04" in first
