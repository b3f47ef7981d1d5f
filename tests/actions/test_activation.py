"""Audiences: whom they hold, what leaves, what does not, and that it is written down."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.app.terminal import trod
from tests.examples import examples
from tests.postgres import PASSWORD
from trod.actions.destinations import segment_spec, sheets
from trod.actions.destinations.audience import Audience, Member
from trod.actions.destinations.sql import place, upsert
from trod.actions.messages.outbox import claim, listed, settle
from trod.actions.messages.tried import Sent
from trod.actions.outside import line
from trod.app import words_activate
from trod.errors import DataError, DefinitionError
from trod.figures.spreadsheet import csv_text
from trod.models.card import Card
from trod.models.fitted import Fitted
from trod.models.outcomes.scoring import Scores
from trod.models.versions import keep as keep_models
from trod.workspace import Workspace
from trod.workspace.acting.activation import FILES, Handed, activate, exports, way
from trod.workspace.acting.audiences import NO_CONSENT, ONLY_PERSONAL, UNKNOWN, Asked
from trod.workspace.measured import plan_of
from trod.workspace.score_history import keep

NOW_US = 1_790_000_000_000_000
TROD_YML = """\
sources:
  - name: shop
    files: events.csv
    customer: user_id
    ids: {email: email}
    account: company
    time: at
    touchpoint: event
  - name: crm
    files: contacts.csv
    customer: user_id
    account: company
    ids: {email: email, phone: phone, salesforce: sfid}
    attributes: [marketing, site]
journeys:
  - name: Buying
    unit: person
    left_after: 30d
    stages:
      - {name: Look, enter_on: visit}
      - {name: Buy, enter_on: buy}
