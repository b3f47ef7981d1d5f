"""J1, J2, J3 at the command line: templates, every touchpoint's place, and where all stood."""

import json
from pathlib import Path

from tests.app.terminal import trod


def test_J1_templates_are_listed_with_their_stages():
    shown = trod("journey", "templates")
    assert shown.exit_code == 0
    assert "saas: Software by subscription" in shown.stdout
    listed = json.loads(trod("journey", "templates", "--json").stdout)
    assert [each["name"] for each in listed][:2] == ["b2b_customer_success", "ecommerce"]
    assert listed[1]["stages"][0] == "Reached"


def test_J1_init_fills_a_template_and_check_has_nothing_against_it(tmp_path: Path, shop: Path):
    made = trod("-C", tmp_path / "new", "init", "--template", "ecommerce", shop / "events.csv")
    assert made.exit_code == 0, made.output
    written = (tmp_path / "new" / "trod.yml").read_text()
    assert "# From the template ecommerce." in written
    assert "#   Reached: visit (100%)" in written
    assert "#   - sign up\n" in written
    assert trod("-C", tmp_path / "new", "check").exit_code == 0


def test_J1_a_template_needs_files_and_a_known_name(tmp_path: Path, shop: Path):
    without = trod("-C", tmp_path / "new", "init", "--template", "saas")
    assert (without.exit_code, "filled from data" in without.stderr) == (1, True)
    strange = trod("-C", tmp_path / "new", "init", "--template", "sas", shop / "events.csv")
    assert (strange.exit_code, "did you mean 'saas'?" in strange.stderr) == (1, True)
    assert not (tmp_path / "new").exists()


def test_J1_a_journey_is_added_beside_those_there_are_and_nothing_is_written_over(shop: Path):
    trod("-C", shop, "ingest")
    added = json.loads(trod("-C", shop, "journey", "add", "ecommerce", "--json").stdout)
    assert added["matches"][0] == {"touchpoint": "buy", "place": "Bought", "confidence": 1.0}
    assert added["unmatched"] == ["sign up"]
    assert (shop / "journeys" / "ecommerce.yml").read_text().startswith("# From the template")
    listed = json.loads(trod("-C", shop, "check", "--json").stdout)
    assert set(listed["journeys"]) == {"Sale", "Ecommerce"}
    again = trod("-C", shop, "journey", "add", "ecommerce")
    assert (again.exit_code, "is there already" in again.stderr) == (1, True)


def test_J3_check_lists_the_place_of_every_touchpoint(shop: Path):
    definition = (
        (shop / "trod.yml").read_text().replace("  - {name: Join, enter_on: sign up}\n", "")
    )
    (shop / "trod.yml").write_text(definition)
    trod("-C", shop, "ingest")
    listed = json.loads(trod("-C", shop, "check", "--json").stdout)["touchpoints"]["Sale"]
    assert [one["touchpoint"] for one in listed] == ["buy", "sign up", "visit"]
    assert listed[1] == {
        "touchpoint": "sign up",
        "use": "unmapped",
        "stage": None,
        "customers": 40,
        "rows": 40,
        "suggested": "Look",
        "confidence": 1.0,
    }
    shown = trod("-C", shop, "journey", "touchpoints")
    assert "unmapped" in shown.stdout
    assert "Look (100%)" in shown.stdout


def test_J2_every_day_the_stages_sum_to_those_there_were(shop: Path):
    trod("-C", shop, "ingest")
    rows = json.loads(trod("-C", shop, "journey", "daily", "--json").stdout)["rows"]
    for row in rows:
        stages = sum(n for key, n in row.items() if key.startswith("open: "))
        assert row["population"] == row["outside"] + stages + row["left"] + row["done"] == 40
    assert (rows[0]["open: Look"], rows[-1]["done"]) == (40, 26)
    shown = trod("-C", shop, "journey", "daily", "--every", "week", "--last", "1")
    assert shown.stdout.split()[:4] == ["date", "population", "outside", "Look"]
    latest = trod("-C", shop, "journey", "daily", "--last", "2", "--json")
    assert json.loads(latest.stdout)["rows"] == rows[-2:]
