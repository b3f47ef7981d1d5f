"""A company with planted truth: the demo, the docs and the tests walk through it.

Tallyfern sells reporting software to companies. Its files look as real tools export them: eight
sources, people and accounts, several devices a person, shared ones, a shared mailbox, cookies
that say `undefined`, messages that arrive twice. What is true about it stands in `answers.json`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from trod.errors import DataError
from trod.sample.answers import (
    FILE,
    Answers,
    Person,
    PlantedFriction,
    PlantedPath,
    StageTruth,
    answers,
)
from trod.sample.calendar import ZONE
from trod.sample.definition import TROD_YML
from trod.sample.files import Files
from trod.sample.passage import plan
from trod.sample.people import SHARED_MAILBOX, people
from trod.sample.touchpoints import touchpoints

__all__ = ["Answers", "Person", "PlantedFriction", "PlantedPath", "StageTruth", "company"]

COMPANY: Final = "Tallyfern"
FEWEST: Final = 100
"""With fewer customers, some touchpoint of the journey might never happen."""


def company(directory: Path | str, *, customers: int = 2000, seed: int = 7) -> Answers:
    """Write the files of an invented company, a trod.yml that reads them, and the truth.

    Parameters
    ----------
    directory
        Folder to write to: ``data/``, ``trod.yml`` and ``answers.json``. Made where missing;
        files of these names are replaced.
    customers
        People who evaluate the product. Colleagues whom they invite come on top.
    seed
        The same seed and size give the same bytes.

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
    Eighteen months, 2025-01-01 to 2026-06-30. About 60 touchpoints a customer; 20,000 customers
    take a few seconds.

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
    rngs = [
        np.random.Generator(np.random.PCG64(source))
        for source in np.random.SeedSequence([seed, customers]).spawn(5)
    ]
    passages = plan(rngs[0], customers)
    everyone = people(rngs[1], passages)
    rows = touchpoints(rngs[2], passages, everyone)
    steps = np.rint(np.exp(3.2 + 0.9 * rngs[3].standard_normal(everyone.n)))
    price = 240 + 40 * np.minimum(steps, 1_500).astype(np.int64)
    files = Files(folder / "data", rngs[4], everyone)
    files.write(rows, price=price)
    truth = answers(
        passages,
        everyone,
        rows,
        told={
            "company": COMPANY,
            "customers": customers,
            "seed": seed,
            "zone": ZONE,
            "sources": files.facts,
        },
        devices=files.devices,
        shared_ids={"email": (SHARED_MAILBOX,), "anonymous": tuple(files.shared)},
    )
    (folder / "trod.yml").write_text(TROD_YML, encoding="utf-8")
    truth.save(folder / FILE)
    return truth
