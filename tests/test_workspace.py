"""From files to a map: the spine, held against the truth of the sample company."""

import io
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import trod
from tests.company import Known, copied, known
from trod.errors import DataError, DefinitionError
from trod.events.log import append
from trod.events.mapping import deliveries
from trod.insights.drill import checked, counts_of
from trod.insights.journey_map import Count
from trod.sample import company
from trod.workspace import Map, Workspace
from trod.workspace.query import query
from trod.workspace.tables import listed, write
from trod.workspace.timeline import timeline

EVENTS = "user_id,event,timestamp\n" + "".join(
    f"c{c},{event},2026-03-{day:02d}T09:00:00Z\n"
    for c in range(60)
    for event, day in (("visit", 1), ("sign up", 3), ("buy", 9))
    if event != "buy" or c % 3
)


@pytest.fixture(scope="module")
def drawn(tallyfern: Known) -> Map:
    return tallyfern.workspace.map(unit="person")


@pytest.fixture
def events(tmp_path: Path) -> Path:
    file = tmp_path / "events.csv"
    file.write_text(EVENTS)
    return file


# --- acceptance 5 ---------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["person", "account"])
def test_F1_every_planted_friction_is_among_the_top_three(tallyfern: Known, unit: str):
    data = tallyfern.workspace.map(unit=unit).data
    found = {data.stages[f.stage].name for f in data.frictions[:3]}
    assert found == {friction.stage for friction in tallyfern.truth.frictions}


def test_F1_the_worst_planted_friction_comes_first(tallyfern: Known, drawn: Map):
    worst = drawn.data.frictions[0]
    assert drawn.data.stages[worst.stage].name == tallyfern.truth.frictions[0].stage


def test_F1_the_month_since_when_it_is_worse_is_found(tallyfern: Known, drawn: Map):
    planted = tallyfern.truth.frictions[0]
    found = next(
        f for f in drawn.data.frictions if drawn.data.stages[f.stage].name == planted.stage
    )
    assert planted.since
    assert (found.since or "").startswith(planted.since)


