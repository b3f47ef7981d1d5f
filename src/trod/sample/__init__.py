"""A company with planted truth: the demo, the docs and the tests walk through it.

Tallyfern sells reporting software to companies. Its files look as real tools export them: twelve
channels, people and accounts, shared devices and mailboxes, clocks that are wrong, files that come
late or twice, months without tracking. What is true about it stands in `answers.json`; `docs/
sample.md` says where.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from trod.errors import DataError
from trod.sample import (
    anomaly,
    beliefs,
    files_billing,
    files_crm,
    files_in_person,
    files_online,
    files_service,
    files_survey,
    gaps,
    growth,
    habits,
    plays,
    rules,
    segments,
    signs,
    spend,
)
from trod.sample.accounts import accounts
from trod.sample.answers import (
    FILE,
    Answers,
    Person,
    PlantedFriction,
    PlantedPath,
    StageTruth,
    SubjectTruth,
)
from trod.sample.calendar import NEVER, ZONE
from trod.sample.calendar import at as at_day
from trod.sample.definition import TROD_YML
from trod.sample.draws import Index, stream
from trod.sample.files import Files
from trod.sample.passage import Passages, plan
from trod.sample.people import People, people
from trod.sample.sharing import MAILBOX, SHARED_MAILBOX, SharedId, test_accounts
from trod.sample.subjects import SUBJECTS
from trod.sample.tape import Rows
from trod.sample.touchpoints import touchpoints
from trod.sample.truth import DONE, LEFT, Evidence, Standing, answers, standing

__all__ = [
    "Answers",
    "Person",
    "PlantedFriction",
    "PlantedPath",
    "SharedId",
    "StageTruth",
    "company",
]

COMPANY: Final = "Tallyfern"
_PARTS: Final = (
    "accounts",
    "segments",
    "plan",
    "people",
    "touchpoints",
    "habits",
    "price",
    "files",
    "growth",
    "subjects",
    "signs",
)
FEWEST: Final = 100
"""With fewer customers, some touchpoint of the journey might never happen."""


def company(
    directory: Path | str,
    *,
    customers: int = 2000,
    seed: int = 7,
    alike: bool = False,
    drop: str | None = None,
) -> Answers:
    """Write the files of an invented company, a trod.yml that reads them, and the truth.

    Parameters
    ----------
    directory
        Folder to write to: ``data/``, ``late/`` (deliveries that came after the others),
        ``trod.yml`` and ``answers.json``. Made where missing; files of these names are replaced.
    customers
        People who evaluate the product. Colleagues whom they invite come on top.
    seed
        The same seed and size give the same bytes.
    alike
        Whether everybody behaves alike: a company in which there are no segments to be found, and
        no new ones.
    drop
        ISO date from which on 40 points more of those who sign up leave while they connect; None
        for no such drop.

    Returns
    -------
    Answers
        Who is who, where each customer stands, and what was planted.

    Raises
    ------
    DataError
        If there are fewer than a hundred customers.

    Notes
    -----
    Eighteen months, 2025-01-01 to 2026-06-30. About 105 touchpoints a customer; 20,000 customers
    take about ten seconds.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     truth = company(folder, customers=200)
    >>> truth.stages[0].name, truth.stages[0].reached
    ('Evaluate', 200)
    """
    if customers < FEWEST:
        raise DataError(f"customers is {customers}: a company needs {FEWEST} or more.")
    folder = Path(directory)
    chance = {part: stream(seed, customers, part) for part in _PARTS}
    where = accounts(chance["accounts"], customers)
    passages = plan(
        chance["plan"],
        where,
        segments.draw(chance["segments"], customers, alike=alike),
        drop_s=None if drop is None else at_day(drop),
    )
    everyone = people(chance["people"], passages, where)
    happened, grown = touchpoints(chance["touchpoints"], chance["growth"], passages, everyone)
    steps = np.rint(np.exp(3.2 + 0.9 * chance["price"].standard_normal(everyone.n)))
    price = 240 + 40 * np.minimum(steps, 1_500).astype(np.int64)
    paid = np.zeros(everyone.n, np.int64)
    np.add.at(paid, happened["billing"].person, files_billing.amounts(happened["billing"], price))
    rows, lost = gaps.apply(happened, everyone, paid)
    files = Files(folder, chance["files"], everyone, chance["subjects"])
    _write(files, rows, passages, price, grown.seats)
    at = standing(passages, rows, everyone.n)
    truth = answers(
        _evidence(files, rows, passages),
        at,
        told={
            "company": COMPANY,
            "customers": customers,
            "seed": seed,
            "zone": ZONE,
            "sources": files.facts,
            "test_accounts": test_accounts(),
            "gaps": lost,
            "anomaly": anomaly.truth(rows["app"]),
            "growth": growth.truth(passages, grown, rows["billing"]),
            "subjects": tuple(SubjectTruth(one.name, one.marks) for one in SUBJECTS),
            **_judged(passages, everyone, rows, at),
            **_dirt(files),
        },
    )
    planted = signs.write(
        chance["signs"], files, passages, rows["billing"], truth.showcase.customer
    )
    truth = replace(truth, rules=(*truth.rules, *planted))
    habits.write(chance["habits"], files, passages, rows, truth.showcase.customer)
    (folder / "trod.yml").write_text(TROD_YML, encoding="utf-8")
    (folder / beliefs.FILE).write_text(beliefs.HYPOTHESES_YML, encoding="utf-8")
    (folder / spend.FILE).write_text(spend.SPEND_CSV, encoding="utf-8")
    truth.save(folder / FILE)
    return truth


def _write(
    files: Files, rows: dict[str, Rows], passages: Passages, price: Index, seats: Index
) -> None:
    """Write every file."""
    files_online.web(files, rows["web"])
    files_online.app(files, rows["app"], test_accounts())
    files_online.email(files, rows["email"])
    files_crm.contacts(files, passages)
    files_crm.tasks(files, rows["crm"])
    files_crm.opportunities(files, rows["crm"], price)
    files_crm.logins(files)
    files_service.support(files, rows["support"])
    files_service.chat(files, rows["chat"])
    files_service.community(files, rows["community"])
    files_survey.surveys(files, rows["survey"])
    files_in_person.calls(files, rows["calls"])
    files_in_person.visits(files, rows["visits"])
    files_in_person.till(files, rows["till"])
    files_billing.billing(files, rows["billing"], price, seats)


def _evidence(files: Files, rows: dict[str, Rows], passages: Passages) -> Evidence:
    """Say whose ids stand in the files."""
    everyone = files.people
    agency = np.flatnonzero(everyone.in_mailbox).tolist()
    files.used.note("email", MAILBOX, [SHARED_MAILBOX] * len(agency), agency)
    shared = files.used.shared(everyone.user, everyone.sharing)
    own = files.devices & set(files.all_devices())
    return Evidence(passages, everyone, rows, own, files.used.owners(), shared)


def _judged(
    passages: Passages, everyone: People, rows: dict[str, Rows], at: Standing
) -> dict[str, object]:
    """Judge the rules and the plays by how customers truly ended."""
    left = at.status == LEFT
    later = left & (at.furthest >= 2)
    ended = (at.furthest >= 2) & (left | (at.status == DONE))
    outcome = {
        plays.CALL_OFFER.name: left & (at.furthest == 1),
        plays.WIN_BACK.name: passages.back_s != NEVER,
        plays.REMINDER.name: left & (at.furthest == 4),
    }
    return {
        "rules": rules.truth(passages, everyone, rows, later, ended),
        "plays": tuple(plays.truth(passages.tried, outcome, at.furthest >= 0)),
    }


def _dirt(files: Files) -> dict[str, object]:
    """Tell what was made dirty."""
    dirt = files.dirt
    return {
        "skewed_devices": tuple(dirt.skewed),
        "clocks_off": tuple(dirt.clocks),
        "clock_changes": tuple(dirt.changes),
        "delivered_twice": tuple(dirt.twice),
        "late_files": tuple(dirt.late),
        "broken_rows": tuple(dirt.broken),
        "drift": tuple(dirt.drift),
        "personal_data": tuple(dirt.personal),
    }
