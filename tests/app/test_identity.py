"""The commands of `trod identity`: what they say, and that what was announced is what happens."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tests.app import terminal
from trod.workspace import Workspace
from trod.workspace.blast_radius import blast_radius
from trod.workspace.identities import merging

YML = """\
sources:
- name: shop
  files: events.csv
  customer: user
  ids: {device: device}
  account: firm
  time: at
  touchpoint: event
journeys:
- name: Sale
  unit: person
  stages:
  - {name: Look, enter_on: visit}
  - {name: Join, enter_on: sign up}
  - {name: Buy, enter_on: buy}
"""
EVENTS = """\
user,device,firm,event,at
ann,ph1,acme,visit,2026-03-01T09:00:00Z
ann,,acme,sign up,2026-03-02T09:00:00Z
,ph1,,visit,2026-03-03T09:00:00Z
ann-2,lap1,,visit,2026-03-04T09:00:00Z
ann-2,lap1,,buy,2026-03-05T09:00:00Z
bob,tv,brick,visit,2026-03-05T09:00:00Z
cid,tv,brick,visit,2026-03-06T09:00:00Z
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("shop")
    (home / "events.csv").write_text(EVENTS)
    (home / "trod.yml").write_text(YML)
    Workspace.open(home).ingest()
    return home


@pytest.fixture
def shop(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "shop"))


def trod(home: Path, *arguments: object) -> Result:
    return terminal.trod("-C", home, "identity", *arguments)


def told(home: Path, *arguments: object) -> Any:
    return terminal.told("-C", home, "identity", *arguments)


def test_D6_a_merge_says_first_who_would_stand_where_and_writes_nothing_unasked(shop: Path) -> None:
    result = trod(shop, "merge", "ann", "ann-2")
    assert result.exit_code == 0
    for line in (
        "Statement: customer ann and customer ann-2 are one person.",
        "People      4 before, 3 after; 2 people touched: ann, ann-2",
        "Ids         2 belong to somebody else: customer ann-2, device lap1",
        "Touchpoints 2 belong to somebody else",
        "Accounts    1 with other touchpoints than before",
        "Stages of Sale: 2 people elsewhere.",
    ):
        assert line in result.stdout
    assert "Nothing was written. Say --yes to write." in result.stderr
    assert trod(shop, "log").stdout == "Nobody stated anything about who is who.\n"


def test_D6_what_was_announced_is_what_happens(shop: Path) -> None:
    radius = told(shop, "merge", "ann", "ann-2", "--dry-run")["blast_radius"]
    before = told(shop, "report")
    assert told(shop, "merge", "ph1", "lap1", "--yes", "--by", "Ada")["statement"]["number"] == 1
    after = told(shop, "report")
    assert radius["people"] == [before["people"], after["people"]]
    moved = {each["customer"]: (each["before"], each["after"]) for each in radius["moved"]}
    assert moved["ann"][0].startswith("Join")
    assert moved["ann"][1].startswith("Buy")
    assert moved["ann-2"][1] is None
    journeys = Workspace.open(shop).journeys("person")
    assert journeys.n_customers == radius["journeys"][1] == 3
    assert told(shop, "explain", "lap1", "ann")["one_person"]


def test_D6_undo_brings_every_number_back(shop: Path) -> None:
    page = Workspace.open(shop).map().to_json()
    trod(shop, "merge", "ann", "ann-2", "--yes", "--why", "one passport")
    assert Workspace.open(shop).map().to_json() != page
    assert trod(shop, "undo", 1, "--yes").exit_code == 0
    assert Workspace.open(shop).map().to_json() == page
    log = told(shop, "log")
    assert [(each["statement"]["verb"], each["standing"]) for each in log] == [
        ("link", "retracted"),
        ("retract", "in force"),
    ]
    assert log[0]["statement"]["why"] == "one passport"


def test_D6_a_split_moves_the_rows_without_a_login(shop: Path) -> None:
    radius = told(shop, "split", "ph1", "--from", "ann", "--yes")["blast_radius"]
    assert (radius["ids"], radius["touchpoints"]) == (1, 1)
    assert "ph1" in Workspace.open(shop).who().table["person"].to_pylist()


def test_a_statement_that_overrules_an_earlier_one_says_so(shop: Path) -> None:
    trod(shop, "merge", "ann", "ann-2", "--yes")
    assert told(shop, "split", "ann-2", "--from", "ann")["blast_radius"]["overruled"] == [1]


def test_the_report_lists_what_joins_nobody(shop: Path) -> None:
    shown = trod(shop, "report").stdout
    assert "4 people from 4 customer, 3 device. 1 id of several people or none" in shown
    assert "device tv: 2 people, such as bob, cid" in shown
    assert "bob, cid: 1 id, such as device tv" in shown


def test_explain_shows_the_chain_in_words(shop: Path) -> None:
    shown = trod(shop, "explain", "ph1").stdout
    assert "device ph1 belongs to ann (2 ids)." in shown
    assert "device ph1 and customer ann: seen in one row" in shown
    assert "shop: 1 row, on 2026-03-01" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("merge", "ann", "ph1"), "'ann' and 'ph1' are one person already."),
        (("split", "lap1", "--from", "ann"), "'lap1' does not belong to 'ann': it belongs to"),
        (("split", "ann", "--from", "ph1"), "'ann' is what the person is named by."),
        (("undo", "7"), "no statement has number 7. There is none. See `trod -C "),
        (("explain", "anna"), "no row of the log has the id 'anna', among 7 ids. Did you mean"),
    ],
)
def test_what_cannot_be_said_is_refused_in_words(
    shop: Path, arguments: tuple[str, ...], said: str
) -> None:
    result = trod(shop, *arguments)
    assert result.exit_code == 1
    assert said in result.stderr


def test_the_blast_radius_leaves_the_workspace_as_it_was(shop: Path) -> None:
    def files() -> dict[str, bytes]:
        home = shop / ".trod"
        return {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file()}

    workspace, before = Workspace.open(shop), files()
    blast_radius(workspace, [merging(workspace, "ann", "bob")])
    assert files() == before
