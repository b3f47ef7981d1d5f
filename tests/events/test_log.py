import tracemalloc
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.deliveries import attributes, touchpoints
from tests.examples import examples
from trod._kernels.repeats import DUPLICATE
from trod._store.store import Store
from trod.errors import DefinitionError
from trod.events.event_id import event_ids
from trod.events.judged import _by_slot, judged
from trod.events.log import append
from trod.events.log_part import write_part
from trod.events.mood import mood
from trod.events.quarantined import SAME_ID

VISIT = {"id.customer": "ann", "touchpoint": "visit", "time_us": 5}
CALL = {"id.customer": "ann", "touchpoint": "call", "time_us": 5}


@pytest.fixture
def store(tmp_path):
    return Store.create(tmp_path / ".trod")


def stored(store: Store, kind: str = "touchpoints") -> list[dict]:
    found = []
    for part in store.manifest.of(kind):
        found += pq.read_table(pa.BufferReader(store.map(part))).to_pylist()
    return found


def counts(report) -> tuple[int, int, int, int]:
    return report.received, report.stored, report.duplicate, report.n_quarantined


def test_R5_delivering_the_same_file_again_adds_nothing(store):
    rows = [VISIT, CALL, VISIT, VISIT, {**VISIT, "message_id": "m1"}]
    (first,) = append(store, [touchpoints(rows)])
    (again,) = append(store, [touchpoints(rows, cuts=[2, 3])])
    assert counts(first) == (5, 5, 0, 0)
    assert counts(again) == (5, 0, 5, 0)
    assert len(stored(store)) == 5


def test_R5_repeats_inside_one_delivery_are_kept_and_counted(store):
    append(store, [touchpoints([VISIT, VISIT])])
    (more,) = append(store, [touchpoints([VISIT, VISIT, VISIT])])
    assert counts(more) == (3, 1, 2, 0)
    ids = {(row["id_hi"], row["id_lo"]) for row in stored(store)}
    assert len(ids) == 3
    assert len({hi for hi, _ in ids}) == 1


def test_R5_a_message_id_counts_once_in_a_delivery_and_between_deliveries(store):
    named = {**VISIT, "message_id": "m1"}
    (first,) = append(store, [touchpoints([named, named, CALL])])
    (again,) = append(store, [touchpoints([named])])
    assert counts(first) == (3, 2, 1, 0)
    assert counts(again) == (1, 0, 1, 0)


def test_the_same_message_id_of_another_source_is_another_touchpoint(store):
    named = {**VISIT, "message_id": "m1"}
    web, app = append(store, [touchpoints([named]), touchpoints([named], source="app")])
    assert counts(web) == counts(app) == (1, 1, 0, 0)


@pytest.mark.parametrize("apart", [False, True])
def test_R5_other_contents_of_a_message_id_are_kept_and_counted_as_quarantined(store, apart):
    one, other = {**VISIT, "message_id": "m1"}, {**CALL, "message_id": "m1"}
    if apart:
        append(store, [touchpoints([one])])
        (report,) = append(store, [touchpoints([other, one])])
        assert counts(report) == (2, 0, 1, 1)
    else:
        (report,) = append(store, [touchpoints([one, other])])
        assert counts(report) == (2, 1, 0, 1)
    assert report.quarantined == {SAME_ID: 1}
    assert {row["touchpoint"] for row in stored(store)} == {"visit", "call"}
    (again,) = append(store, [touchpoints([other, one, other])])
    assert counts(again) == (3, 0, 3, 0)


def test_R5_the_account_of_the_file_names_contradictions(store):
    rows = [{**VISIT, "message_id": "m1"}, {**CALL, "message_id": "m1"}]
    delivery = touchpoints(rows)
    append(store, [delivery])
    assert delivery.report.words() == (
        "web.csv: 1 row quarantined: same message id, other content.",
    )
    assert delivery.report.received == 2


def test_R5_what_the_lexicon_says_of_a_text_does_not_make_it_another_touchpoint(store, monkeypatch):
    rows = [{**VISIT, "text": "This is awful"}, {**CALL, "text": "awful", "score": 900}]
    append(store, [replace(touchpoints(rows), mood=True)])
    assert [row["score"] for row in stored(store)] == [mood("This is awful"), 900]
    monkeypatch.setattr("trod.events.mood.mood", lambda _: 7)
    (again,) = append(store, [replace(touchpoints(rows), mood=True)])
    assert counts(again) == (2, 0, 2, 0)


def test_a_source_that_is_defined_anew_is_refused_rather_than_counted_twice(store):
    append(store, [replace(touchpoints([VISIT, CALL]), definition="one")])
    append(store, [replace(touchpoints([CALL]), definition="one")])
    with pytest.raises(DefinitionError, match=r"2 rows of web\.csv that are on record"):
        append(store, [replace(touchpoints([VISIT]), definition="other")])
    append(store, [replace(touchpoints([VISIT], source="app"), definition="other")])


def test_R7_received_is_stored_and_duplicate_and_quarantined(store):
    (report,) = append(
        store,
        [
            touchpoints([VISIT, CALL], quarantined={"time_missing": 3}),
            touchpoints([CALL], file="other.csv", quarantined={"time_missing": 1, "no_id": 2}),
        ],
    )
    assert counts(report) == (9, 2, 1, 6)
    assert report.quarantined == {"time_missing": 4, "no_id": 2}


def test_a_file_with_a_new_empty_column_brings_nothing_new(store):
    append(store, [touchpoints([VISIT])])
    (report,) = append(store, [touchpoints([{**VISIT, "state.plan": None, "id.email": None}])])
    assert report.duplicate == 1


