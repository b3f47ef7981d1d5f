"""Power cuts and kills while deliveries arrive: no row is lost, none is there twice."""

from random import Random

import pytest

from tests._store.ingest_outage import IngestOutage, Right, company
from tests._store.simfs import Fault
from trod.events import log
from trod.workspace import ingesting


@pytest.fixture(scope="module")
def right(tmp_path_factory):
    return Right.of(company(tmp_path_factory.mktemp("company")))


def test_R2_a_power_cut_at_every_call_of_an_ingest_loses_and_doubles_nothing(right):
    played = IngestOutage(right, Random(1), cuts=20).play()
    assert not played.found
    assert played.cases >= 5000
    assert len(right.seen.survived) > 5, "many states were seen, and went on from"


@pytest.mark.parametrize("at", [30, 88, 150, 270])
def test_R2_a_killed_ingest_is_done_again_and_then_the_power_is_cut(right, at):
    played = IngestOutage(right, Random(at), cuts=1)
    played.disk.kill_at = at
    played.play()
    assert not played.found


@pytest.mark.parametrize(("at", "what"), [(44, "ENOSPC"), (120, "EIO")])
def test_R3_an_ingest_on_a_failing_disk_is_done_again(right, at, what):
    played = IngestOutage(right, Random(at), cuts=1)
    played.disk.fault = Fault(at, what, until=at + 10)
    played.play()
    assert not played.found


def test_R2_accounts_kept_apart_from_their_rows_are_found(right, monkeypatch):
    def append(store, deliveries, *, account, **told):
        reports = log.append(store, deliveries, **told)
        with store.write() as tx:
            account(tx, reports)
            tx.commit()
        return reports

    monkeypatch.setattr(ingesting, "append", append)
    played = IngestOutage(right, Random(1), cuts=3).play()
    assert "accounts do not add up" in played.found[0]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_R2_R3_a_long_campaign_of_ingests(right, seed):
    cases = 0
    for at in range(1 + seed, 300, 4):
        played = IngestOutage(right, Random(at), cuts=4)
        if at % 3:
            played.disk.kill_at = at
        else:
            played.disk.fault = Fault(
                at, Random(at).choice(["EIO", "ENOSPC", "short"]), at + at % 7
            )
        assert not played.play().found
        cases += played.cases
    assert cases >= 40_000
