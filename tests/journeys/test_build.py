import duckdb
import numpy as np
import pyarrow as pa
import pytest

from tests.deliveries import attributes, fingerprint, journeys_of, touchpoints
from tests.strategies import DATA
from trod._store.store import Store
from trod.errors import DataError, StoreError
from trod.events.log import append
from trod.identity.resolve import resolve
from trod.identity.spec import IdentitySpec
from trod.journeys.batch import NO_SCORE, NO_STATE, NO_VALUE
from trod.journeys.build import build, from_arrow, load, save

MANY = [
    {
        "id.customer": f"c{at % 37}",
        "time_us": (at * 7919) % 500,
        "touchpoint": ["visit", "call", "pay"][at % 3],
        "channel": ["web", "phone", None][at % 5 % 3],
        "text": f"text {at}",
        "value": at,
    }
    for at in range(600)
]


@pytest.fixture
def store(tmp_path):
    return Store.create(tmp_path / ".trod")


def rows_of(journeys) -> dict[str, list[str]]:
    names = journeys.vocabulary.touchpoints
    return {
        who: [names[code] for code in batch.code[batch.offsets[at] : batch.offsets[at + 1]]]
        for batch in journeys
        for at, who in enumerate(batch.customer.to_pylist())
    }


def test_a_journey_is_in_order_of_time_then_declared_rank_then_name(store):
    rows = [
        {"id.customer": "ann", "time_us": 7, "touchpoint": name}
        for name in ("pay", "call", "signup", "mail")
    ]
    early = {"id.customer": "ann", "time_us": 1, "touchpoint": "pay"}
    journeys, _ = journeys_of(store, [touchpoints([*rows, early])], order=("signup", "unseen"))
    assert rows_of(journeys) == {"ann": ["pay", "signup", "call", "mail", "pay"]}
    assert journeys.vocabulary.touchpoints == ("signup", "call", "mail", "pay")


def test_what_a_touchpoint_carries_arrives(store):
    full = {
        "id.customer": "ann",
        "time_us": -5,
        "channel": "shop",
        "value": -7,
        "score": -1000,
        "state.plan": "free",
    }
    journeys, _ = journeys_of(store, [touchpoints([full, {"id.customer": "ann", "time_us": 3}])])
    (batch,) = journeys
    channels = [journeys.vocabulary.channels[code] for code in batch.channel]
    assert channels == ["shop", "unknown"]
    assert batch.time_us.tolist() == [-5, 3]
    assert batch.value.tolist() == [-7, NO_VALUE]
    assert batch.score.tolist() == [-1000, NO_SCORE]
    assert batch.states["plan"].tolist() == [0, NO_STATE]
    assert journeys.vocabulary.states == {"plan": ("free",)}


def test_columns_that_only_some_sources_have_are_empty_for_the_others(store):
    one = touchpoints([{"id.customer": "ann", "time_us": 1, "state.plan": "paid"}])
    two = touchpoints([{"id.customer": "ann", "time_us": 2, "state.stage": "x"}], source="app")
    journeys, _ = journeys_of(store, [one, two])
    (batch,) = journeys
    assert batch.states["plan"].tolist() == [0, NO_STATE]
    assert batch.states["stage"].tolist() == [NO_STATE, 0]


def test_every_row_leads_back_to_its_text_in_the_log(store):
    append(store, [touchpoints(MANY[:250])])
    journeys, _ = journeys_of(store, [touchpoints(MANY[250:], source="app")])
    for batch in journeys:
        assert journeys.text(batch.row) == [f"text {value}" for value in batch.value]
        assert journeys.text(batch.row[::-1][:2]) == [f"text {v}" for v in batch.value[::-1][:2]]
    assert journeys.text(np.zeros(0, np.int64)) == []


def test_customers_are_in_order_of_their_ids_in_each_of_sixteen_buckets(store):
    journeys, _ = journeys_of(store, [touchpoints(MANY)])
    assert 8 < len(journeys.batches) <= 16
    for batch in journeys:
        assert batch.customer.to_pylist() == sorted(batch.customer.to_pylist())
    assert journeys.n_customers == 37
    assert journeys.n_events == len(MANY)


def test_D10_sorting_a_few_buckets_at_a_time_gives_the_same_journeys(store, tmp_path):
    whole, people = journeys_of(store, [touchpoints(MANY)])
    build(store, people, unit="person", sorted_rows=50)
    assert fingerprint(load(store, "person", zone="UTC")) == fingerprint(whole)


def test_arrays_of_journeys_cannot_be_changed(store):
    journeys, _ = journeys_of(store, [touchpoints(MANY)])
    table = pa.table({"customer": ["a"], "touchpoint": ["x"], "time": [1]})
    for batch in (journeys.batches[0], from_arrow(table).batches[0]):
        with pytest.raises(ValueError, match="read-only"):
            batch.code[0] = 3


