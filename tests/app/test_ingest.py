"""`trod ingest`, `trod quarantine` and `trod replay`: what became of every row."""

import json
from pathlib import Path

from tests.app.shop import EVENTS, YML, write
from tests.app.terminal import run, trod


def test_ingest_says_what_became_of_every_row(shop: Path):
    said = trod("-C", shop, "ingest").stdout.splitlines()
    assert said[1].split() == ["shop", "106", "106", "0", "0", "0"]
    again = trod("-C", shop, "ingest").stdout.splitlines()
    assert again[1].split() == ["shop", "106", "0", "106", "0", "0"]


def test_a_source_with_another_name_is_said_to_count_twice(shop: Path):
    trod("-C", shop, "ingest")
    (shop / "trod.yml").write_text(
        (shop / "trod.yml").read_text().replace("name: shop", "name: till")
    )
    said = trod("-C", shop, "ingest").stderr
    assert "106 rows of source 'shop' are on record and count" in " ".join(said.split())
    assert "they count twice" in " ".join(trod("-C", shop, "check").stdout.split())


def test_R8_rows_in_quarantine_are_listed_and_replayed_after_a_fix(shop: Path):
    with (shop / "events.csv").open("a") as file:
        file.write("c1,buy,03.10.2026\n,buy,2026-03-09T09:00:00Z\n")
    trod("-C", shop, "ingest")
    said = trod("-C", shop, "quarantine").stdout
    assert "time_unreadable" in said
    assert "events.csv:108" in said
    assert "c1,buy,03.10.2026" in said
    told = json.loads(trod("-C", shop, "quarantine", "--reason", "no_id", "--json").stdout)
    assert [(each["code"], each["n"], each["line"]) for each in told["reasons"]] == [
        ("no_id", 1, 109)
    ]
    assert told["rows"][0]["original"] == ",buy,2026-03-09T09:00:00Z"
    formats = '{column: timestamp, format: ["%Y-%m-%dT%H:%M:%SZ", "%d.%m.%Y"]}'
    (shop / "trod.yml").write_text(YML.replace("time: timestamp", f"time: {formats}"))
    done = trod("-C", shop, "replay")
    assert done.stdout.splitlines()[1].split() == ["shop", "2", "1", "0", "1", "0"]
    assert "Left in quarantine: 1 row." in done.stdout
    chosen = trod("-C", shop, "replay", "--reason", "no_id").stdout
    assert "Left in quarantine: 1 row of those chosen, 1 in all." in chosen
    again = trod("-C", shop, "ingest", "--json")
    (source,) = json.loads(again.stdout)["sources"]
    assert (source["stored"], source["duplicate"], source["quarantined"]) == (0, 107, {"no_id": 1})
    assert source["files"][0]["file"] == "events.csv"


def test_R3_a_full_disk_leaves_the_workspace_as_it_was(shop: Path):
    trod("-C", shop, "ingest")
    before = trod("-C", shop, "map", "--json").stdout
    more = "".join(f"x{i},visit,2026-03-02T09:00:00Z\n" for i in range(60_000))
    write(shop, "events.csv", EVENTS + more)
    with run("-C", shop, "ingest", blocks=400) as process:
        _, said = process.communicate(timeout=120)
    assert "Traceback" not in said
    assert "Error:" in said
    assert trod("-C", shop, "map", "--json").stdout == before
