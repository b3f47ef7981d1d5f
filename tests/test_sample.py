"""The sample company: what it promises to everything that is tested on it."""

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from trod import project
from trod.errors import DataError
from trod.sample import Answers, company
from trod.sample.calendar import END_S, START_S, ZONE, local, office_time

CUSTOMERS = 600


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("company")


@pytest.fixture(scope="module")
def truth(home: Path) -> Answers:
    return company(home, customers=CUSTOMERS, seed=11)


def digest(folder: Path) -> dict[str, str]:
    return {
        file.name: sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def rows(home: Path, name: str, delimiter: str = ",") -> list[dict[str, str]]:
    with (home / "data" / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def records(home: Path, name: str) -> list[dict[str, Any]]:
    """Read the lines that are whole."""
    lines = (home / "data" / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.endswith("}")]


def test_the_same_seed_and_size_give_the_same_bytes(home: Path, truth: Answers, tmp_path: Path):
    company(tmp_path, customers=CUSTOMERS, seed=11)
    assert digest(tmp_path) == digest(home)


def test_the_bytes_do_not_depend_on_the_machine(home: Path, truth: Answers, tmp_path: Path):
    call = f"company({str(tmp_path)!r}, customers={CUSTOMERS}, seed=11)"
    code = f"from trod.sample import company; {call}"
    machine = {**os.environ, "PYTHONHASHSEED": "77", "TZ": "Pacific/Apia", "LC_ALL": "C"}
    subprocess.run([sys.executable, "-c", code], env=machine, check=True, timeout=60)
    assert digest(tmp_path) == digest(home)


def test_local_times_are_those_of_the_zone_in_summer_and_winter():
    moments = np.arange(START_S, END_S, 7_919 * 60)
    expected = [
        datetime.fromtimestamp(t, ZoneInfo(ZONE)).replace(tzinfo=UTC).timestamp()
        for t in moments.tolist()
    ]
    assert local(moments).tolist() == expected


def test_office_time_keeps_order_and_weekends_free():
    moments = np.arange(START_S, END_S, 3_607)
    moved = office_time(moments)
    assert (np.diff(moved) >= 0).all()
    days = [datetime.fromtimestamp(t, UTC) for t in moved.tolist()]
    assert {day.weekday() for day in days} == {0, 1, 2, 3, 4}
    assert {day.hour for day in days} <= set(range(7, 19))


def test_another_seed_gives_another_company(home: Path, truth: Answers, tmp_path: Path):
    company(tmp_path, customers=CUSTOMERS, seed=12)
    assert digest(tmp_path)["app.jsonl"] != digest(home)["app.jsonl"]


def test_D2_there_are_twelve_channels_in_files_of_their_own(home: Path, truth: Answers):
    kinds = {file.name.split("_")[0].split(".")[0] for file in (home / "data").iterdir()}
    assert kinds == {
        *("web", "app", "crm", "support", "chat", "email", "survey", "billing"),
        *("calls", "visits", "till", "community"),
    }


def test_its_trod_yml_is_right_and_reads_every_file(home: Path, truth: Answers):
    declared = project.load(home)
    files = {
        found
        for source in declared.sources
        for pattern in (*source.files, *(join.file for join in source.join))
        for found in home.glob(pattern)
    }
    assert files == {*(home / "data").iterdir(), *(home / "late").iterdir()}
    assert {file.name for file in files} == set(truth.sources)
    assert [stage.name for stage in declared.journeys[0].stages] == [s.name for s in truth.stages]
    assert all(stage.asks for stage in declared.journeys[0].stages)


def test_the_answer_file_holds_what_the_call_returns(home: Path, truth: Answers):
    told = json.loads((home / "answers.json").read_text(encoding="utf-8"))
    assert told["customers"] == CUSTOMERS
    assert len(told["people"]) == len(truth.people)
    assert told["stages"][0] == {
        "name": "Evaluate",
        "reached": truth.stages[0].reached,
        "left": truth.stages[0].left,
        "open": 0,
        "done": 0,
        "median_days": truth.stages[0].median_days,
    }


def test_no_lead_gets_lost_between_stages(truth: Answers):
    for here, after in zip(truth.stages, (*truth.stages[1:], None), strict=True):
        reached_next = after.reached if after else 0
        assert here.reached == reached_next + here.left + here.open + here.done
    leads = Counter(person.status for person in truth.people if person.lead)
    assert leads == {
        "left": sum(stage.left for stage in truth.stages),
        "open": sum(stage.open for stage in truth.stages),
        "done": truth.stages[-1].done,
    }


def test_the_planted_frictions_stand_in_order_of_what_they_cost(truth: Answers):
    assert {friction.stage for friction in truth.frictions} == {"Onboard", "Activate", "Renew"}
    worth = [friction.recoverable for friction in truth.frictions]
    assert worth == sorted(worth, reverse=True)
    for friction in truth.frictions:
        left, met = friction.with_it
        left_else, others = friction.without
        assert left / met > 3 * left_else / others


def test_a_call_saves_whom_tickets_and_docs_lose(tmp_path: Path):
    onboard = company(tmp_path, customers=4000).frictions[0]
    assert onboard.with_it[0] / onboard.with_it[1] == pytest.approx(0.46, abs=0.03)
    assert onboard.without[0] / onboard.without[1] == pytest.approx(0.06, abs=0.03)


def test_messages_that_arrive_twice_are_counted(home: Path, truth: Answers):
    ids = Counter(message["messageId"] for message in records(home, "web.jsonl"))
    assert sum(n - 1 for n in ids.values()) == truth.sources["web.jsonl"]["resent"] > 0
    events = Counter(event["uuid"] for event in records(home, "app.jsonl"))
    assert sum(n - 1 for n in events.values()) == truth.sources["app.jsonl"]["resent"] > 0


def test_every_file_has_as_many_rows_as_the_answers_say(home: Path, truth: Answers):
    for file in (*(home / "data").iterdir(), *(home / "late").iterdir()):
        text = file.read_text(encoding="utf-8")
        n = text.count("\n") - (file.suffix == ".csv")
        if file.suffix == ".json":
            (n,) = (len(listed) for listed in json.loads(text).values() if type(listed) is list)
        assert n == truth.sources[file.name]["rows"], file.name


def test_ids_that_belong_to_nobody_alone_are_on_nobodys_list(truth: Answers):
    own = {
        (kind, value) for p in truth.people for kind, values in p.ids.items() for value in values
    }
    shared = {(kind, value) for kind, values in truth.shared_ids.items() for value in values}
    assert shared
    assert not own & shared


def test_no_id_has_two_owners(truth: Answers):
    ids = [(kind, v) for p in truth.people for kind, values in p.ids.items() for v in values]
    assert len(ids) == len(set(ids))


def test_some_people_have_several_devices_and_some_accounts_several_leads(truth: Answers):
    assert max(len(person.ids.get("anonymous", ())) for person in truth.people) >= 3
    leads = Counter(person.account for person in truth.people if person.lead)
    assert max(leads.values()) >= 2


def test_activity_has_a_heavy_tail(home: Path, truth: Answers):
    counts = sorted(Counter(e["distinct_id"] for e in records(home, "app.jsonl")).values())
    assert counts[-1] > 5 * counts[len(counts) // 2]


def test_addresses_and_numbers_can_be_nobodys(home: Path, truth: Answers):
    for contact in rows(home, "crm_contacts.csv"):
        assert contact["Email"].endswith(".example")
        assert not contact["Phone"] or contact["Phone"].startswith("+999 ")


def test_a_company_of_nobody_is_refused(tmp_path: Path):
    with pytest.raises(DataError, match="customers is 3: a company needs 100 or more"):
        company(tmp_path, customers=3)