def pairs(counts: Counter[object]) -> int:
    return sum(n * (n - 1) // 2 for n in counts.values())


def test_D6_people_are_found_again_from_their_ids(tallyfern: Known):
    people = tallyfern.workspace.people()
    true, found, both = Counter[object](), Counter[object](), Counter[object]()
    for kind in ("customer", "email", "phone", "anonymous"):
        owned = [
            (value, i)
            for i, person in enumerate(tallyfern.truth.people)
            for value in person.ids.get(kind, ())
        ]
        named = people.canonical(kind, [value for value, _ in owned])
        for (value, person), name in zip(owned, named, strict=True):
            group = name or f"nobody: {value}"
            true[person] += 1
            found[group] += 1
            both[person, group] += 1
    assert pairs(both) / pairs(found) >= 0.999
    assert pairs(both) / pairs(true) >= 0.97


def test_I2_what_several_people_share_joins_nobody(tallyfern: Known):
    people = tallyfern.workspace.people()
    for kind, ids in tallyfern.truth.shared_ids.items():
        for one, name in zip(ids, people.canonical(kind, ids), strict=True):
            assert name in {None, one}
    logins = [
        person.ids["customer"][0] for person in tallyfern.truth.people if "customer" in person.ids
    ]
    assert people.canonical("customer", logins) == logins


def test_J2_stages_count_exactly_whom_the_truth_counts(tallyfern: Known, drawn: Map):
    for found, true in zip(drawn.data.stages[1:], tallyfern.truth.stages[1:], strict=True):
        counted = (found.reached.n, found.left.n, found.still_there.n, found.done.n)
        assert counted == (true.reached, true.left, true.open, true.done), true.name
    # A visitor who never gave a name and came with two devices is two visitors.
    evaluate, true = drawn.data.stages[0], tallyfern.truth.stages[0]
    assert true.reached <= evaluate.reached.n <= true.reached * 1.05


def test_P1_the_planted_main_path_is_the_most_trodden(tallyfern: Known):
    main, detour = tallyfern.truth.paths
    rows = query(
        tallyfern.workspace,
        """
        WITH onboard AS (
          SELECT customer, touchpoint, row_number() OVER w AS nth,
                 count(*) FILTER (WHERE touchpoint = 'first_dashboard') OVER w AS over
          FROM journeys
          WHERE touchpoint IN ('workspace_set_up', 'connect_data_source', 'connection_error',
                               'Support ticket', 'Help docs', 'Onboarding call', 'first_dashboard')
          WINDOW w AS (PARTITION BY customer ORDER BY time, row)
        ), path AS (
          SELECT customer, string_agg(touchpoint, ' > ' ORDER BY nth) AS path
          FROM onboard WHERE over = 0 OR (over = 1 AND touchpoint = 'first_dashboard')
          GROUP BY customer
        ) SELECT path, count(*) FROM path WHERE path LIKE '%first_dashboard'
          GROUP BY 1 ORDER BY 2 DESC
        """,
        unit="person",
    ).rows
    counts = dict(rows)
    assert rows[0][0] == " > ".join(main.steps)
    assert counts[" > ".join(main.steps)] == main.customers
    assert counts[" > ".join(detour.steps)] == detour.customers


@pytest.mark.parametrize("unit", ["person", "account"])
def test_D7_the_totals_of_the_map_are_those_of_sql_over_the_log(tallyfern: Known, unit: str):
    data = tallyfern.workspace.map(unit=unit).data

    def one(text: str) -> int:
        return int(query(tallyfern.workspace, text, unit=unit).rows[0][0])

    assert data.population.n == one("SELECT count(DISTINCT customer) FROM journeys")
    assert data.n_touchpoints == one("SELECT count(*) FROM journeys")
    enters = {
        "Onboard": "workspace_set_up",
        "Activate": "first_dashboard",
        "Expand": "Subscription renewed",
    }
    for stage in data.stages:
        if stage.name in enters:
            did = one(
                "SELECT count(DISTINCT customer) FROM journeys "
                f"WHERE touchpoint = '{enters[stage.name]}'"
            )
            # One lead may cancel for the whole account, while another one goes on.
            assert stage.reached.n == did if unit == "person" else stage.reached.n <= did


@pytest.mark.parametrize("unit", ["person", "account"])
def test_every_view_reconciles(tallyfern: Known, unit: str):
    made = tallyfern.workspace.map(unit=unit)
    data = made.data
    assert data.population.n == data.entered.n + data.outside.n
    reached_next = [stage.reached.n for stage in data.stages[1:]] + [0]
    for stage, after in zip(data.stages, reached_next, strict=True):
        assert stage.reached.n == after + stage.left.n + stage.still_there.n + stage.done.n
    checked(data, made.lists(limit=1))


def test_accounts_are_the_companies_that_the_files_know(tallyfern: Known):
    journeys = tallyfern.workspace.journeys("account")
    known_accounts = {person.account for person in tallyfern.truth.people}
    found = {name for batch in journeys for name in batch.customer.to_pylist()}
    assert found <= known_accounts
    assert len(found) == tallyfern.truth.accounts


def test_R7_received_is_stored_and_duplicate_and_quarantined(tallyfern: Known):
    reports = {report.source: report for report in tallyfern.workspace.reports()}
    for report in reports.values():
        assert (
            report.received
            == report.stored + report.duplicate + report.n_quarantined + report.n_dropped
        )
    facts = tallyfern.truth.sources
    assert reports["web"].received == facts["web.jsonl"]["rows"]
    assert reports["web"].duplicate == facts["web.jsonl"]["resent"]
    assert reports["app"].duplicate == facts["app.jsonl"]["resent"]
    assert reports["calls"].n_quarantined == facts["calls_2025.csv"]["broken"]


def test_the_company_is_mapped_by_account_and_every_account_entered(tallyfern: Known):
    data = tallyfern.workspace.map().data
    assert data.unit == "accounts"
    assert data.entered.n == data.population.n


def test_D6_whose_an_id_is_stays_known_without_finding_it_out_again(tallyfern: Known):
    people, kept = tallyfern.workspace.people(), tallyfern.workspace.who()
    for kind, table in kept.kinds():
        ids = table["id"].to_pylist()
        assert table["person"].to_pylist() == people.canonical(kind, ids)
    assert kept.summary.people == len(people.persons)
    assert kept.summary.ambiguous.n_ids == people.ambiguous.n_ids
    assert kept.summary.refused.examples == people.refused.examples[:3]


def test_D2_one_timeline_shows_six_channels_in_order(tallyfern: Known):
    busiest = query(
        tallyfern.workspace,
        "SELECT customer FROM journeys GROUP BY 1 ORDER BY count(DISTINCT channel) DESC, 1 LIMIT 1",
    ).rows[0][0]
    told = timeline(tallyfern.workspace, busiest)
    assert len({moment.channel for moment in told.moments}) >= 6
    times = [moment.time for moment in told.moments]
    assert times == sorted(times)
    assert any(moment.text for moment in told.moments)


def test_D2_the_showcase_of_the_company_shows_its_channels_in_their_order(tallyfern: Known):
    channels = {"crm": "sales", "calls": "phone", "visits": "in person", "till": "shop"}
    told = timeline(tallyfern.workspace, tallyfern.truth.showcase.customer, unit="person")
    met = list(dict.fromkeys(moment.channel for moment in told.moments))
    assert met == [channels.get(name, name) for name in tallyfern.truth.showcase.channels]
    assert len(met) >= 6
    assert {"phone", "in person", "shop"} & set(met)


def test_D6_history_from_before_the_login_belongs_to_the_person(tallyfern: Known):
    person = next(p for p in tallyfern.truth.people if p.furthest == "Expand" and "email" in p.ids)
    told = timeline(tallyfern.workspace, person.ids["email"][0])
    names = [moment.touchpoint for moment in told.moments]
    assert "Website visit" in names[: names.index("workspace_set_up")]
    assert ("customer", person.ids["customer"][0]) in told.ids


def test_delivering_everything_again_adds_nothing(tmp_path: Path):
    workspace = copied(tmp_path / "company")
    before = workspace.map().to_json()
    again = workspace.ingest()
    assert sum(report.stored for report in again) == 0
    assert workspace.map().to_json() == before


def test_R6_sources_may_arrive_apart_and_in_any_order(tmp_path: Path):
    company(tmp_path, customers=100)
    piecemeal = Workspace.open(tmp_path)
    files = sorted((*(tmp_path / "data").iterdir(), *(tmp_path / "late").iterdir()), reverse=True)
    for some in (files[:3], files[3:8], files[8:]):
        piecemeal.ingest(some)
    together = known(100).workspace
    one, other = (json.loads(w.map().to_json()) for w in (together, piecemeal))
    assert one == other


def test_R1_an_ingest_that_was_cut_short_is_finished_by_the_next_question(tmp_path: Path):
    company(tmp_path, customers=100)
    workspace = Workspace.open(tmp_path)
    workspace.ingest([tmp_path / "data" / "web.jsonl"])
    zone, sources = workspace.zone, workspace.project.sources
    append(workspace.store, deliveries(sources, root=tmp_path, zone=zone))
    assert workspace.map().data.stages[1].reached.n > 0


# --- bare files -----------------------------------------------------------------------------------


def test_D1_a_bare_file_becomes_a_map(events: Path):
    made = trod.map(events)
    assert made.data.suggested
    assert made.data.population.n == 60
    assert made.data.n_touchpoints == 160


def test_D1_a_map_lives_on_when_its_file_is_gone(events: Path):
    made = trod.map(events)
    events.unlink()
    assert made.to_json() == made.to_json()
    assert made.lists()["all"].total == 60


@pytest.mark.parametrize(
    ("show", "holds"),
    [
        (Map.to_html, "<!doctype html>"),
        (Map.to_svg, "<svg"),
        (Map.to_json, '"headline"'),
        (lambda made: made.to_mermaid("journey"), "journey\n"),
        (lambda made: made.to_mermaid("flowchart"), "flowchart lr"),
        (lambda made: made.to_mermaid("sankey"), "sankey-beta"),
        (Map._repr_html_, "<svg"),
    ],
    ids=["html", "svg", "json", "journey", "flowchart", "sankey", "notebook"],
)
def test_G2_a_map_can_be_shown_as(events: Path, show: Callable[[Map], str], holds: str):
    assert holds in show(trod.map(events)).lower()


def test_G2_a_map_can_be_shown_as_a_picture(events: Path, tmp_path: Path):
    picture = trod.map(events).to_png(tmp_path / "map.png", width=600)
    assert picture.startswith(b"\x89PNG")
    assert (tmp_path / "map.png").read_bytes() == picture


def test_a_map_says_how_it_was_made_and_what_to_mind(drawn: Map):
    assert "Onboard: " in drawn.method
    assert any("calls: 3 rows quarantined" in line for line in drawn.warnings)


def test_a_diagram_that_does_not_exist_is_named(drawn: Map):
    with pytest.raises(DefinitionError, match="unknown diagram 'pie'"):
        drawn.to_mermaid("pie")


def test_a_trod_yml_can_stand_beside_files_that_lie_elsewhere(events: Path, tmp_path: Path):
    config = tmp_path / "elsewhere" / "trod.yml"
    config.parent.mkdir()
    config.write_text(
        "sources:\n- name: shop\n  files: events.csv\n  customer: user_id\n  time: timestamp\n"
        "  touchpoint: event\njourneys:\n- name: Sale\n  stages:\n"
        "  - {name: Look, enter_on: visit}\n  - {name: Buy, enter_on: buy}\n"
    )
    data = trod.map(events, config=config).data
    assert [(stage.name, stage.reached.n) for stage in data.stages] == [("Look", 60), ("Buy", 40)]
    assert not data.suggested


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: folder / "gone.csv", "gone.csv: no such file"),
        (lambda folder: folder, "is a folder"),
        (lambda folder: (folder / "void.csv").write_text("") or folder / "void.csv", "is empty"),
    ],
    ids=["missing", "folder", "empty"],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, make: Callable[[Path], Path], says: str
):
    with pytest.raises(DataError, match=says):
        trod.map(make(tmp_path))