def test_journeys_stay_as_they_were_opened_while_the_log_goes_on(store):
    before, _ = journeys_of(store, [touchpoints(MANY[:100])])
    expected = fingerprint(before)
    store.grace_seconds = 0.0
    journeys_of(store, [touchpoints(MANY)])
    append(store, [touchpoints(MANY, source="app")])
    assert fingerprint(before) == expected


def test_rows_of_nobody_are_left_out_and_counted(store):
    rows = [{"id.customer": who, "time_us": 1} for who in ("ann", "null", None)]
    journeys, _ = journeys_of(store, [touchpoints(rows)])
    assert rows_of(journeys) == {"ann": ["visit"]}
    (summary,) = (p for p in store.manifest.of("journeys/person") if p.facts["holds"] == "summary")
    assert summary.facts["left_out"] == 2


@pytest.mark.parametrize("order", [1, -1])
def test_R5_of_two_contents_of_a_message_id_the_same_one_counts_in_any_order(store, order):
    rows = [
        {"touchpoint": "visit", "message_id": "m1", "id.customer": "ann", "id.anonymous": "a1"},
        {"touchpoint": "call", "message_id": "m1", "id.customer": "bob", "id.anonymous": "a1"},
        {"touchpoint": "mail", "message_id": "m2", "id.customer": "ann"},
    ]
    for row in rows[::order]:
        journeys, people = journeys_of(store, [touchpoints([row])])
    assert [batch.customer.to_pylist() for batch in journeys] == [["ann"]]
    names = journeys.vocabulary.touchpoints
    assert [names[code] for batch in journeys for code in batch.code] == ["mail", "visit"]
    assert people.edges.select(["id", "with_id"]).to_pylist() == [{"id": "ann", "with_id": "a1"}]


def test_an_empty_log_gives_no_journeys(store):
    journeys, _ = journeys_of(store)
    assert (journeys.n_customers, journeys.n_events, journeys.span_us()) == (0, 0, (0, 0))


def test_journeys_that_were_never_built_are_missed_with_a_word(store):
    with pytest.raises(StoreError, match="no journeys of unit 'account'"):
        load(store, "account", zone="UTC")


def test_people_of_an_older_log_are_refused(store):
    append(store, [touchpoints(MANY[:10])])
    people = resolve(store, IdentitySpec())
    append(store, [touchpoints(MANY)])
    with pytest.raises(StoreError, match="log has changed"):
        build(store, people, unit="person", order=())


def test_R4_a_cut_file_of_journeys_is_named(store):
    journeys_of(store, [touchpoints(MANY)])
    part = next(p for p in store.manifest.of("journeys/person") if p.facts["holds"] == "events")
    store.path(part).write_bytes(b"")
    with pytest.raises(StoreError, match=f"{part.path}: damaged"):
        load(store, "person", zone="UTC")


def test_attributes_are_one_row_for_each_customer_and_do_not_depend_on_the_order(store):
    rows = [
        {"id.customer": "bob", "plan": "paid", "city": None},
        {"id.customer": "ann", "plan": "paid", "city": "Porto"},
        {"id.customer": "ann", "plan": "free", "city": None},
    ]
    late = attributes([{"id.customer": "ann", "plan": "a", "size": "3"}], source="z", file="z.csv")
    web = touchpoints([{"id.customer": "ann", "time_us": 1}])
    journeys, _ = journeys_of(store, [late, attributes(rows), web])
    assert journeys.attributes is not None
    assert journeys.attributes.to_pylist() == [
        {"customer": "ann", "city": "Porto", "plan": "free", "size": "3"},
        {"customer": "bob", "city": None, "plan": "paid", "size": None},
    ]


def test_too_many_touchpoint_names_are_said_to_be_no_names(monkeypatch):
    monkeypatch.setattr("trod.journeys.vocabulary.MOST_TOUCHPOINTS", 3)
    table = pa.table({"customer": list("aaaa"), "touchpoint": list("wxyz"), "time": [1, 2, 3, 4]})
    with pytest.raises(DataError, match="4 different values of touchpoint, such as 'w' and 'x'"):
        from_arrow(table)


def test_from_arrow_gives_the_journeys_that_a_workspace_gives(store):
    table = pa.table(
        {
            "who": [row["id.customer"] for row in MANY],
            "what": [row["touchpoint"] for row in MANY],
            "when": pa.array([row["time_us"] for row in MANY], pa.timestamp("us", "UTC")),
            "channel": [row["channel"] for row in MANY],
            "value": [row["value"] for row in MANY],
        }
    )
    bare = from_arrow(
        table.to_batches(max_chunksize=100), customer="who", touchpoint="what", time="when"
    )
    full, _ = journeys_of(store, [touchpoints(MANY)])
    table_of = [sorted(_triples(journeys)) for journeys in (bare, full)]
    assert table_of[0] == table_of[1]
    assert [b.customer.to_pylist() for b in bare] == [b.customer.to_pylist() for b in full]


