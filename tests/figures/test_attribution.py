"""Credit as a picture: a dot a method, nothing invented."""

from xml.etree import ElementTree

import pytest

from tests.figures.edges import EVIL, LONG
from trod.analyses.answer import Answer
from trod.analyses.attribution.credit import credited
from trod.analyses.attribution.table import path_table
from trod.figures import figure_csv, figure_svg
from trod.figures.attribution import attribution_figure
from trod.insights.credit import credit_view

FEW = (["mail", "shop"], ["mail"], ["shop", "web"])


def asked(paths, **more):
    table = path_table(paths, [5, 3, 2], [9, 8, 20], [50_000_000, 30_000_000, 20_000_000])
    result = credited(table, resamples=20, **more)
    return Answer("attribution", result, "person", 47, "All customers", None, 0, "UTC", "How.")


@pytest.mark.parametrize("of_money", [False, True])
@pytest.mark.parametrize("name", ["mail", *EVIL, *LONG])
def test_A1_credit_is_drawn_soundly_whatever_the_names(name, of_money):
    paths = [[name if step == "mail" else step for step in path] for path in FEW]
    figure = attribution_figure(credit_view(asked(paths), "channel", of_money=of_money))
    svg = figure_svg(figure)
    said = [text.strip() for text in ElementTree.fromstring(svg).itertext() if text.strip()]
    assert not {"nan", "None"} & set(said)
    assert svg.count('class="crd"') == 3 + 1  # a full dot a row, and one in the key
    assert "Observed (association)" in figure.subtitle
    assert len(figure_csv(figure).splitlines()) == 4


def test_A1_the_title_names_what_methods_disagree_about():
    view = credit_view(asked(FEW), "channel", of_money=False)
    assert view.title.startswith("Methods disagree most on")
    assert [row.name for row in view.rows] == sorted(
        ["mail", "shop", "web"], key=lambda n: -next(r.main for r in view.rows if r.name == n)
    )
    same = credit_view(asked([["a"], ["a"], ["a"]]), "channel", of_money=False)
    assert same.title == "A has the most credit by every method"


def test_A1_methods_that_were_not_asked_are_not_drawn():
    figure = attribution_figure(
        credit_view(asked(FEW, models=["linear"]), "channel", of_money=False)
    )
    rows = [each.by_method for each in credit_view(asked(FEW), "channel", of_money=False).rows]
    assert len(rows[0]) == 7
    assert figure_svg(figure).count("<circle") == 3 + 2
