"""Guesses about unseen files; the cases stand in cases/infer.yaml, for everyone to add to."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from trod.events.infer import guess

CASES = YAML(typ="safe").load((Path(__file__).parent / "cases/infer.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_D1_columns_of_unseen_files_are_found(case, tmp_path):
    paths = []
    for name, text in case["files"].items():
        paths.append(tmp_path / name)
        paths[-1].write_text(text, "utf-8")
    found = guess(paths)
    roles = {s: {r.role: r.column for r in found.columns[s]} for s in found.columns}
    for source, expected in case["expect"].items():
        assert {role: roles[source].get(role) for role in expected} == expected
    for source, names in case.get("dates", {}).items():
        assert list(_spec(found, source).dates) == names
    for source, keys in case.get("spec", {}).items():
        dumped = _spec(found, source).model_dump(mode="json")
        for key, value in keys.items():
            assert _part(dumped[key], value) == value
    aside = dict(found.left_aside)
    for file, words in case.get("aside", {}).items():
        assert words in aside[file]
    assert set(aside) == set(case.get("aside", {}))


def _spec(found, source):
    return next(spec for spec in found.sources if spec.name == source)


def _part(given, wanted):
    """Give of a mapping only what is asked for."""
    if isinstance(given, dict) and isinstance(wanted, dict):
        return {key: _part(given[key], wanted[key]) for key in wanted}
    return given


def test_every_column_comes_with_a_confidence_and_a_reason(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text(
        "user_id,event,time\n1,a,2024-01-01\n1,b,2024-01-02\n2,a,2024-01-03\n3,a,2024-01-04\n"
    )
    found = guess([path])
    assert all(0 < role.confidence <= 1 and role.why for role in found.columns["events"])
    assert any("user_id" in line and "%" in line for line in found.words())


def test_files_with_one_name_become_sources_with_different_names(tmp_path):
    text = "user_id,event,time\n1,a,2024-01-01\n2,b,2024-01-02\n3,a,2024-01-03\n"
    paths = []
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        paths.append(tmp_path / folder / "events.csv")
        paths[-1].write_text(text.replace("2024", "2024" if folder == "x" else "2025"))
    assert [source.name for source in guess(paths).sources] == ["events", "events 2"]


def test_a_declared_zone_is_taken_into_the_guess(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text("user_id,event,time\n1,a,2024-01-01\n2,b,2024-01-02\n3,a,2024-01-03\n")
    assert guess([path], zone="Europe/Berlin").sources[0].zone == "Europe/Berlin"


def test_D1_a_column_called_customer_is_one_however_few_there_are(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("customer,time,event\n" + "".join(f"ann,2025-01-0{i},e{i}\n" for i in "123"))
    (source,) = guess([path]).sources
    assert source.customer.columns == ("customer",)


def test_D1_a_column_called_customer_that_says_yes_or_no_is_none(tmp_path):
    path = tmp_path / "log.csv"
    rows = [f"{'Yes' if i % 2 else 'No'},2025-01-0{i},e{i}" for i in range(1, 7)]
    path.write_text("\n".join(["customer,time,event", *rows]))
    assert not guess([path]).sources


def test_D1_a_date_of_birth_is_no_moment_of_a_journey(tmp_path):
    path = tmp_path / "people.csv"
    rows = [f"c{i},19{50 + i}-03-01,2025-01-{i:02d}" for i in range(1, 10)]
    path.write_text("\n".join(["customer_id,birth_date,signup_date", *rows]))
    (source,) = guess([path]).sources
    assert source.time is not None
    assert source.time.column == ("signup_date",)