def _triples(journeys):
    for batch in journeys:
        owner = np.repeat(np.array(batch.customer.to_pylist()), np.diff(batch.offsets))
        columns = (owner, batch.time_us, batch.code, batch.channel, batch.value)
        yield from zip(*(column.tolist() for column in columns), strict=True)


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ([1, 2], pa.int32()),
        ([1_000_000, 2_000_000], pa.int64()),
        ([1, 2], pa.timestamp("s", "Europe/Berlin")),
    ],
)
def test_from_arrow_reads_integers_and_any_timestamp(column, kind):
    table = pa.table({"customer": [7, 7], "touchpoint": ["a", "b"], "time": pa.array(column, kind)})
    (batch,) = from_arrow(table)
    assert batch.customer.to_pylist() == ["7"]
    factor = 1_000_000 if pa.types.is_timestamp(kind) else 1
    assert batch.time_us.tolist() == [value * factor for value in column]


def test_from_arrow_says_what_is_missing():
    with pytest.raises(DataError, match="unknown column 'time': did you mean 'times'"):
        from_arrow(pa.table({"customer": ["a"], "touchpoint": ["x"], "times": [1]}))
    with pytest.raises(DataError, match="customer is null in 1 rows"):
        from_arrow(pa.table({"customer": ["a", None], "touchpoint": ["x", "y"], "time": [1, 2]}))
    with pytest.raises(DataError, match="time is double: need a timestamp"):
        from_arrow(pa.table({"customer": ["a"], "touchpoint": ["x"], "time": [1.5]}))


def test_from_arrow_of_nothing_is_empty():
    assert from_arrow([]).n_customers == 0


def test_touchpoints_that_a_dictionary_holds_but_no_row_has_get_no_code():
    names = pa.DictionaryArray.from_arrays(pa.array([1], pa.int8()), pa.array(["gone", "x"]))
    table = pa.table({"customer": ["a"], "touchpoint": names, "time": [1]})
    assert from_arrow(table).vocabulary.touchpoints == ("x",)


HELPDESK = DATA / "process_tax2017" / "helpdesk.parquet"


def pairs_of(journeys) -> dict[tuple[str, str], int]:
    """How often one touchpoint directly follows another."""
    names = journeys.vocabulary.touchpoints
    counts: dict[tuple[str, str], int] = {}
    for batch in journeys:
        last = np.zeros(batch.n_events, np.bool_)
        last[batch.offsets[1:] - 1] = True
        here = np.flatnonzero(~last)
        for pair in zip(batch.code[here].tolist(), batch.code[here + 1].tolist(), strict=True):
            key = names[pair[0]], names[pair[1]]
            counts[key] = counts.get(key, 0) + 1
    return counts


@pytest.mark.skipif(not HELPDESK.exists(), reason="the real help desk log is not there")
def test_D10_the_real_help_desk_log_has_the_pairs_that_plain_sql_counts(store):
    with duckdb.connect() as con:
        log = con.sql(
            "SELECT CAST(CaseID AS VARCHAR) AS who, CAST(ActivityID AS VARCHAR) AS what, "
            f"epoch_us(CAST(CompleteTimestamp AS TIMESTAMP)) AS moment FROM '{HELPDESK}'"
        ).to_arrow_table()
        plain = con.sql(
            "SELECT what, following, count(*) FROM (SELECT what, lead(what) OVER "
            "(PARTITION BY who ORDER BY moment, what) AS following FROM log) "
            "WHERE following IS NOT NULL GROUP BY ALL"
        ).fetchall()
    expected = {(one, other): n for one, other, n in plain}
    assert sum(expected.values()) == 9906
    rows = [
        {"id.customer": row["who"], "touchpoint": row["what"], "time_us": row["moment"]}
        for row in log.to_pylist()
    ]
    full, _ = journeys_of(store, [touchpoints(rows)])
    bare = from_arrow(log, customer="who", touchpoint="what", time="moment")
    assert pairs_of(full) == pairs_of(bare) == expected


def test_bare_journeys_can_be_saved_and_mapped(store):
    table = pa.table(
        {
            "customer": [row["id.customer"] for row in MANY],
            "touchpoint": [row["touchpoint"] for row in MANY],
            "time": [row["time_us"] for row in MANY],
            "state.plan": [["free", None, "paid"][row["value"] % 3] for row in MANY],
        }
    )
    journeys = from_arrow(table)
    save(store, journeys)
    assert fingerprint(load(store, "person", zone="UTC")) == fingerprint(journeys)
