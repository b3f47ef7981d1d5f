"""The scoreboard of plays as a picture, and what its words may say."""

import re
from xml.etree import ElementTree

import pytest

from tests.figures.edges import EVIL, LONG
from tests.outcomes.test_pooling_and_groups import effect
from trod.figures import figure_csv, figure_svg
from trod.figures.scoreboard import scoreboard_figure
from trod.figures.tokens import THEMES
from trod.outcomes.board import board
from trod.outcomes.judged import TooFew

FEW = TooFew("Review", "Left within 60 days", 3, 2, 40, "20 on each side are needed")
PLAYS = (
    effect("Dashboard prompt", -0.06, 0.01, verdict="works", needed=None),
    effect("Set-up call", -0.12, 0.03, verdict="works", needed=None),
    effect("Win-back mail", 0.0, 0.005, verdict="no effect found", needed=None),
    effect("Reminder", 0.08, 0.02, verdict="harms", needed=None),
    effect("Quarterly review", -0.05, 0.06),
    effect("Talk", -0.2, 0.03, verdict="works", design="observed"),
    effect("Upsell", 20.0, 4.0, unit="EUR", better="up", verdict="works"),
)
CASES = {
    "none": (),
    "one": PLAYS[:1],
    "all": PLAYS,
    "many": tuple(effect(f"Play {i}", -0.01 * i, 0.02) for i in range(30)),
    "evil": (effect(EVIL[1], -0.9, 0.3, low=-1.0, high=1.0), effect(LONG[0], 0.0, 0.0)),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("theme", THEMES)
def test_X7_the_scoreboard_is_a_sound_picture_inside_its_frame(case, theme):
    figure = scoreboard_figure(board(CASES[case], [], "customers"))
    root = ElementTree.fromstring(figure_svg(figure, theme))
    assert not {"nan", "None"} & set(re.findall(r"[A-Za-z]+", "".join(root.itertext())))
    for line in root.iter("{http://www.w3.org/2000/svg}line"):
        assert 0 <= float(line.get("x1")) <= float(line.get("x2")) <= figure.wide
    assert len(figure.tables[0].rows if figure.tables else ()) == len(
        [e for e in CASES[case] if e.unit == "share"]
    )


def test_X7_the_title_counts_verdicts_and_an_estimate_is_none():
    made = board(PLAYS, [FEW], "accounts")
    assert made.title == (
        "Three plays work, one harms, one shows no effect, two need more time, one is estimated "
        "only"
    )
    assert "not drawn: Upsell" in made.note
    assert "Too few to say anything: Review" in made.note
    assert board(PLAYS[:1], [], "customers").title == "One play works"
    estimated = next(row for row in made.rows if row.play == "Talk")
    assert estimated.verdict == "Seems to work"
    assert estimated.evidence == "Estimated"


def test_X7_right_is_better_and_colour_is_for_what_is_sure():
    figure = scoreboard_figure(board(PLAYS, [], "customers"))
    svg = figure_svg(figure)
    tones = re.findall(r'class="iv (\w+)"', svg)
    assert tones == ["even", "pine", "pine", "even", "even", "clay"]
    rows = {line.split(",")[0]: line.split(",") for line in figure_csv(figure).splitlines()[1:]}
    assert float(rows["Set-up call"][4]) == pytest.approx(12.0)
    assert float(rows["Reminder"][4]) == pytest.approx(-8.0)
    assert "2 plays in the table only" not in figure.note
    many = scoreboard_figure(board(CASES["many"], [], "customers"))
    assert "18 plays in the table only" in many.note
