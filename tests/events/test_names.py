"""Spellings, addresses and rare names: which are one touchpoint, and what that hides."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.app.terminal import trod
from trod.events.names import NamesSpec, folded, rename, templates
from trod.insights.simplify import information
from trod.insights.synonyms import Seen, synonyms
from trod.workspace import Workspace

WEB, APP = frozenset({"web"}), frozenset({"app"})
words = st.lists(st.sampled_from(["sign", "up", "report", "view", "pay"]), min_size=1, max_size=3)
ids = st.one_of(st.integers(1, 10**6).map(str), st.uuids().map(str), st.dates().map(str))
names = st.dictionaries(
    st.one_of(
        words.map(" ".join),
        words.map("_".join),
        words.map("-".join),
        words.map(lambda w: " ".join(w).title()),
    ),
    st.integers(1, 99),
    min_size=1,
    max_size=12,
)


@given(words, ids, ids)
def test_J9_ids_in_addresses_become_a_star_whatever_ids_they_are(path, one, other):
    made = templates({f"/{'/'.join(path)}/{i}/edit?x={i}#top": 1 for i in (one, other)})
    assert set(made.values()) == {f"/{'/'.join(path)}/*/edit"}


def test_J9_many_titles_below_one_address_are_names_of_things_and_a_busy_page_is_not():
    rows = {f"/blog/{title}-story": 3 for title in map(chr, range(97, 123))}
    rows |= {f"/blog/about-{title}": 3 for title in map(chr, range(97, 123))}
    assert set(templates(rows).values()) == {"/blog/*"}
    busy = templates({**rows, "/blog/welcome": 500})
    assert busy["/blog/welcome"] == "/blog/welcome"


def test_words_before_and_behind_an_address_stay_and_a_lone_slash_is_none():
    raw = ["GET /x/1 ok", "GET /x/2 failed", "Plan / upgrade", "Plan / downgrade"]
    made = templates(dict.fromkeys(raw, 1))
    assert list(made.values()) == ["GET /x/* ok", "GET /x/* failed", *raw[2:]]


def test_hosts_stay_where_there_are_several():
    made = templates({"https://www.a.example/x/1": 1, "http://b.example/x/2": 1, "GET /x/3": 1})
    assert list(made.values()) == ["a.example/x/*", "b.example/x/*", "GET /x/*"]


@given(names)
def test_J9_folded_names_are_one_and_the_first_spelling_in_the_alphabet_names_them(rows):
    found = rename(NamesSpec(fold=True), rows)
    by_key = {}
    for raw, one in found.items():
        by_key.setdefault(folded(raw), set()).add(one.name)
    assert all(len(called) == 1 for called in by_key.values())
    for raw, one in found.items():
        assert one.name == min(r for r in rows if folded(r) == folded(raw))


@given(names, st.integers(2, 6))
def test_J9_a_cap_keeps_the_most_frequent_and_no_row_is_lost(rows, most):
    found = rename(NamesSpec(most=most), rows)
    kept = {one.name for one in found.values()}
    assert len(kept) <= max(most, 1)
    assert set(found) == set(rows)
    others = [rows[raw] for raw, one in found.items() if one.rule == "other"]
    own = [rows[raw] for raw, one in found.items() if one.rule != "other"]
    assert not others or max(others) <= min(own)


@given(names, st.randoms())
def test_names_do_not_depend_on_the_order_of_rows(rows, random):
    spec = NamesSpec(urls="template", fold=True, most=3)
    shuffled = list(rows.items())
    random.shuffle(shuffled)
    assert rename(spec, dict(shuffled)) == rename(spec, rows)


def test_declared_names_win_over_every_rule():
    spec = NamesSpec(fold=True, same={"Start": ("sign_up", "registered")})
    found = rename(spec, {"sign_up": 1, "Sign Up": 5, "registered": 2})
    assert {raw: one.name for raw, one in found.items()} == {
        "Sign Up": "Sign Up",
        "registered": "Start",
        "sign_up": "Start",
    }


def test_a_name_under_two_touchpoints_is_refused():
    with pytest.raises(ValidationError, match="'x' stands under two names"):
        NamesSpec(same={"A": ("x",), "B": ("x", "y")})


def test_J9_names_that_follow_each_other_in_time_were_probably_renamed():
    found = synonyms(
        [Seen("checkout_done", 80, 0, 50, WEB), Seen("checkout completed", 90, 51, 99, WEB)],
        span=(0, 99),
    )
    assert [(s.name, s.other) for s in found] == [("checkout completed", "checkout_done")]
    assert "one began where the other ended" in found[0].why


def test_names_that_meet_in_the_same_customers_are_not_proposed():
    seen = [Seen("Renewal notice", 80, 0, 99, WEB), Seen("Renewal invoice", 70, 0, 99, APP)]
    assert synonyms(seen, span=(0, 99))
    assert synonyms(seen, span=(0, 99), both=lambda _one, _other: 0.8) == ()


@given(st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=4, max_size=4))
def test_J9_merging_touchpoints_never_tells_more_about_the_next_one(rows):
    pairs = np.array(rows)
    merged = np.zeros((3, 3), np.int64)
    group = np.array([0, 1, 2, 2])
    np.add.at(merged, (group[:, None], group[None, :]), pairs)
    assert information(merged) <= information(pairs) + 1e-9


TROD_YML = """\
sources: [{{name: web, files: web.csv, customer: user, time: at, touchpoint: page}}]
events: {{zone: UTC{names}}}
"""


def workspace_with(folder, names=""):
    rows = [f"u{i % 9},2025-01-{1 + i % 28:02d},/users/{i}/edit" for i in range(40)]
    rows += [f"u{i % 9},2025-02-{1 + i % 28:02d},{n}" for i in range(20) for n in ("Pay", "pay")]
    (folder / "web.csv").write_text("user,at,page\n" + "\n".join(rows) + "\n")
    (folder / "trod.yml").write_text(TROD_YML.format(names=names))
    return Workspace.open(folder)


def test_J9_rules_change_journeys_without_reading_anything_again(tmp_path):
    before = workspace_with(tmp_path)
    before.ingest()
    assert len(before.journeys().vocabulary.touchpoints) == 42
    after = workspace_with(tmp_path, ", names: {urls: template, fold: true}")
    assert after.journeys().vocabulary.touchpoints == ("/users/*/edit", "Pay")
    assert after.journeys().n_events == before.journeys().n_events == 80
    again = workspace_with(tmp_path)
    assert len(again.journeys().vocabulary.touchpoints) == 42


def test_J9_trod_names_shows_rules_that_would_help_and_what_a_budget_costs(tmp_path):
    workspace_with(tmp_path).ingest()
    run = trod("-C", tmp_path, "names", "--budget", 3)
    assert run.exit_code == 0
    assert "names: {urls: template, fold: true}" in run.output
    assert "2 of 42 touchpoints keep 40 of 80 rows" in run.output
    told = trod("-C", tmp_path, "names", "--json")
    assert len(json.loads(told.stdout)["touchpoints"]) == 42
