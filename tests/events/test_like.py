"""`like:` of a source: what a mapping gives, what the source says itself, and where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from trod import project
from trod.errors import DefinitionError
from trod.events.like import names, shipped
from trod.events.spec import SourceSpec

OWN = """\
about: {tool: Till, export: Receipts, get: Ask the till, docs: https://till.example.com}
customer: card
time: at
touchpoint: {constant: Receipt}
ids: {email: mail, phone: tel}
value: {column: total, unit: cents, currency: EUR}
"""


def source(**keys: object) -> SourceSpec:
    return SourceSpec.model_validate({"name": "any", "files": "any.csv", **keys})


def problems(folder: Path, text: str, **own: str) -> list[str]:
    (folder / "trod.yml").write_text(text, "utf-8")
    for name, said in own.items():
        (folder / f"{name}.yml").write_text(said, "utf-8")
    with pytest.raises(DefinitionError) as caught:
        project.load(folder)
    return list(caught.value.problems)


@pytest.mark.parametrize("name", names())
def test_D12_every_mapping_that_is_shipped_is_valid_and_says_what_it_reads(name):
    spec = source(like=name)
    about = shipped(name).about
    assert spec.time or spec.dates
    assert about.tool
    assert about.export
    assert about.get
    assert about.docs.startswith(("https://", "mappings.md"))
    assert about.recognise or about.values
    assert set(about.recognise).isdisjoint(spec.may_lack)


def test_what_a_source_says_itself_takes_the_place_of_what_its_mapping_says():
    spec = source(like="stripe_events", touchpoint={"constant": "Bill"}, channel=None)
    assert spec.touchpoint is not None
    assert spec.touchpoint.constant == "Bill"
    assert spec.channel is None
    assert spec.time == source(like="stripe_events").time


def test_ids_states_dates_and_money_are_taken_entry_by_entry():
    said = source(
        like="stripe_events",
        ids={"crm": "data.object.metadata.crm", "email": None},
        value={"currency": "EUR"},
    )
    assert set(said.ids) == {"stripe", "customer", "crm"}
    assert said.value is not None
    assert (said.value.column, said.value.currency) == ("data.object.amount", "EUR")


def test_a_mapping_that_nobody_ships_is_named_with_line_and_the_nearest(tmp_path):
    text = "sources:\n- name: Billing\n  files: a.jsonl\n  like: stripe_event\n"
    assert problems(tmp_path, text) == [
        "trod.yml:4: sources.0.like: unknown mapping 'stripe_event': did you mean "
        f"'stripe_events'? Known mappings: {_some()}."
    ]


def _some() -> str:
    shown = list(names())
    more = f" and {len(shown) - 12} more" if len(shown) > 12 else ""
    return ", ".join(shown[:12]) + more


def test_what_is_wrong_in_a_source_with_a_mapping_is_named_where_the_source_says_it(tmp_path):
    text = """\
sources:
- name: Billing
  files: a.jsonl
  like: stripe_events
  time: {column: created, unit: fortnights}
  chanel: {constant: web}
"""
    found = problems(tmp_path, text)
    assert found[0].startswith("trod.yml:5: sources.0.time.unit: 'fortnights' is not known.")
    assert found[1] == "trod.yml:6: sources.0.chanel: no such key. Did you mean 'channel'?"


def test_a_mapping_of_ones_own_is_read_from_beside_the_project(tmp_path):
    (tmp_path / "till.yml").write_text(OWN, "utf-8")
    (tmp_path / "trod.yml").write_text(
        "sources:\n- {name: Till, files: a.csv, like: till.yml, ids: {phone: mobile}}\n", "utf-8"
    )
    (spec,) = project.load(tmp_path).sources
    assert spec.customer is not None
    assert spec.customer.columns == ("card",)
    assert {kind: words.columns for kind, words in spec.ids.items()} == {
        "email": ("mail",),
        "phone": ("mobile",),
    }


def test_what_is_wrong_in_a_mapping_of_ones_own_is_named_where_it_is_written(tmp_path):
    text = "sources:\n- {name: Till, files: a.csv, like: till.yml}\n"
    wrong = OWN.replace("unit: cents", "unit: pennies")
    found = problems(tmp_path, text, till=wrong)
    assert "till.yml:6: value.unit: 'pennies' is not known. Write 'whole' or 'cents'." in found


def test_a_mapping_of_ones_own_that_is_not_there_is_named(tmp_path):
    text = "sources:\n- {name: Till, files: a.csv, like: till.yml}\n"
    assert problems(tmp_path, text) == [
        "trod.yml:2: sources.0.like: no file till.yml is there. Write its path from trod.yml."
    ]


def test_a_currency_column_needs_to_be_told_which_currency_counts(tmp_path):
    text = """\
sources:
- {name: Shop, files: a.csv, customer: c, time: t, touchpoint: e,
   value: {column: v, currency_column: w}}
"""
    (found,) = problems(tmp_path, text)
    assert found.startswith("trod.yml:3: sources.0.value: `currency_column` is given without")
    (tmp_path / "trod.yml").write_text(text + "events: {currency: eur}\n", "utf-8")
    (spec,) = project.load(tmp_path).sources
    assert spec.value is not None
    assert spec.value.currency == "eur"


def test_mappings_that_lead_back_to_themselves_are_named_with_their_way(tmp_path):
    text = "sources:\n- {name: Till, files: a.csv, like: a.yml}\n"
    never = "that never ends. Leave out one `like:`."
    assert problems(tmp_path, text, a="like: b.yml\n", b="time: at\nlike: a.yml\n")[:2] == [
        f"a.yml:1: like: b.yml is like a.yml is like b.yml: {never}",
        f"trod.yml:2: sources.0.like: a.yml is like b.yml is like a.yml: {never}",
    ]


def test_a_mapping_may_be_like_another_one(tmp_path):
    (tmp_path / "till.yml").write_text(OWN, "utf-8")
    (tmp_path / "new.yml").write_text("like: till.yml\ntime: sold\n", "utf-8")
    spec = SourceSpec.model_validate(
        {"name": "any", "files": "any.csv", "like": "new.yml"}, context={"root": tmp_path}
    )
    assert spec.customer is not None
    assert spec.time is not None
    assert (spec.customer.columns, spec.time.column) == (("card",), ("sold",))
