"""The fitted model of what comes next: counts, a setting, and the usual times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.journeys.batch import JourneyBatch
from trod.models.next.chance import Chances, Setting, best_first
from trod.models.next.grams import GramsResult, contexts
from trod.models.next.judged import FIRST_ORDER, POPULARITY
from trod.models.next.waits import WaitsResult
from trod.models.stored import Stored

SHOWN: Final = 5


class Wait(NamedTuple):
    """How long something usually takes to come, of those to whom it came."""

    n: int
    median_us: int
    p90_us: int


class Guess(NamedTuple):
    """One touchpoint that may come next."""

    touchpoint: str
    chance: float  # where anything comes
    first_order: float  # the share of it after the last touchpoint, at any time
    popularity: float  # the share of it among everything that ever came next
    wait: Wait | None  # until it, after the last touchpoint; None where it never came after it


class Outlook(NamedTuple):
    """What may come next after one touchpoint of one customer."""

    guesses: tuple[Guess, ...]  # the likeliest first
    end: float | None  # chance that nothing comes, after so long a wait; None: not known
    after: tuple[str | None, ...]  # touchpoints that the guess stands on; None is the start
    n: int  # moves on record after these
    wait: Wait | None  # until anything comes


@dataclass(frozen=True, slots=True, eq=False)
class NextModel:
    """Counts of what followed which touchpoints, and how they are read."""

    names: tuple[str, ...]
    setting: Setting
    counts: GramsResult
    waits: WaitsResult
    left_after_us: int

    def stored(self) -> Stored:
        """Give it as plain arrays and facts."""
        facts = {
            "names": list(self.names),
            "setting": self.setting._asdict(),
            "left_after_us": self.left_after_us,
        }
        counts = {f"counts_{name}": of for name, of in self.counts._asdict().items()}
        waits = {f"waits_{name}": of for name, of in self.waits._asdict().items()}
        return Stored(facts, {**counts, **waits})

    @classmethod
    def of(cls, stored: Stored) -> NextModel:
        """Read what `stored` gave."""
        arrays = stored.arrays
        return cls(
            names=tuple(stored.facts["names"]),
            setting=Setting(**stored.facts["setting"]),
            counts=GramsResult(
                int(arrays["counts_base"]),
                *(arrays[f"counts_{name}"] for name in GramsResult._fields[1:]),
            ),
            waits=WaitsResult(*(arrays[f"waits_{name}"] for name in WaitsResult._fields)),
            left_after_us=int(stored.facts["left_after_us"]),
        )

    def chances(self, setting: Setting | None = None) -> Chances:
        """Weigh the counts, as they were found to foretell best or in another way."""
        return Chances.of(self.counts, setting or self.setting)

    def contexts(self, batch: JourneyBatch, row: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the contexts at some rows of a batch, (n, order + 2).

        A touchpoint that the model never saw has the digit of the end, after which nothing was
        counted: such contexts are unknown, and shorter ones speak.
        """
        known = {name: code for code, name in enumerate(self.names)}
        codes = [known.get(name, len(self.names) + 1) for name in batch.vocabulary.touchpoints]
        code = np.array([*codes, 0], np.uint16)[batch.code]
        return contexts(batch, code, row, self.counts.base, self.setting.order)

    def wait(self, source: int, target: int | None = None) -> Wait | None:
        """Give the usual time from a touchpoint to another, or to whichever comes."""
        wanted = len(self.names) if target is None else target
        at = np.flatnonzero((self.waits.source == source) & (self.waits.target == wanted))
        if at.size == 0:
            return None
        return Wait(*(int(of[at[0]]) for of in self.waits[2:5]))

    def ended(
        self, end: NDArray[np.float64], source: int | None, waited_us: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Give the chance that nothing comes, of those who have waited for so long already.

        By Bayes' rule: the longer somebody waits compared with those to whom something came after
        the same touchpoint, the likelier it is that nothing will.
        """
        if source is None:
            return end
        come = (1 - end) * self.waits.longer(source, waited_us)
        return np.divide(end, end + come, out=np.ones_like(end), where=end + come > 0)

    def outlook(
        self, batch: JourneyBatch, row: int, waited_us: int = 0, shown: int = SHOWN
    ) -> Outlook:
        """Say what may come after one touchpoint.

        Parameters
        ----------
        batch
            The customers; of a vocabulary that may have grown since the model was fitted.
        row
            Row of the touchpoint.
        waited_us
            Time since then in which nothing came.
        shown
            How many guesses to give.
        """
        at = self.contexts(batch, np.array([row], np.int64))
        chances = self.chances()
        found = chances.table(at)
        beside = [self.chances(way).table(at).chance[0] for way in (FIRST_ORDER, POPULARITY)]
        waited = np.array([waited_us], np.int64)
        last = self.code(batch.vocabulary.touchpoints[batch.code[row]])
        end = self.ended(found.end, last, waited)
        guesses = tuple(
            Guess(
                self.names[code],
                round(float(found.chance[0, code]), 6),
                round(float(beside[0][code]), 6),
                round(float(beside[1][code]), 6),
                None if last is None else self.wait(last, code),
            )
            for code in best_first(found.chance, shown)[0].tolist()
        )
        return Outlook(
            guesses,
            round(float(end[0]), 6) if chances.knows_end else None,
            self._after(batch, row, int(found.length[0])),
            int(found.seen[0]),
            None if last is None else self.wait(last),
        )

    def code(self, name: str) -> int | None:
        """Give the code of a touchpoint; None where the model never saw it."""
        return self.names.index(name) if name in self.names else None

    def _after(self, batch: JourneyBatch, row: int, length: int) -> tuple[str | None, ...]:
        c = int(np.searchsorted(batch.offsets, row, side="right")) - 1
        first = int(batch.offsets[c])
        names = batch.vocabulary.touchpoints
        rows = range(row - length + 1, row + 1)
        return tuple(None if i < first else names[batch.code[i]] for i in rows)