def test_a_zone_that_does_not_exist_is_named(events: Path):
    with pytest.raises(DefinitionError, match="'Mars/Base' is not a time zone"):
        trod.map(events, zone="Mars/Base")


# --- the workspace --------------------------------------------------------------------------------


def test_asking_before_reading_says_what_to_do(tmp_path: Path):
    company(tmp_path, customers=100)
    with pytest.raises(DataError, match="nothing was ingested yet"):
        Workspace.open(tmp_path).map()


def test_a_folder_without_trod_yml_says_what_to_do(tmp_path: Path):
    with pytest.raises(DefinitionError, match="trod init"):
        Workspace.open(tmp_path)


def test_a_file_that_no_source_reads_is_named(tallyfern: Known, events: Path):
    with pytest.raises(DefinitionError, match=r"events\.csv: no source of trod\.yml reads it"):
        tallyfern.workspace.ingest([events])


def test_D1_files_that_no_source_of_a_config_reads_are_a_note(events: Path, tmp_path: Path):
    config = tmp_path / "shop.yml"
    config.write_text(
        "sources:\n- {name: shop, files: events.csv, customer: user_id, time: timestamp, "
        "touchpoint: event}\n- {name: shelf, files: products.csv, aside: it lists things}\n"
    )
    for name in ("products.csv", "shops.csv"):
        (events.parent / name).write_text("id,name\n1,a\n")
    made = trod.map(events, *events.parent.glob("*s.csv"), config=config)
    assert "Left aside: products.csv: it lists things" in made.warnings
    assert "Left aside: shops.csv: no source reads it." in made.warnings


