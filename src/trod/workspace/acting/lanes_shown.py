"""Customers in their lanes, one by one: the most urgent first, with reasons in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from trod.insights.wording import duration, in_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trod.actions.lanes.bars import Voice
    from trod.actions.lanes.lane import Lane, Why
    from trod.actions.lanes.view import Placed, Reason
    from trod.models.outcomes.health import Ways
    from trod.models.outcomes.told import Explained
    from trod.workspace.acting.lanes import Ground

_DAY_US: Final = 86_400_000_000
_REASONS: Final = 2  # of a score


def first(on: Ground, lane: Lane, top: int) -> list[int]:
    """Give the rows of the first customers of a lane: the likeliest, then the most signs."""
    rows = on.rows(lane).tolist()
    ids = on.looked.customer
    return sorted(rows, key=lambda r: (*_urgency(on, r), ids[r].as_py()))[:top]


def _urgency(on: Ground, row: int) -> tuple[float, float]:
    """Order by the probability of what speaks, then by signs, then by days in the stage."""
    voice, margin = speaker(on, row)
    chance = 0.0 if voice is None else -_probability(voice, margin)
    return chance, -float(on.looked.signs[row, -1])


def speaker(on: Ground, row: int) -> tuple[Voice | None, float]:
    """Give the score that speaks of a customer, and its log-odds: the farthest above its bar."""
    import numpy as np

    from trod.actions.lanes.lane import LANES

    good = on.now.lane[row] == LANES.index("expand")
    found = [
        (float(on.looked.margins[v.name][row, -1]), v)
        for v in on.voices
        if v.model.spec.bad != good and np.isfinite(on.looked.margins[v.name][row, -1])
    ]
    if not found:
        return None, np.nan
    margin, voice = max(found, key=lambda each: each[0] - bar_of(on, each[1]))
    return voice, margin


def bar_of(on: Ground, voice: Voice) -> float:
    """Give the log-odds from which a score points out."""
    return voice.bar(on.looked.margins[voice.name])


def _probability(voice: Voice, margin: float) -> float:
    import numpy as np

    return float(voice.model.probability(np.array([margin]))[0])


def placed(on: Ground, rows: Sequence[int], money: NDArray[np.int64]) -> tuple[Placed, ...]:
    """Tell some customers, with the reasons of their scores."""
    told = _explained(on, rows)
    ways = _ways(on, rows)
    return tuple(_one(on, r, told, ways, int(money[r])) for r in rows)


def _one(
    on: Ground,
    row: int,
    told: dict[tuple[str, str], Explained],
    ways: dict[str, Ways],
    money: int,
) -> Placed:
    from trod.actions.lanes.lane import LANES, WHYS
    from trod.actions.lanes.view import NEW, Placed
    from trod.journeys.batch import NO_VALUE

    customer = on.looked.customer[row].as_py()
    lane, why = LANES[on.now.lane[row]], WHYS[on.now.why[row]]
    before = on.then.lane[row]
    voice, margin = speaker(on, row)
    spec = None if voice is None else voice.model.spec
    return Placed(
        customer,
        on.plan.stages[on.looked.stage[row, -1]],
        lane,
        why,
        _reasons(on, row, why, told, ways.get(customer)),
        _remark(on, row, why, ways.get(customer)),
        LANES[before] if before >= 0 else NEW,
        "" if voice is None else voice.name,
        None if voice is None else _probability(voice, margin),
        None
        if voice is None or spec is None
        else voice.model.timing.window(
            int(on.looked.stage[row, -1]),
            float(on.looked.days[row, -1]),
            _probability(voice, margin),
            horizon_days=spec.within.days,
            value=spec.value,
        ),
        None if money == NO_VALUE else money,
    )


def _reasons(
    on: Ground,
    row: int,
    why: Why,
    told: dict[tuple[str, str], Explained],
    ways: Ways | None,
) -> tuple[Reason, ...]:
    """Say why, the deciding reason first."""
    from trod.actions.lanes.view import Reason

    voice, margin = speaker(on, row)
    found: list[Reason] = []
    if voice is not None and why in ("score", "growth", "fire", "safe"):
        found.append(Reason(_chance(voice, margin), "Estimated"))
        if why != "safe" and margin < bar_of(on, voice):
            found.append(Reason(_LATELY, "Estimated"))
        explained = told.get((voice.name, on.looked.customer[row].as_py()))
        some = () if explained is None else explained.reasons
        up = [r.words for r in some if (r.adds > 0) == (why != "safe")]
        found += [Reason(words, "Estimated") for words in up[:_REASONS]]
    if why == "stuck":
        found.append(Reason(_stuck(on, row), "Observed"))
    if why in ("signs", "fire"):
        found += [Reason(words, "Observed") for words in _signs(on, row)]
    if ways is not None:
        found += [Reason(words, "Observed") for words in _moving(ways, down=why not in _GOOD)]
    if why == "use":
        since = duration(on.plan.left_after_us)
        words = f"did something themselves in the last {since}; nothing points to trouble"
        found.insert(0, Reason(words, "Observed"))
    return tuple(found)


_LATELY: Final = "pointed out lately, and not below the bar by more than its usual wobble since"
_GOOD: Final = ("growth", "safe", "use")


def _chance(voice: Voice, margin: float) -> str:
    spec = voice.model.spec
    share = f"{100 * _probability(voice, margin):.0f}%"
    return f"{voice.name}: {share} within {spec.within.days} days"


def _stuck(on: Ground, row: int) -> str:
    stage = int(on.looked.stage[row, -1])
    limit = on.standing.threshold[stage]
    waits = duration(round(float(on.looked.days[row, -1]) * _DAY_US))
    usual = "" if limit is None else f"; nine in ten who go on take {duration(limit.stuck_us)}"
    return f"in {on.plan.stages[stage]} for {waits}{usual} or less"


def _signs(on: Ground, row: int) -> list[str]:
    from trod.models.outcomes.rules import rules_of

    signs = rules_of(on.bad, on.journeys.unit, on.plan.journey).signs
    met = on.looked.met[row, -1]
    return [sign.words for sign, m in zip(signs, met.tolist(), strict=True) if m]


def _moving(ways: Ways, *, down: bool) -> list[str]:
    way = "down" if down else "up"
    names = [name for name in ("use", "mood", "money") if getattr(ways, name) == way]
    words = {"use": f"use goes {way}", "mood": f"mood is {'bad' if down else 'good'}",
             "money": f"the last payment was {'less' if down else 'more'} than usual"}  # fmt: skip
    return [words[name] for name in names]


def _remark(on: Ground, row: int, why: Why, ways: Ways | None) -> str:
    """Say that little is known where it is: no tested score, and nothing to tell use by."""
    voice, _ = speaker(on, row)
    unknown = (
        []
        if ways is None
        else [n for n in ("use", "mood", "money") if getattr(ways, n) == "not known"]
    )
    if why != "unknown" and (voice is not None or len(unknown) < 2):
        return ""
    said = ["no tested score speaks of this stage"] if voice is None else []
    said += [f"{in_words(unknown, last='and')} not known"] if unknown else []
    if why == "unknown":
        stage = on.plan.stages[int(on.looked.stage[row, -1])]
        waits = duration(round(float(on.looked.days[row, -1]) * _DAY_US))
        said.append(f"did nothing themselves lately; in {stage} for {waits}")
    return f"little is known: {'; '.join(said)}"


def _explained(on: Ground, rows: Sequence[int]) -> dict[tuple[str, str], Explained]:
    """Explain the scores that speak of some customers, by outcome and customer."""
    from trod.models.outcomes.told import explained

    asked: dict[str, list[str]] = {}
    for r in rows:
        voice, _ = speaker(on, r)
        if voice is not None:
            asked.setdefault(voice.name, []).append(on.looked.customer[r].as_py())
    found: dict[tuple[str, str], Explained] = {}
    for voice in on.voices:
        if voice.name in asked:
            told = explained(on.journeys, on.plan, voice.model, asked[voice.name], on.moment_us)
            found |= {(voice.name, who): each for who, each in told.items()}
    return found


def _ways(on: Ground, rows: Sequence[int]) -> dict[str, Ways]:
    """Say where use, mood and money of some customers go."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from trod.models.features.moments import Moments
    from trod.models.outcomes.health import ways

    wanted = pa.array([on.looked.customer[r].as_py() for r in rows], pa.string())
    moments = []
    for batch in on.journeys:
        at = np.flatnonzero(pc.is_in(batch.customer, value_set=wanted).to_numpy(False))
        moments.append(Moments(at, np.full(at.size, on.moment_us, np.int64)))
    return {each.customer: each for each in ways(on.journeys, on.plan, moments)}
