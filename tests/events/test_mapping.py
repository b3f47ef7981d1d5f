"""Rows of sources as records of touchpoints: nothing is lost without a word."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from trod.errors import DataError, DefinitionError
from trod.events.mapping import deliveries
from trod.events.spec import SourceSpec

BASE = {"name": "s", "files": "f.csv", "customer": "who", "time": "at", "touchpoint": "what"}
LOG = "who,what,at\n1,signup,2024-01-05 10:00:00\n1,pay,2024-01-06 10:00:00\n2,signup,2024-01-07\n"


def spec(**keys) -> SourceSpec:
    """Give a source; a key set to None is taken away."""
    return SourceSpec.model_validate({k: v for k, v in {**BASE, **keys}.items() if v is not None})


def mapped(root: Path, source: SourceSpec, zone: str = "UTC", files=None):
    """Give records and report of the only delivery of a source."""
    (delivery,) = deliveries([source], root=root, zone=zone, files=files)
    table = delivery.batches.read_all()
    report = delivery.report
    assert report.mapped == table.num_rows
    assert report.rows + report.expanded == (report.received + report.merged)
    return table.to_pylist(), report


def one(root: Path, content: str, **keys):
    """Map one CSV file with some contents."""
    (root / "f.csv").write_text(content)
    return mapped(root, spec(**keys))


def us(text: str) -> int:
    """Give a moment, in UTC if it names no zone, as microseconds."""
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def test_a_log_becomes_records_in_the_order_of_its_rows(tmp_path):
    rows, report = one(tmp_path, LOG)
    assert [(r["id.customer"], r["touchpoint"], r["time_us"]) for r in rows] == [
        ("1", "signup", us("2024-01-05T10:00:00")),
        ("1", "pay", us("2024-01-06T10:00:00")),
        ("2", "signup", us("2024-01-07")),
    ]
    assert (report.rows, report.received, report.zone_assumed) == (3, 3, True)
    assert rows[0]["source"] == "s"
    assert rows[0]["properties"] is None


def test_columns_without_a_role_are_kept_as_properties(tmp_path):
    rows, _ = one(tmp_path, "who,what,at,plan,seats\n1,pay,2024-01-05,Pro,\n", ignore="seats")
    assert json.loads(rows[0]["properties"]) == {"plan": "Pro"}
    rows, _ = one(tmp_path, "who,what,at,plan\n1,pay,2024-01-05,Pro\n", ignore="*")
    assert rows[0]["properties"] is None


def test_json_keeps_what_was_not_asked_for_as_it_was(tmp_path):
    record = {
        "who": 1,
        "what": "pay",
        "at": "2024-01-05",
        "p": {"n": 9007199254740993, "x": [1, None]},
    }
    (tmp_path / "f.csv").write_text(json.dumps(record))
    rows, _ = mapped(tmp_path, spec(ids={"order": "p.n"}))
    assert json.loads(rows[0]["properties"]) == {"p": {"x": [1, None]}}
    assert rows[0]["id.order"] == "9007199254740993"


def test_R7_rows_that_cannot_be_mapped_are_counted_with_reason_and_place(tmp_path):
    text = (
        "who,what,at\n1,a,2024-01-05\n,a,2024-01-05\n2,,2024-01-05\n3,a,\n4,a,31/31/2024\n"
        "5,a,9999-12-31\n6,a,2024-01-05,x\n4,a,soon\n7,b,2024-01-06\n"
    )
    rows, report = one(tmp_path, text)
    assert [row["id.customer"] for row in rows] == ["1", "7"]
    assert report.quarantined == {
        "no_id": (1, ("line 3",)),
        "touchpoint_missing": (1, ("line 4",)),
        "time_missing": (1, ("line 5",)),
        "time_unreadable": (1, ("line 6: '31/31/2024'",)),
        "time_is_a_word": (1, ("line 9: 'soon'",)),
        "year_9999": (1, ("line 7: '9999-12-31'",)),
        "too_many_columns": (1, ("line 8",)),
    }
    assert report.rows == 9
    assert report.received == 9
    assert any("31/31/2024" in line for line in report.words())


def test_records_that_are_no_json_objects_are_quarantined(tmp_path):
    (tmp_path / "f.csv").write_text('{"who":1,"what":"a","at":"2024-01-05"}\n{"who":\n')
    rows, report = mapped(tmp_path, spec())
    assert len(rows) == 1
    assert report.quarantined == {"json_cut_off": (1, ("line 2",))}


def test_rows_left_out_by_a_condition_are_ignored_on_purpose(tmp_path):
    rows, report = one(tmp_path, LOG, where="what <> 'pay'")
    assert [row["touchpoint"] for row in rows] == ["signup", "signup"]
    assert (report.dropped, report.n_quarantined, report.received) == ({"where": 1}, 0, 3)


@pytest.mark.parametrize(
    "condition",
    [
        "1) FROM x; DROP TABLE y; SELECT (1",
        "what = (SELECT 1)",
        "true) UNION SELECT (false",
        "nope = 1",
        "what =",
    ],
)
def test_conditions_are_one_comparison_over_the_row(tmp_path, condition):
    with pytest.raises(DefinitionError, match="condition"):
        one(tmp_path, LOG, where=condition)


@pytest.mark.parametrize(
    ("written", "time", "expected"),
    [
        ("05.01.2024 10:30", {"format": "%d.%m.%Y %H:%M"}, "2024-01-05T10:30:00"),
        ("01/05/2024 1:30 PM", {"format": "%m/%d/%Y %I:%M %p"}, "2024-01-05T13:30:00"),
        ("2024-01-05T10:30:00+02:00", {}, "2024-01-05T08:30:00"),
        ("2024-01-05T10:30:00Z", {"zone": "Europe/Berlin"}, "2024-01-05T10:30:00"),
        ("2024-01-05 10:30", {"zone": "Europe/Berlin"}, "2024-01-05T09:30:00"),
        ("2024-07-05 10:30", {"zone": "Europe/Berlin"}, "2024-07-05T08:30:00"),
        ("2024-10-27 02:30", {"zone": "Europe/Berlin"}, "2024-10-27T01:30:00"),
        ("2024-03-31 02:30", {"zone": "Europe/Berlin"}, "2024-03-31T01:30:00"),
        ("2024-01-05 10:30 +0200", {"format": "%Y-%m-%d %H:%M %z"}, "2024-01-05T08:30:00"),
        ("1704448800", {"unit": "s"}, "2024-01-05T10:00:00"),
        ("1704448800.25", {"unit": "s"}, "2024-01-05T10:00:00.250000"),
        ("1704448800123", {"unit": "ms"}, "2024-01-05T10:00:00.123000"),
        ("1704448800123456789", {"unit": "ns"}, "2024-01-05T10:00:00.123456"),
        ("-3", {"unit": "d", "since": "2024-02-01"}, "2024-01-29"),
        ("1.5", {"unit": "d", "since": date(2024, 2, 1)}, "2024-02-02T12:00:00"),
        ("5", {"unit": "w", "since": "2024-01-01", "first": 1}, "2024-01-29"),
        ("45296.5", {"unit": "d", "since": "1899-12-30"}, "2024-01-05T12:00:00"),
    ],
)
def test_times_are_read_as_they_are_written(tmp_path, written, time, expected):
    text = f'who,what,at\n1,a,"{written}"\n'
    rows, report = one(tmp_path, text, time={"column": "at", **time})
    assert not report.quarantined
    assert rows[0]["time_us"] == us(expected)


def test_offsets_count_from_a_column_or_from_names_with_dates(tmp_path):
    text = "who,what,at,start,term\n1,a,2,2024-02-01,B\n2,a,2,2024-03-01,J\n3,a,2,,X\n"
    since = {"column": "start"}
    rows, report = one(tmp_path, text, time={"column": "at", "unit": "d", "since": since})
    assert [row["time_us"] for row in rows] == [us("2024-02-03"), us("2024-03-03")]
    assert report.quarantined["time_anchor_missing"] == (1, ("line 4: '2'",))
    since = {"column": "term", "dates": {"B": "2024-02-01", "J": date(2024, 10, 1)}}
    rows, _ = one(tmp_path, text, time={"column": "at", "unit": "d", "since": since})
    assert [row["time_us"] for row in rows] == [us("2024-02-03"), us("2024-10-03")]


def test_days_are_days_of_the_calendar_also_where_clocks_change(tmp_path):
    time = {"column": "at", "unit": "d", "since": "2024-03-30", "zone": "Europe/Berlin"}
    rows, _ = one(tmp_path, "who,what,at\n1,a,2\n", time=time)
    assert rows[0]["time_us"] == us("2024-03-31T22:00:00")


def test_a_date_and_a_clock_in_two_columns_make_one_time(tmp_path):
    rows, _ = one(tmp_path, "who,what,d,t\n1,a,2024-01-05,10:30\n", time=["d", "t"])
    assert rows[0]["time_us"] == us("2024-01-05T10:30:00")


@pytest.mark.parametrize(
    ("text", "time", "assumed"),
    [
        ("2024-01-05 10:00", {}, True),
        ("2024-01-05 10:00", {"zone": "Asia/Tokyo"}, False),
        ("2024-01-05T10:00:00Z", {}, False),
        ("1704448800", {"unit": "s"}, False),
        ("3", {"unit": "d", "since": "2024-01-01"}, True),
        ("2024-01-05 10:00 +0200", {"format": "%Y-%m-%d %H:%M %z"}, False),
    ],
)
def test_it_is_known_whether_a_zone_was_assumed(tmp_path, text, time, assumed):
    _, report = one(tmp_path, f"who,what,at\n1,a,{text}\n", time={"column": "at", **time})
    assert report.zone_assumed is assumed


def test_a_wide_table_gives_a_touchpoint_for_each_date(tmp_path):
    text = (
        "who,opened,closed,won\n1,2024-01-05,2024-01-06,yes\n2,2024-01-07,,no\n3,,,no\n"
        "4,2024-01-08,soon,no\n5,2024-01-09,2024-01-10,no\n"
    )
    dates = {
        "Opened": "opened",
        "Won": {"column": "closed", "when": "won = 'yes'"},
        "Closed": "closed",
    }
    rows, report = one(tmp_path, text, time=None, touchpoint=None, dates=dates)
    made = sorted((r["id.customer"], r["touchpoint"]) for r in rows)
    assert made == [
        ("1", "Closed"), ("1", "Opened"), ("1", "Won"), ("2", "Opened"), ("4", "Opened"),
        ("5", "Closed"), ("5", "Opened"),
    ]  # fmt: skip
    assert (report.rows, report.expanded, report.mapped) == (5, 4, 7)
    assert report.quarantined == {
        "time_missing": (1, ("line 4",)),
        "time_is_a_word": (1, ("line 5: 'soon'",)),
    }


def test_lines_of_a_basket_become_one_basket_with_an_exact_sum(tmp_path):
    text = (
        "who,basket,at,sum,shop\n1,b1,2024-01-05 10:01,0.1,X\n1,b1,2024-01-05 10:00,0.2,X\n"
        "2,b2,2024-01-05,7,Y\n"
    )
    keys = {"touchpoint": {"constant": "Purchase"}, "value": "sum", "group_by": "basket"}
    rows, report = one(tmp_path, text, **keys)
    assert [(r["id.customer"], r["value"], r["time_us"]) for r in rows] == [
        ("2", 7_000_000, us("2024-01-05")),
        ("1", 300_000, us("2024-01-05T10:00")),
    ]
    assert json.loads(rows[1]["properties"]) == {"rows": 2, "same": {"shop": "X"}}
    assert (report.rows, report.merged) == (3, 1)


def test_repeats_count_each_time_or_once_as_declared(tmp_path):
    text = LOG + "1,pay,2024-01-06 10:00:00\n"
    assert len(one(tmp_path, text)[0]) == 4
    rows, report = one(tmp_path, text, repeats="once")
    assert len(rows) == 3
    assert (report.rows, report.merged) == (4, 1)


def test_a_join_adds_columns_of_another_table(tmp_path):
    (tmp_path / "campaigns.csv").write_text("id,type,start\n1,A,2024-02-01\n2,B,2024-03-01\n")
    text = "who,campaign\n1,1\n1,2\n2,3\n"
    keys = {
        "join": {"file": "campaigns.csv", "on": {"campaign": "id"}},
        "time": "start",
        "touchpoint": "{type} mail",
    }
    rows, report = one(tmp_path, text, **keys)
    assert [(r["touchpoint"], r["time_us"]) for r in rows] == [
        ("A mail", us("2024-02-01")),
        ("B mail", us("2024-03-01")),
    ]
    assert report.quarantined == {"time_missing": (1, ("line 4",))}


def test_a_join_that_would_multiply_rows_is_refused(tmp_path):
    (tmp_path / "campaigns.csv").write_text("id,start\n1,2024-02-01\n1,2024-03-01\n")
    keys = {"join": {"file": "campaigns.csv", "on": {"campaign": "id"}}, "time": "start"}
    with pytest.raises(DataError, match="more than one row for 1"):
        one(tmp_path, "who,campaign,what\n1,1,a\n", **keys)


def test_ids_of_several_columns_are_joined_and_need_all_of_them(tmp_path):
    rows, report = one(
        tmp_path, "a,b,what,at\n1,x,s,2024-01-05\n2,,s,2024-01-05\n", customer=["a", "b"]
    )
    assert [row["id.customer"] for row in rows] == ["1·x"]
    assert report.n_quarantined == 1


def test_D6_two_ids_of_one_row_stand_side_by_side(tmp_path):
    text = "who,cookie,what,at\n,k1,view,2024-01-05\nu1,k1,login,2024-01-06\n"
    rows, _ = one(tmp_path, text, ids={"anonymous": "cookie"})
    assert [(r["id.customer"], r["id.anonymous"]) for r in rows] == [(None, "k1"), ("u1", "k1")]


def test_ids_that_pandas_made_floats_are_whole_again(tmp_path):
    path = tmp_path / "f.parquet"
    table = {"who": [12.0, None, 3.5], "what": ["a"] * 3, "at": [datetime(2024, 1, 5)] * 3}
    pq.write_table(pa.table(table), path)
    rows, _ = mapped(tmp_path, spec(files="f.parquet"))
    assert [row["id.customer"] for row in rows] == ["12", "3.5"]


def test_words_are_recoded_and_the_rest_kept_or_named(tmp_path):
    recoded = {"column": "what", "map": {"signup": "Signed up"}}
    rows, _ = one(tmp_path, LOG, touchpoint=recoded)
    assert [row["touchpoint"] for row in rows] == ["Signed up", "pay", "Signed up"]
    rows, _ = one(tmp_path, LOG, touchpoint={**recoded, "otherwise": "Other"})
    assert [row["touchpoint"] for row in rows] == ["Signed up", "Other", "Signed up"]


@pytest.mark.parametrize(
    ("written", "value", "micros"),
    [
        ("12.5", {}, 12_500_000),
        ("-$1,234.50", {}, -1_234_500_000),
        ("(12.50)", {}, -12_500_000),
        ("1.234,50 €", {"decimal": ","}, 1_234_500_000),
        ("1250", {"unit": "cents"}, 12_500_000),
        ("0.1", {}, 100_000),
        ("free", {}, None),
        ("", {}, None),
    ],
)
def test_money_is_read_exactly(tmp_path, written, value, micros):
    text = f'who,what,at,sum\n1,a,2024-01-05,"{written}"\n'
    rows, report = one(tmp_path, text, value={"column": "sum", **value})
    assert rows[0]["value"] == micros
    assert bool(report.unread) == (written == "free")


def test_money_in_another_currency_is_left_out_and_counted(tmp_path):
    text = "who,what,at,sum,cur\n1,a,2024-01-05,5,EUR\n1,a,2024-01-06,6,usd\n1,a,2024-01-07,,usd\n"
    value = {"column": "sum", "currency": "EUR", "currency_column": "cur"}
    rows, report = one(tmp_path, text, value=value)
    assert [row["value"] for row in rows] == [5_000_000, None, None]
    assert report.unread == {"value_in_other_currency": (1, ("row 2",))}
    assert report.unread_words() == (
        "f.csv: 1 touchpoint kept without the amount of money, which is in another currency "
        "(row 2).",
    )


def test_money_that_cannot_be_read_in_the_currency_that_counts_is_told_apart(tmp_path):
    text = "who,what,at,sum,cur\n1,a,2024-01-05,free,EUR\n1,a,2024-01-06,6,usd\n"
    value = {"column": "sum", "currency": "EUR", "currency_column": "cur"}
    _, report = one(tmp_path, text, value=value)
    assert {code: n for code, (n, _) in report.unread.items()} == {
        "value_unreadable": 1,
        "value_in_other_currency": 1,
    }


@pytest.mark.parametrize(
    ("answer", "score", "mood"),
    [
        ("0", {"scale": "nps"}, -1000),
        ("6", {"scale": "nps"}, -200),
        ("10", {"scale": "nps"}, 1000),
        ("1", {"scale": "csat"}, -1000),
        ("3", {"scale": "csat"}, 0),
        ("4/5", {"scale": "stars"}, 500),
        ("7", {"scale": "ces"}, 1000),
        ("1", {"low": 5, "high": 1}, 1000),
        ("11", {"scale": "nps"}, None),
        ("", {"scale": "nps"}, None),
    ],
)
def test_V3_survey_answers_become_moods_on_one_scale(tmp_path, answer, score, mood):
    rows, _ = one(
        tmp_path, f"who,what,at,q\n1,a,2024-01-05,{answer}\n", score={"column": "q", **score}
    )
    assert rows[0]["score"] == mood


def test_V2_the_mood_of_a_text_is_asked_for_and_not_taken_for_an_answer(tmp_path):
    (tmp_path / "f.csv").write_text("who,what,at,said\n1,a,2024-01-05,This is awful\n")
    for keys, asked in (({"text": "said"}, True), ({"text": "said", "mood": False}, False)):
        (delivery,) = deliveries([spec(**keys)], root=tmp_path, zone="UTC")
        assert delivery.mood is asked
        assert delivery.batches.read_all()["score"].to_pylist() == [None]


def test_a_definition_that_makes_other_rows_can_be_told_from_one_that_does_not(tmp_path):
    (tmp_path / "f.csv").write_text("who,what,at,said\n1,a,2024-01-05,This is awful\n")

    def told(zone: str = "UTC", **keys) -> str:
        (delivery,) = deliveries([spec(**keys)], root=tmp_path, zone=zone)
        delivery.batches.read_all()
        return delivery.definition

    assert told() == told() == told(files=["f.*"])
    assert len({told(), told(text="said"), told(zone="Europe/Berlin"), told(ignore="*")}) == 4


def test_a_profile_table_becomes_attributes_once_each(tmp_path):
    text = "who,age,source\n1,30,web\n1,30,web\n2,,ad\n,5,ad\n"
    rows, report = one(tmp_path, text, time=None, touchpoint=None, attributes="*")
    assert rows == [
        {"source": "s", "id.customer": "1", "age": "30", "source_": "web"},
        {"source": "s", "id.customer": "2", "age": None, "source_": "ad"},
    ]
    assert (report.rows, report.merged, report.n_quarantined) == (4, 1, 1)


def test_a_source_can_give_touchpoints_and_attributes(tmp_path):
    (tmp_path / "f.csv").write_text("who,what,at,age\n1,a,2024-01-05,30\n")
    kinds = [d.kind for d in deliveries([spec(attributes="age")], root=tmp_path, zone="UTC")]
    assert kinds == ["touchpoints", "attributes"]


def test_columns_that_are_not_there_are_all_named_at_once(tmp_path):
    with pytest.raises(DefinitionError) as caught:
        one(tmp_path, LOG, customer="whom", touchpoint="watt")
    assert len(caught.value.problems) == 2
    assert "did you mean 'who'?" in caught.value.problems[0]
    assert "did you mean 'what'?" in caught.value.problems[1]


@pytest.mark.parametrize("name", ['a"b', "a'b", "a; DROP TABLE x", "select", "ü 你", "a.b", "{x"])
def test_columns_may_be_called_anything(tmp_path, name):
    path = tmp_path / "f.parquet"
    pq.write_table(
        pa.table({name: ["1"], "what": ["a"], "at": ["2024-01-05"], f"{name}2": ["x"]}), path
    )
    rows, _ = mapped(
        tmp_path, spec(files="f.parquet", customer={"column": name}, ids={name: {"column": name}})
    )
    assert rows[0]["id.customer"] == rows[0][f"id.{name}"] == "1"
    assert json.loads(rows[0]["properties"]) == {f"{name}2": "x"}


def test_null_markers_mean_nothing_is_known_in_every_format(tmp_path):
    (tmp_path / "f.csv").write_text("who,what,at\n?,a,2024-01-05\n1,?,2024-01-05\n1,a,2024-01-05\n")
    assert len(mapped(tmp_path, spec(nulls="?"))[0]) == 1
    table = {"who": ["?", "1", "1"], "what": ["a", "?", "a"], "at": ["2024-01-05"] * 3}
    pq.write_table(pa.table(table), tmp_path / "f.parquet")
    assert len(mapped(tmp_path, spec(nulls="?", files="f.parquet"))[0]) == 1


@settings(max_examples=examples(25), deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["1", "2", ""]),
            st.sampled_from(["a", "b", ""]),
            st.sampled_from(["2024-01-05", "2024-01-06 10:00", "never", ""]),
        ),
        min_size=1,
        max_size=30,
    ),
    repeats=st.sampled_from(["keep", "once"]),
    where=st.sampled_from([None, "what = 'a'"]),
)
def test_R7_every_row_is_accounted_for(tmp_path_factory, rows, repeats, where):
    root = tmp_path_factory.mktemp("m")
    (root / "f.csv").write_text("who,what,at\n" + "".join(f"{','.join(row)}\n" for row in rows))
    found, report = mapped(root, spec(repeats=repeats, where=where))
    good = [
        r
        for r in rows
        if r[0] and r[1] and r[2] not in ("", "never") and (where is None or r[1] == "a")
    ]
    assert len(found) == (len(good) if repeats == "keep" else len(set(good)))
    assert report.rows == len(rows)


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_R18_records_do_not_depend_on_threads(tmp_path, threads):
    n = 300_000
    table = {"who": [str(i % 977) for i in range(n)], "what": ["a"] * n, "at": list(range(n))}
    pq.write_table(pa.table(table), tmp_path / "f.parquet", row_group_size=40_000)
    source = spec(files="f.parquet", time={"column": "at", "unit": "s"})
    (delivery,) = deliveries([source], root=tmp_path, zone="UTC", threads=threads)
    times = delivery.batches.read_all()["time_us"].to_numpy()
    assert (times == range(0, n * 10**6, 10**6)).all()


def test_files_left_aside_on_purpose_need_no_other_key_and_give_nothing(tmp_path):
    aside = SourceSpec(name="products", files="p.csv", aside="no customer in it")
    assert list(deliveries([aside], root=tmp_path, zone="UTC")) == []


def test_D1_records_come_in_batches_as_they_are_asked_for(tmp_path):
    n = 400_000
    table = {"who": [str(i) for i in range(n)], "what": ["a"] * n, "at": list(range(n))}
    pq.write_table(pa.table(table), tmp_path / "f.parquet", row_group_size=40_000)
    source = spec(files="f.parquet", time={"column": "at", "unit": "s"})
    (delivery,) = deliveries([source], root=tmp_path, zone="UTC")
    first = delivery.batches.read_next_batch()
    assert 0 < first.num_rows < n
    assert delivery.report.mapped == first.num_rows
    assert sum(batch.num_rows for batch in delivery.batches) == n - first.num_rows
    assert delivery.report.mapped == n


def test_a_key_that_only_late_records_have_is_found_and_kept(tmp_path):
    record = '{"who":1,"what":"a","at":"2024-01-05"}\n'
    late = '{"who":2,"what":"a","at":"2024-01-05","plan":"Pro","extra":{"x":1}}\n'
    (tmp_path / "f.csv").write_text(record * 20_001 + late)
    rows, _ = mapped(tmp_path, spec())
    assert json.loads(rows[-1]["properties"]) == {"plan": "Pro", "extra": {"x": 1}}
    rows, _ = mapped(tmp_path, spec(states={"plan": "plan"}))
    assert rows[-1]["state.plan"] == "Pro"


@pytest.mark.parametrize("word", ["epoch", "infinity", "-infinity"])
@pytest.mark.parametrize("format_", [(), ("%Y-%m-%d",)])
def test_words_that_sql_takes_for_moments_are_no_times(tmp_path, word, format_):
    time = {"column": "at", "format": format_}
    _, report = one(tmp_path, f"who,what,at\n1,a,{word}\n1,a,2024-01-05\n", time=time)
    assert report.quarantined["time_is_a_word"][0] == 1


def test_attributes_never_hide_a_column_of_the_record_or_the_customer(tmp_path):
    text = "who,customer,message_id,id_hi\n1,ACME,m,7\n"
    keys = {"customer": None, "ids": {"email": "who"}, "attributes": "*"}
    rows, _ = one(tmp_path, text, time=None, touchpoint=None, **keys)
    assert [list(row) for row in rows] == [
        ["source", "id.email", "customer_", "message_id_", "id_hi_"]
    ]


def test_a_table_of_two_ids_and_nothing_else_is_evidence(tmp_path):
    keys = {"ids": {"email": "mail"}, "attributes": "*"}
    rows, _ = one(tmp_path, "who,mail\n1,a@x.org\n", time=None, touchpoint=None, **keys)
    assert rows == [{"source": "s", "id.customer": "1", "id.email": "a@x.org"}]


def test_R7_the_dates_of_one_row_share_neither_its_money_nor_its_message_id(tmp_path):
    text = "who,no,paid,sent,sum,said\n1,7,2024-01-05,2024-01-06,5.00,fine\n2,8,,2024-01-07,3.00,\n"
    keys = {"dates": {"paid": "paid", "sent": "sent"}, "message_id": "no", "value": "sum"}
    rows, _ = one(tmp_path, text, time=None, touchpoint=None, text="said", **keys)
    found = [(row["touchpoint"], row["message_id"], row["value"], row["text"]) for row in rows]
    assert found == [
        ("paid", "7·paid", 5_000_000, "fine"),
        ("sent", "7·sent", None, None),
        ("sent", "8·sent", 3_000_000, None),
    ]