def test_a_value_in_another_column_is_another_touchpoint(store):
    one = {**VISIT, "text": "hello", "channel": None}
    other = {**VISIT, "text": None, "channel": "hello"}
    (report,) = append(store, [touchpoints([one, other])])
    assert report.stored == 2
    assert len({row["id_hi"] for row in stored(store)}) == 2


def test_no_text_is_not_an_empty_text(store):
    (report,) = append(store, [touchpoints([{**VISIT, "text": ""}, {**VISIT, "text": None}])])
    assert len({row["id_hi"] for row in stored(store)}) == report.stored == 2


def test_attribute_rows_are_deduplicated_likewise(store):
    rows = [{"id.customer": "ann", "plan": "free"}, {"id.customer": "bob", "plan": "paid"}]
    append(store, [attributes(rows)])
    (again,) = append(store, [attributes(rows)])
    assert (again.kind, *counts(again)) == ("attributes", 2, 0, 2, 0)
    assert len(stored(store, "attributes")) == 2


def test_nothing_is_written_when_a_delivery_fails(store):
    def broken():
        yield touchpoints([VISIT])
        raise OSError("the network is gone")

    with pytest.raises(OSError, match="network"):
        append(store, broken())
    assert Store.open(store.folder).manifest.parts == ()
    assert not list((store.folder / "touchpoints").iterdir())


def test_an_empty_delivery_changes_nothing(store):
    (report,) = append(store, [touchpoints([])])
    assert counts(report) == (0, 0, 0, 0)
    assert store.manifest.serial == 0


def test_D10_a_delivery_larger_than_memory_gives_the_same_log(tmp_path, monkeypatch):
    rows = [{**VISIT, "time_us": at // 3, "text": f"row {at // 2}"} for at in range(1000)]
    whole = Store.create(tmp_path / "whole")
    append(whole, [touchpoints(rows)])
    monkeypatch.setattr("trod.events.spool.CHUNK_ROWS", 100)
    monkeypatch.setattr("trod.events.judged.JUDGED_ROWS", 64)
    parts = Store.create(tmp_path / "parts")
    append(parts, [touchpoints(rows[:500])], memory_bytes=2000)
    append(parts, [touchpoints(rows, cuts=[77, 350])], memory_bytes=2000)
    assert len(parts.manifest.parts) > 5
    assert stored(parts) == stored(whole)
    assert not list(parts.folder.glob("scratch-*"))


@pytest.mark.parametrize("most_bits", [8, 26])
def test_D10_what_is_compared_at_once_stays_within_its_bound(store, monkeypatch, most_bits):
    monkeypatch.setattr("trod.events.judged._MOST_BITS", most_bits)
    monkeypatch.setattr("trod.events.judged.JUDGED_ROWS", 1 << 12)
    monkeypatch.setattr("trod.events.spool.CHUNK_ROWS", 20_000)
    rows = pa.table({"touchpoint": ["visit"] * 140_000, "time_us": range(140_000)})
    arriving = [event_ids(rows.slice(at, 20_000), "app") for at in range(0, 140_000, 20_000)]
    with store.write() as tx:
        for ids in arriving:
            halves = pa.table({"id_hi": ids.hi, "id_lo": ids.lo})
            write_part(tx, "touchpoints", halves, {"source": "app"})
        tx.commit()
    with store.write() as tx:
        judged(tx, "touchpoints", "app", arriving[:1])  # a loop compiled anew is not what is asked
        tracemalloc.start()
        verdicts = judged(tx, "touchpoints", "app", arriving)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert all((verdict == DUPLICATE).all() for verdict in verdicts)
    marks = 1 << min(most_bits, 22)
    assert most - marks < 2_000_000 < 140_000 * 16


def test_D10_few_rows_are_compared_with_a_large_log_in_one_go(store, monkeypatch):
    monkeypatch.setattr("trod.events.judged.JUDGED_ROWS", 1 << 12)
    rows = pa.table({"touchpoint": ["visit"] * 20_000, "time_us": range(20_000)})
    ids = event_ids(rows, "app")
    with store.write() as tx:
        write_part(
            tx, "touchpoints", pa.table({"id_hi": ids.hi, "id_lo": ids.lo}), {"source": "app"}
        )
        tx.commit()
    with store.write() as tx:
        parts = list(tx.parts("touchpoints"))
        few = event_ids(rows.slice(7, 5), "app")
        ((slot, known),) = _by_slot(tx, parts, [few])
        assert slot.of == 1
        assert 5 <= sum(hi.size for hi, _ in known) < 3_000
        assert len(list(_by_slot(tx, parts, [ids]))) > 1


rows_of_any_kind = st.lists(
    st.fixed_dictionaries(
        {
            "time_us": st.integers(0, 1),
            "touchpoint": st.sampled_from(["visit", "call"]),
            "id.customer": st.sampled_from(["ann", "bob"]),
            "message_id": st.sampled_from([None, None, "m1", "m2"]),
        }
    ),
    max_size=12,
)


@settings(max_examples=examples(40), deadline=None)
@given(rows=rows_of_any_kind, before=rows_of_any_kind, data=st.data())
def test_R6_the_order_inside_a_delivery_does_not_matter(tmp_path_factory, rows, before, data):
    shuffled = data.draw(st.permutations(rows))
    cuts = data.draw(st.lists(st.integers(0, 12), max_size=3))
    folder = tmp_path_factory.mktemp("log")
    logs = []
    for name, arriving, at in (("a", rows, ()), ("b", shuffled, cuts)):
        store = Store.create(folder / name)
        append(store, [touchpoints(before)])
        append(store, [touchpoints(arriving, cuts=at)])
        logs.append(sorted(map(repr, stored(store))))
    assert logs[0] == logs[1]