actions:
  consent: {attribute: marketing, values: "yes"}
  destinations:
    - {name: crm, webhook: https://hooks.example/in}
    - {name: cs, apprise: "json://hooks.example"}
"""
N = 20


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Twenty customers, each third of whom agreed; four more who are known by e-mail only."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "trod.yml").write_text(TROD_YML)
    rows = [f"u-{n},,acme,2026-03-0{day}T09:00:00Z,{event}" for n in range(N)
            for day, event in ((1, "visit"), (3, "buy")) if event == "visit" or n % 2]  # fmt: skip
    rows += [f",only{n}@mail.example,,2026-03-02T09:00:00Z,visit" for n in range(4)]
    _write(folder / "events.csv", "user_id,email,company,at,event", rows)
    people = [f"u-{n},u{n}@mail.example,+3120123{n:04},{f'003X{n:03}' if n < 5 else ''},"
              f"{('yes', 'no', '')[n % 3]},acme,acme.example" for n in range(N)]  # fmt: skip
    _write(folder / "contacts.csv", "user_id,email,phone,sfid,marketing,company,site", people)
    space = Workspace.open(folder)
    space.ingest()
    journeys = space.journeys("person")
    plan = plan_of(space, None, journeys)
    ids = [f"u-{n}" for n in range(N)]
    chance = np.linspace(0.1, 0.9, N) ** 3
    zeros = np.zeros(N, np.int64)
    scores = Scores(pa.array(ids), np.log(chance), chance, zeros, zeros, zeros, zeros, fresh=0)
    with space.store.write() as tx:
        keep(tx, "Churn", 1, 5, "", scores, [""] * N, plan=plan, unit="person")
        tx.commit()
    return Workspace.open(folder)


def _write(file: Path, header: str, rows: list[str]) -> None:
    file.write_text("\n".join([header, *rows]) + "\n")


def dry(space: Workspace, to: str = "csv", *, reason: str = "", **asked: Any) -> Handed:
    given = {"where": "all", **asked}
    return activate(
        space, Asked(**given), way(to), who="Ada", now_us=NOW_US, reason=reason, go=False
    )


@pytest.mark.parametrize("kind", [*FILES, "sql:sqlite:///crm.db", "webhook:crm"])
@pytest.mark.parametrize("id_as", [None, "salesforce"])
def test_X6_without_permission_nothing_personal_leaves_in_any_form(shop, kind, id_as) -> None:
    handed = dry(shop, kind, id_kind=id_as)
    assert b"@" not in handed.content
    assert b"3120123" not in handed.content
    assert handed.personal == ()
    assert handed.n + sum(handed.left_out.values()) == N + 4
    if id_as is None:
        assert handed.left_out == {ONLY_PERSONAL: 4}
    else:
        assert (handed.n, handed.left_out) == (5, {"have no salesforce id": N + 4 - 5})


def test_X6_with_permission_only_those_who_agreed_leave_and_the_others_are_counted(shop) -> None:
    handed = dry(shop, "hubspot", personal=True, reason="renewal mail")
    rows = list(csv.DictReader(io.StringIO(handed.content.decode())))
    assert {row["Email"] for row in rows} == {f"u{n}@mail.example" for n in range(0, N, 3)}
    assert rows[0]["Phone Number"].startswith("+3120123")
    assert handed.left_out == {NO_CONSENT: N + 4 - 7}
    assert handed.personal == ("email", "phone")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"personal": True}, "leave for a reason only"),
        ({"personal": True, "reason": "x", "unit": "account"}, "Write --unit person"),
        ({"id_kind": "email"}, "are personal data"),
        ({"id_kind": "telex"}, "unknown kind of id 'telex'"),
        ({"id_kind": "salesforce", "unit": "account"}, "Leave --id-as out"),
        ({"where": None}, "either --where KEY or --ids FILE"),
        ({"domain": "site"}, "Write|of accounts"),
        ({"domain": "sites", "unit": "account"}, "did you mean 'site'"),
        ({"scores": ["churm"]}, "unknown score 'churm': did you mean"),
        ({"where": "left:Nowhere"}, "Nowhere"),
    ],
)
def test_X6_what_cannot_be_is_said_with_what_to_write_instead(shop, asked, words) -> None:
    with pytest.raises(DefinitionError, match=words):
        dry(shop, **{"scores": [], **asked})


def test_X6_personal_data_need_somebody_who_says_who_agreed(shop, tmp_path) -> None:
    text = "\n".join(line for line in TROD_YML.splitlines() if "consent" not in line)
    space = _beside(shop, tmp_path, text)
    with pytest.raises(DefinitionError, match="nothing says who agreed"):
        dry(space, personal=True, reason="x")


def _beside(shop: Workspace, folder: Path, text: str) -> Workspace:
    import shutil

    shutil.copytree(shop.project.root, folder / "copy")
    (folder / "copy" / "trod.yml").write_text(text)
    return Workspace.open(folder / "copy")


@pytest.mark.parametrize("key", ["all", "in:Buy", "did:visit & in:Buy", "open"])
def test_X6_the_audience_is_the_list_behind_the_figure(shop, key) -> None:
    from trod.workspace.tables import listed as behind

    rows = behind(shop, key).read_all()["customer"].to_pylist()
    told = dry(shop, "jsonl", where=key).content.decode().splitlines()
    assert [json.loads(line)["customer"] for line in told] == [r for r in rows if "@" not in r]


def test_X6_a_list_of_any_ids_is_an_audience_and_strangers_are_counted(shop) -> None:
    ids = ["u-3", "u4@mail.example", "003X002", "nobody", "u-3"]
    handed = dry(shop, "jsonl", where=None, ids=ids)
    found = [json.loads(line)["customer"] for line in handed.content.decode().splitlines()]
    assert found == ["u-2", "u-3", "u-4"]
    assert handed.left_out == {UNKNOWN: 1}
    assert handed.audience.startswith("ids:")
    with pytest.raises(DataError, match="none of the 1 ids"):
        dry(shop, where=None, ids=["nobody"])


@pytest.mark.parametrize("kind", ["csv", "jsonl", "hubspot", "salesforce"])
def test_X6_scores_leave_as_the_numbers_that_they_are(shop, kind) -> None:
    text = dry(shop, kind).content.decode()
    assert "\r" not in text
    if kind == "jsonl":
        found = {r["customer"]: r["churn"] for r in map(json.loads, text.splitlines())}
    else:
        name, score = {
            "csv": ("customer", "churn"),
            "hubspot": ("Trod ID", "Trod Churn"),
            "salesforce": ("External_Id__c", "Trod_Churn__c"),
        }[kind]
        rows = csv.DictReader(io.StringIO(text))
        found = {r[name]: float(r[score]) for r in rows}
    assert found == {f"u-{n}": p for n, p in enumerate(np.linspace(0.1, 0.9, N) ** 3)}


def test_X6_scores_of_an_earlier_day_are_said_to_be_that(shop) -> None:
    assert dry(shop).older == {"Churn": "1970-01-01"}


def test_X6_scores_that_failed_their_backtest_are_said_to_be_that(shop, tmp_path) -> None:
    space = _beside(shop, tmp_path, TROD_YML)
    assert dry(space).failed == {}
    before = dry(space).content
    card = Card("outcome/Churn", "", "no better than the baseline", "person", N, 0, 1, "")
    with space.store.write() as tx:
        keep_models(tx, [Fitted(card)])
        tx.commit()
    space = Workspace.open(tmp_path / "copy")
    assert dry(space).failed == {"Churn": "no better than the baseline"}
    assert dry(space, scores=[]).failed == {}
    assert dry(space).content == before
    at = ("-C", tmp_path / "copy", "activate", "--where", "all")
    done = trod(*at, "--out", tmp_path / "all.csv")
    assert "Churn: no better than the baseline" in done.stderr
    assert "Churn: no better than the baseline" in " ".join(trod(*at, "--log").stdout.split())


def test_X6_an_audience_is_told_by_names_as_people_write_them(shop, tmp_path) -> None:
    space = _beside(shop, tmp_path, TROD_YML)
    key = "did:visit%20&%20more & did:visit"
    told = words_activate.handed(replace(dry(space), audience=key), away=False)
    assert "of did:visit & more & did:visit would be" in told
    one = words_activate.handed(replace(dry(space), left_out={UNKNOWN: 1}), away=False)
    assert "Left out: 1 is known to nobody here." in one


def test_X6_only_the_scores_that_are_asked_for_leave(shop) -> None:
    assert dry(shop, scores=["churn"]).traits == ("Churn",)
    assert dry(shop, scores=[]).content.startswith(b"customer\nu-0\n")


def test_X6_companies_are_found_by_their_domain(shop) -> None:
    text = dry(shop, "hubspot", unit="account", domain="site", scores=[]).content.decode()
    assert text == ("Company Domain Name,Trod ID,Trod As Of\nacme.example,acme,2026-03-03\n")


def test_X6_every_export_is_logged_before_it_leaves_and_a_dry_run_is_none(
    shop, tmp_path, monkeypatch
) -> None:
    space = _beside(shop, tmp_path, TROD_YML)
    file = tmp_path / "left.csv"
    dry(space, "csv")
    assert exports(space) == ()
    asked = Asked(where="all", personal=True)
    told = {"who": "Ada", "now_us": NOW_US, "reason": "renewal mail", "go": True}
    activate(space, asked, way("csv", str(file)), **told)
    (logged,) = exports(space)
    assert (logged.who, logged.audience, logged.kind, logged.place) == (
        "Ada",
        "all",
        "csv",
        str(file),
    )
    assert (logged.n, logged.left_out, logged.personal) == (7, 17, True)
    assert logged.reason == "renewal mail"
    assert logged.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    with pytest.raises(DataError):
        activate(space, asked, way("sql:sqlite:///no/crm.db"), **told)
    assert len(exports(space)) == 2  # told first, and then it failed


def test_X6_an_audience_waits_in_the_outbox_and_is_forgotten_when_it_has_arrived(
    shop, tmp_path
) -> None:
    space = _beside(shop, tmp_path, TROD_YML)
    for _ in range(2):  # the same export twice is one
        activate(space, Asked(where="all"), way("webhook:crm"), who="Ada", now_us=NOW_US, go=True)
    with space.state() as state, state.write() as con:
        (waiting,) = listed(con)
        facts = waiting.message.facts
        assert (facts["part"], facts["parts"], facts["n"], len(facts["customers"])) == (1, 1, N, N)
        taken = claim(con, NOW_US, "me", among=["crm"])
        settle(con, taken, Sent(), NOW_US)
        assert "customers" not in listed(con)[0].message.facts
    with pytest.raises(DefinitionError, match="takes notices, not audiences"):
        dry(space, "webhook:cs")
    with pytest.raises(DefinitionError, match="unknown destination"):
        dry(space, "webhook:crn")


def members(n: int, **more: Any) -> Audience:
    told = [
        Member(f"c{i:03}", f"c{i:03}", {}, (i / 7 - 1, None if i else "=cmd()")) for i in range(n)
    ]
    given: dict[str, Any] = {
        "key": "all", "unit": "person", "id_kind": None, "traits": ("Churn", "Health"),
        "numeric": (True, False), "members": tuple(told), "left_out": {}, "made_us": NOW_US,
        "as_of": "2026-06-30",
    }  # fmt: skip
    return Audience(**{**given, **more})


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/crm.db"
    return request.getfixturevalue("postgres")


def test_X6_a_table_is_written_over_by_customer_and_gets_the_columns_it_lacks(
    database, tmp_path, monkeypatch
) -> None:
    import sqlalchemy as sa

    monkeypatch.setenv("TROD_TEST_PW", PASSWORD)
    env = None if database.startswith("sqlite") else "TROD_TEST_PW"
    where = place(database)

    def write(audience: Audience) -> None:
        upsert(audience, where, tmp_path, table="trod_test", password_env=env)

    few = tuple(each._replace(traits=each.traits[:1]) for each in members(3).members)
    write(members(0, traits=("Churn",), numeric=(True,), members=few))
    write(members(2, made_us=NOW_US + 1_000_000, key="open"))
    engine = sa.create_engine(_url(where))
    with engine.begin() as con:
        rows = con.execute(sa.text("SELECT * FROM trod_test ORDER BY customer")).mappings().all()
        con.execute(sa.text("DROP TABLE trod_test"))
    engine.dispose()
    assert [row["customer"] for row in rows] == ["c000", "c001", "c002"]
    assert [row["churn"] for row in rows] == [-1.0, 1 / 7 - 1, 2 / 7 - 1]
    assert [row["health"] for row in rows] == ["=cmd()", None, None]  # a table runs no formula
    assert [row["audience"] for row in rows] == ["open", "open", "all"]
    assert rows[0]["snapshot"] > rows[2]["snapshot"]


def _url(where: Any) -> Any:
    import sqlalchemy as sa

    if where.kind == "sqlite":
        return sa.URL.create("sqlite", database=where.name)
    return sa.URL.create(
        "postgresql+psycopg", where.user, PASSWORD, database=where.name, query=dict(where.options)
    )


def test_X6_a_database_that_refuses_is_said_so_and_nothing_is_half_written(tmp_path) -> None:
    with sqlite3.connect(tmp_path / "crm.db") as con:
        con.execute("CREATE TABLE trod_customers (customer TEXT, churn INTEGER CHECK (churn > 5))")
    con.close()
    with pytest.raises(DataError, match="Nothing was written"):
        upsert(members(3), place("sqlite:///crm.db"), tmp_path)
    with pytest.raises(DefinitionError, match="no name for a table"):
        upsert(members(1), place("sqlite:///crm.db"), tmp_path, table='x"; DROP TABLE y; --')


def test_X6_calls_are_read_by_our_own_mapping_of_segment(tmp_path) -> None:
    people = members(5)
    accounts = members(4, unit="account")
    calls = [*segment_spec.calls(people), *segment_spec.calls(accounts)]
    (tmp_path / "calls.jsonl").write_text("".join(line(c) + "\n" for c in calls))
    (tmp_path / "trod.yml").write_text(
        "sources:\n  - {name: calls, like: segment, files: calls.jsonl}\n"
    )
    space = Workspace.open(tmp_path)
    (report,) = space.ingest()
    assert (report.received, report.stored, report.quarantined) == (9, 9, {})
    names = [n for batch in space.journeys("person") for n in batch.customer.to_pylist()]
    assert {f"c{i:03}" for i in range(5)} <= set(names)
    groups = [n for batch in space.journeys("account") for n in batch.customer.to_pylist()]
    assert sorted(groups) == [f"c{i:03}" for i in range(4)]
    (again,) = space.ingest()
    assert (again.stored, again.duplicate) == (0, 9) or again.received == 0


def test_X6_calls_have_what_the_spec_wants_and_name_themselves_the_same_each_time() -> None:
    for audience in (members(3), members(3, unit="account")):
        calls = list(segment_spec.calls(audience))
        assert calls == list(segment_spec.calls(audience))
        assert len({call["messageId"] for call in calls}) == 3
        for call in calls:
            assert {"type", "traits", "context", "messageId", "timestamp"} <= set(call)
            assert call["type"] == ("identify" if audience.unit == "person" else "group")
            assert "userId" in call or ("anonymousId" in call and "groupId" in call)


def test_X6_batches_stay_within_what_segment_takes_at_once() -> None:
    long = [Member(f"c{i}", f"c{i}", {}, (0.5, "x" * 900)) for i in range(2_500)]
    bodies = list(segment_spec.batches(members(0, members=tuple(long))))
    assert max(len(body.encode()) for body in bodies) < 500_000
    told = [call["userId"] for body in bodies for call in json.loads(body)["batch"]]
    assert told == [f"c{i}" for i in range(2_500)]
    assert max(len(json.loads(body)["batch"]) for body in bodies) <= 2_500


@settings(max_examples=examples(20))
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_S3_numbers_of_audiences_are_read_back_as_they_were(numbers: list[float]) -> None:
    told = tuple(Member(f"c{i}", f"c{i}", {}, (x, "@x")) for i, x in enumerate(numbers))
    for write in (sheets.plain, sheets.hubspot, sheets.salesforce):
        sheet = write(members(0, members=told))
        rows = list(csv.reader(io.StringIO(csv_text([sheet.columns, *sheet.rows]), newline="")))
        at = next(i for i, name in enumerate(rows[0]) if "churn" in name.lower())
        assert [float(row[at]) for row in rows[1:]] == numbers
        assert all(row[at + 1] == "'@x" for row in rows[1:])


@pytest.mark.parametrize("name", ["", "a b", "x;y", "__c", "1x", "Id,Name"])
def test_X6_a_name_that_no_field_can_have_is_refused(name: str) -> None:
    with pytest.raises(DefinitionError, match="no name of a field"):
        sheets.salesforce(members(1), name)