def test_D1_files_that_say_too_little_lead_to_init(tmp_path: Path):
    file = tmp_path / "registrations.csv"
    file.write_text("id_student,date_registration\n11391,-159\n28400,-53\n30268,-92\n11391,12\n")
    with pytest.raises(DataError, match=r"counts from a moment[^!]*Next: trod init .*registr"):
        trod.map(file)


def test_an_unknown_journey_is_named(tallyfern: Known):
    with pytest.raises(DefinitionError, match="unknown journey 'Sale'"):
        tallyfern.workspace.map("Sale")


def test_an_unknown_unit_is_named(tallyfern: Known):
    with pytest.raises(DefinitionError, match="unit 'team' is not known"):
        tallyfern.workspace.journeys("team")


def test_nobody_is_named_with_the_nearest_id(tallyfern: Known):
    with pytest.raises(DataError, match=r"nobody has the id 'ACC-0001' .*Did you mean"):
        timeline(tallyfern.workspace, "ACC-0001", unit="account")


def test_an_id_of_several_people_names_none_of_them(tallyfern: Known):
    with pytest.raises(DataError, match="several people use it"):
        timeline(tallyfern.workspace, tallyfern.truth.shared_ids["email"][0])


@pytest.mark.parametrize("unit", ["person", "account"])
def test_G3_an_export_lists_exactly_the_counted_ones_of_each_kind_of_key(
    tallyfern: Known, unit: str
):
    data = tallyfern.workspace.map(unit=unit).data
    shown = {re.sub(r":.*?(?=&|$)", "", c.key): c for c in counts_of(data) if c.key}
    shown |= {c.key: c for p in data.headline if (c := p.behind)}
    shown["left"] = Count(sum(stage.left.n for stage in data.stages), "left")
    shown["open"] = Count(sum(stage.still_there.n for stage in data.stages), "open")
    assert {"landmark&left", "touch", "step", "reached", "left", "open"} <= set(shown)
    for count in shown.values():
        rows = listed(tallyfern.workspace, count.key, unit=unit, journey=data.journey)
        assert rows.read_all().num_rows == count.n


