"""Tables that describe others: proposed from names and values, written to be looked at."""

from pathlib import Path

import pytest

from trod.events.infer import guess
from trod.project import load, starting_text
from trod.workspace import Workspace

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "complete_journey"


def files(folder, **tables):
    made = []
    for name, rows in tables.items():
        made.append(folder / f"{name}.csv")
        made[-1].write_text("\n".join(rows) + "\n")
    return made


def shop(folder):
    lines = [f"c{i % 7},2025-03-{1 + i % 28:02d},p{i % 5},{i}.50" for i in range(60)]
    return files(
        folder,
        sales=["customer_id,sold_at,product_id,amount", *lines],
        products=["product_id,department", *(f"p{i},d{i % 2}" for i in range(9))],
    )


def test_a_table_that_describes_things_is_proposed_with_what_the_confidence_rests_on(tmp_path):
    (join,) = guess(shop(tmp_path)).joins
    assert (join.file, join.other, join.on) == (
        "sales.csv",
        "products.csv",
        (("product_id", "product_id"),),
    )
    assert (join.columns, join.confidence) == (("department",), 1.0)
    assert join.why == "5 of 5 values of product_id stand there, once each"


def test_a_key_that_stands_twice_describes_nothing(tmp_path):
    sales, products = shop(tmp_path)
    products.write_text(products.read_text() + "p1,d9\n")
    assert guess([sales, products]).joins == ()


def test_values_that_are_not_there_lower_the_confidence(tmp_path):
    sales, products = shop(tmp_path)
    products.write_text("product_id,department\np0,d\np1,d\np2,d\n")
    (join,) = guess([sales, products]).joins
    assert join.confidence == 0.6


def test_another_name_of_the_key_is_found_and_less_sure(tmp_path):
    sales, _ = shop(tmp_path)
    (tmp_path / "products.csv").write_text(
        "id,department\n" + "".join(f"p{i},d{i % 2}\n" for i in range(9))
    )
    (join,) = guess([sales, tmp_path / "products.csv"]).joins
    assert join.written() == (
        "join: {file: products.csv, on: {product_id: id}, columns: [department]}"
    )
    assert join.confidence == 0.8


def test_rows_about_one_person_meet_in_the_journey_not_in_a_join(tmp_path):
    people = ["customer_id,plan", *(f"c{i},gold" for i in range(7))]
    sales, _ = shop(tmp_path)
    assert guess([sales, *files(tmp_path, people=people)]).joins == ()


def test_the_proposal_stands_in_trod_yml_as_a_comment_that_works_when_the_mark_is_removed(tmp_path):
    found = guess(shop(tmp_path))
    text = starting_text(found, root=tmp_path)
    line = next(line for line in text.splitlines() if "# join:" in line)
    assert line.startswith("  # join: {file: products.csv, on: product_id")
    assert "100% sure: 5 of 5 values" in line
    (tmp_path / "trod.yml").write_text(text.replace("  # join:", "  join:"))
    assert load(tmp_path).sources[0].join[0].columns == ("department",)
    workspace = Workspace.open(tmp_path)
    assert sum(report.stored for report in workspace.ingest()) == 60


@pytest.mark.skipif(not DATA.exists(), reason="complete_journey is not at ../shared/data")
def test_products_and_dates_of_campaigns_are_proposed_for_the_real_grocer():
    found = guess(sorted(DATA.glob("*.parquet")))
    told = {(join.file, join.other): join for join in found.joins}
    basket = told["transactions_sample.parquet", "products.parquet"]
    assert (basket.found, basket.values) == (17_602, 17_607)
    dates = told["campaigns.parquet", "campaign_descriptions.parquet"]
    assert (dates.time, dates.confidence) == ("start_date", 1.0)
