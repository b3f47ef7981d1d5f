"""R6, P13: the map is the same bytes whatever the order and the batches its rows came in."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from trod import Workspace

HEADER = "id,person,email,company,happened,at,paid,said,rating\n"
PROJECT = """
sources:
  - name: log
    files: "*.csv"
    message_id: id
    customer: person
    ids: {email: email}
    account: company
    touchpoint: happened
    time: at
    channel: {column: happened, map: {call: phone, ticket: support}, otherwise: web}
    value: {column: paid, currency: EUR}
    text: said
    score: {column: rating, scale: nps}
events: {zone: UTC, currency: EUR, order: [visit, signup]}
"""
NO_TIME = "soon"  # such rows are rejected: each delivery of one is one rejected row
STEPS = ("visit", "signup", "invite", "ticket", "call", "pay", "cancel")
SAID = ("", "", "keeps crashing, I want a refund", "love it, thank you", "it is on the invoice")


def rows_with_many_equal_times(seed: int, n_people: int = 60) -> list[str]:
    """Give rows of a log in which most touchpoints share their minute with others."""
    rng = random.Random(seed)
    rows = []
    for person in range(n_people):
        for _ in range(rng.randint(1, 14)):
            step = rng.choice(STEPS)
            day, minute = rng.randint(1, 9), rng.choice((0, 0, 0, 30))
            known = f"p{person}" if rng.random() < 0.8 else ""
            email = f"P{person % 40}@example.com" if rng.random() < 0.4 or not known else ""
            paid = rng.choice(("9.99", "0.10", "120")) if step == "pay" else ""
            said = rng.choice(SAID) if step in {"ticket", "call"} else ""
            rating = rng.choice(("", "0", "7", "10"))
            at = f"2026-03-0{day} 10:{minute:02}" if rng.random() < 0.97 else NO_TIME
            rows.append(
                f'{len(rows)},{known},{email},c{person % 9},{step},{at},{paid},"{said}",{rating}\n'
            )
    return rows


def digest_of_map(folder: Path, rows: list[str], rng: random.Random) -> str:
    """Deliver the rows in a random order and in random batches; hash the map of both units."""
    folder.mkdir()
    (folder / "trod.yml").write_text(PROJECT)
    workspace = Workspace.init(folder)
    bad = [row for row in rows if NO_TIME in row]
    good = [row for row in rows if NO_TIME not in row]
    left = rng.sample(rows, len(rows))
    while left:
        some = rng.randint(1, len(left))
        batch, left = left[:some], left[some:]
        again = rng.sample(good, rng.randint(0, 5))  # late repeats of what may have come before
        file = folder / f"{rng.randrange(10**9)}.csv"
        file.write_text(HEADER + "".join(batch + again))
        workspace.ingest([file])
    what = "a word stands where the time is expected"
    left_out = f"log: {len(bad)} rows quarantined: {what}."
    assert workspace.map().data.notes[0] == left_out
    made = hashlib.sha256()
    for unit in ("person", "account"):
        made.update(workspace.map(unit=unit).to_json().encode())
    return made.hexdigest()


def digests(folder: Path, *, runs: int, seed: int) -> set[str]:
    rows = rows_with_many_equal_times(seed)
    return {digest_of_map(folder / str(run), rows, random.Random(run)) for run in range(runs)}


def test_R6_any_order_and_any_batches_give_the_same_bytes(tmp_path: Path) -> None:
    assert len(digests(tmp_path, runs=3, seed=1)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_R6_a_thousand_orders_and_batches_give_the_same_bytes(tmp_path: Path, seed: int) -> None:
    assert len(digests(tmp_path, runs=100, seed=seed)) == 1