# --- SQL ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE x AS SELECT 1",
        "DROP VIEW journeys",
        "COPY (SELECT 1) TO 'x.csv'",
        "INSTALL httpfs",
        "ATTACH 'x.db'",
        "SET threads = 1",
        "SELECT 1; DROP VIEW journeys",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO 'x.csv'",
        "",
    ],
)
def test_S2_sql_only_reads(tallyfern: Known, text: str):
    with pytest.raises(DefinitionError, match="write one SELECT"):
        query(tallyfern.workspace, text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM read_text('trod.yml')",
        "SELECT * FROM 'https://example.com/x.csv'",
    ],
)
def test_S2_sql_sees_nothing_but_the_views(tallyfern: Known, text: str):
    with pytest.raises(DefinitionError):
        query(tallyfern.workspace, text)


def test_sql_gives_rows_and_says_when_there_are_more(tallyfern: Known):
    found = query(tallyfern.workspace, "SELECT customer FROM customers ORDER BY 1", limit=5)
    assert found.columns == ("customer",)
    assert len(found.rows) == 5
    assert found.more


# --- tables that leave ----------------------------------------------------------------------------


def sheet(columns: dict[str, list[object]], how: str = "csv") -> bytes:
    out = io.BytesIO()
    write(pa.table(columns).to_reader(), how, out)
    return out.getvalue()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_S3_a_text_that_a_spreadsheet_would_run_is_defused(text: str):
    assert sheet({"who": [text]}).decode().split("\n")[1].lstrip('"').startswith("'")


@pytest.mark.parametrize("value", [-5, -0.25, 12, None, True])
def test_S3_numbers_leave_as_they_are(value: object):
    line = sheet({"n": [value], "x": ["x"]}).decode().split("\n")[1]
    assert line == f"{'' if value is None else value},x"


def test_a_table_can_leave_as_parquet_and_as_json_lines():
    table = pq.read_table(pa.BufferReader(sheet({"who": ["=1"], "n": [2]}, "parquet")))
    assert table.to_pylist() == [{"who": "=1", "n": 2}]
    assert sheet({"who": ["=1"], "n": [2]}, "jsonl") == b'{"who": "=1", "n": 2}\n'
