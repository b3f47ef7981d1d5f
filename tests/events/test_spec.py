"""What people write under `sources:`, and what they are told when it is wrong."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from trod.events.spec import EventsSpec, SourceSpec

BASE = {"name": "s", "files": "f.csv", "customer": "who", "time": "at", "touchpoint": "what"}


def refused(**keys) -> str:
    given = {key: value for key, value in {**BASE, **keys}.items() if value is not None}
    with pytest.raises(ValidationError) as caught:
        SourceSpec.model_validate(given)
    return str(caught.value)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"customer": None}, "Add `customer:`"),
        ({"time": None}, "Add `time:`"),
        ({"touchpoint": None}, "{constant: Purchase}"),
        ({"dates": {"a": "b"}}, "has `time` and `dates`"),
        ({"time": None, "dates": {"a": "b"}}, "has `touchpoint` and `dates`"),
        ({"ids": {"customer": "x"}}, "repeats customer"),
        (
            {"touchpoint": {"column": "a", "constant": "b"}},
            "exactly one of column, template, constant",
        ),
        ({"time": {"column": "at", "since": "2024-01-01"}}, "Add `unit: d`"),
        ({"time": {"column": "at", "format": "%Y", "unit": "d"}}, "`format` and `unit`"),
        ({"time": {"column": "at", "zone": "Berlin"}}, "Europe/Berlin"),
        ({"zone": "Nowhere"}, "not a time zone"),
        ({"encoding": "utf-9"}, "not an encoding"),
        ({"score": "q"}, "give `scale`"),
        ({"score": {"column": "q", "low": 1}}, "both `low` and `high`"),
        ({"time": {"format": "%Y"}}, "Give one of column, first_of"),
        ({"touchpoint": {"column": "a", "first_of": ["b"]}}, "Give exactly one of"),
        ({"each": "*.a"}, "is no path of a list"),
        ({"like": "stripe"}, "did you mean 'stripe_events'"),
        ({"like": "mine.yml"}, "no file mine.yml is there"),
        ({"colour": "red"}, "Extra inputs"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_impossible_is_refused_with_what_to_write(keys, words):
    assert words in refused(**keys)


def test_short_forms_mean_the_same_as_long_ones():
    short = SourceSpec.model_validate(
        {**BASE, "customer": ["a", "b"], "touchpoint": "{x} mail", "join": {"file": "j", "on": "k"}}
    )
    long = SourceSpec.model_validate(
        {
            **BASE,
            "files": ["f.csv"],
            "customer": {"columns": ["a", "b"]},
            "touchpoint": {"template": "{x} mail"},
            "time": {"column": ["at"]},
            "join": [{"file": "j", "on": {"k": "k"}}],
        }
    )
    assert short == long


def test_keys_that_yaml_takes_for_numbers_are_read_as_text():
    spec = SourceSpec.model_validate({**BASE, "touchpoint": {"column": "what", "map": {1: "One"}}})
    assert spec.touchpoint.map == {"1": "One"}


def test_every_key_is_described():
    specs = [SourceSpec, EventsSpec]
    while specs:
        spec = specs.pop()
        for name, field in spec.model_fields.items():
            assert field.description, f"{spec.__name__}.{name}"


def test_the_zone_of_events_must_exist():
    with pytest.raises(ValidationError, match="not a time zone"):
        EventsSpec(zone="Mars")
