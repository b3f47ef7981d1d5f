"""A pack put together from what was gathered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from trod.analyses.calendar_period import Period
    from trod.insights.credit import CreditView
    from trod.insights.journey_map import JourneyMap
    from trod.outcomes.board import Board
    from trod.outcomes.reviews.kept import Kept
    from trod.outcomes.reviews.packs import Contents
    from trod.outcomes.reviews.review import Pack, Review, Section
    from trod.workspace.acting.reviewing.gathering import Gathering

_WORDS: Final = (
    ("Observed", "what goes together in the record; it need not be the cause."),
    ("Estimated", "by a model, or without a control group."),
    ("Tested", "against customers held back by chance."),
    (
        "Range in brackets",
        "95%: where the figure may lie. Of plays it holds however often somebody looks.",
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A review, and what its pictures are drawn from."""

    review: Review
    map: JourneyMap
    board: Board | None  # of plays; None where none was tried, or the pack has none
    credit: CreditView | None


class Asked(NamedTuple):
    """What a part of a pack is made of."""

    of: Gathering
    before: Period
    now: Period
    last: Kept | None  # the last review of this pack that was kept


def review(of: Gathering, pack: Pack, period: str | None = None) -> Made:
    """Make a pack of a period: the last complete one on record by default.

    Parameters
    ----------
    of
        A workspace at a moment; several packs may be made of one gathering.
    pack
        "weekly", "monthly", "quarterly" or "executive".
    period
        2026-W40, 2026-09 or 2026-Q3.

    Raises
    ------
    DefinitionError
        If the period is written otherwise or lies outside of the record.
    NotEnoughDataError
        If no complete period is on record.
    DataError
        If nothing was ingested yet, or the file of costs cannot be read.
    """
    from trod.outcomes.reviews.kept import last
    from trod.outcomes.reviews.packs import PACKS
    from trod.outcomes.reviews.period import period as chosen

    now, before = chosen(period, pack, *of.span)
    with of.workspace.state() as state, state.read() as con:
        kept = last(con, pack, of.map.journey, before_us=of.now_us)
    asked, contents = Asked(of, before, now, kept), PACKS[pack]
    sections = {name: _PARTS[name](asked) for name in contents.sections}
    return Made(
        _together(asked, pack, contents, sections),
        of.map,
        board(of) if "plays" in sections else None,
        _view(of) if "credit" in sections else None,
    )


def _together(
    asked: Asked, pack: Pack, contents: Contents, sections: Mapping[str, Section]
) -> Review:
    from trod.insights.drill import options
    from trod.outcomes.reviews.review import Review
    from trod.outcomes.reviews.told_decisions import standing

    m, now = asked.of.map, asked.now
    return Review(
        pack,
        contents.title,
        m.journey,
        m.unit,
        now.text,
        now.words,
        asked.before.words,
        m.first_day,
        m.as_of,
        asked.of.decided.today.isoformat(),
        m.zone,
        m.currency,
        _headline(asked, contents, sections),
        _context(asked),
        tuple(sections.values()),
        _caveats(asked),
        _definitions(m, tuple(sections.values())),
        standing(asked.of.decided),
        _since(asked),
        options(m),
    )


def _definitions(m: JourneyMap, sections: Sequence[Section]) -> tuple[tuple[str, str], ...]:
    """Say what the words and the figures of a pack mean, each once."""
    from trod.outcomes.reviews.review import defined

    told = dict((*_WORDS, *defined(sections)))
    return tuple(
        (told | {word: meaning for word, meaning in m.definitions if word not in told}).items()
    )


def _headline(asked: Asked, contents: Contents, sections: Mapping[str, Section]) -> str:
    """Give the first headline that can be said."""
    from trod.outcomes.reviews.told_journey import headline

    found = asked.of.compared(asked.before, asked.now)
    said = {
        "map": headline(asked.of.map),
        "changes": "" if isinstance(found, str) else f"{found.headline}.",
    }
    for name in ("credit", "plays"):
        if name in sections and not sections[name].empty:
            said[name] = f"{sections[name].title}."
    told = (said.get(name, "") for name in contents.headline)
    return next(filter(None, told), f"{contents.title} of {asked.now.words}")


def _context(asked: Asked) -> tuple[str, ...]:
    m = asked.of.map
    over = "" if asked.now.after <= asked.of.span[1] + timedelta(days=1) else ", not over yet"
    return (
        f"{asked.now.words[:1].upper()}{asked.now.words[1:]} beside {asked.before.words}{over}",
        f"{m.entered.n:,} {m.unit} entered, {m.first_day} to {m.as_of}",
        f"Decisions as of {asked.of.decided.today}",
    )


def _caveats(asked: Asked) -> tuple[str, ...]:
    from trod.outcomes.reviews.told_changes import set_aside

    of = asked.of
    found = of.compared(asked.before, asked.now)
    told = () if isinstance(found, str) else set_aside(found)
    missing = tuple(f"Not looked at: {what}: {why}" for what, why in of.findings.not_looked)
    return tuple(dict.fromkeys((*told, *missing, *of.map.notes)))


def _since(asked: Asked) -> str:
    from trod.insights.wording import day

    return "" if asked.last is None else day(asked.last.kept_us, asked.of.workspace.zone)


def _when(of: Gathering) -> str:
    return f"{of.map.first_day} to {of.map.as_of}"


def _changes(asked: Asked) -> Section:
    from trod.outcomes.reviews.told_changes import changes, not_compared

    found = asked.of.compared(asked.before, asked.now)
    return not_compared(found) if isinstance(found, str) else changes(found)


def _due(asked: Asked) -> Section:
    from trod.outcomes.reviews.told_decisions import due

    return due(asked.of.decided)


def _last_time(asked: Asked) -> Section:
    from trod.outcomes.reviews.told_decisions import last_time, so_far

    decided = asked.of.decided
    before = so_far(decided) if asked.last is None else asked.last.decisions
    of = "" if asked.last is None else asked.last.id
    return last_time(before, _since(asked), of, decided)


def _decide(asked: Asked) -> Section:
    from trod.outcomes.reviews.told_decisions import to_decide

    found = asked.of.findings
    places = [entry.place for entry in found.entries]
    return to_decide(places, asked.of.decided.findings, found.currency)


def _friction(asked: Asked) -> Section:
    from trod.outcomes.reviews.told_journey import friction

    return friction(asked.of.map)


def _stages(asked: Asked) -> Section:
    from trod.outcomes.reviews.told_journey import stages

    return stages(asked.of.map)


def _adoption(asked: Asked) -> Section:
    from trod.outcomes.reviews.told_journey import adoption

    return adoption(asked.of.map)


def _metrics(asked: Asked) -> Section:
    from trod.outcomes.reviews.told_journey import metrics

    return metrics(asked.of.metrics, asked.of.map)


def board(of: Gathering) -> Board | None:
    """Give the scoreboard of plays; None where none was tried."""
    from trod.journeys.label import units
    from trod.outcomes import board as boards
    from trod.outcomes.judged import TooFew

    told = of.returned
    if isinstance(told, str):
        return None
    few = [p.judged for p in told.effects.plays if isinstance(p.judged, TooFew)]
    known = [p.effect for p in told.effects.plays if p.effect is not None]
    return boards.board(known, few, units(told.effects.unit))


def _plays(asked: Asked) -> Section:
    from trod.outcomes.reviews.told_effects import no_plays, plays
    from trod.workspace.acting.reviewing.gathering import verdict_of

    told, drawn = asked.of.returned, board(asked.of)
    if isinstance(told, str) or drawn is None:
        return no_plays(str(told))
    return plays([verdict_of(p) for p in told.effects.plays], drawn.title, told.effects.zone)


def _ledger(asked: Asked) -> Section:
    from trod.outcomes.ledger import Ledger
    from trod.outcomes.reviews.told_effects import ledger

    told = asked.of.returned
    found = Ledger((), None, None) if isinstance(told, str) else told.ledger
    return ledger(found, asked.of.map.currency, asked.of.map.as_of)


def _stop(asked: Asked) -> Section:
    from trod.outcomes.reviews.told_effects import stop_list

    told, m = asked.of.returned, asked.of.map
    stops = () if isinstance(told, str) else told.effects.stops
    return stop_list(stops, m.currency, m.unit, m.as_of)


def _hour(asked: Asked) -> Section:
    from trod.outcomes.reviews.told_effects import another_hour, no_hour

    week = asked.of.week
    return no_hour(week) if isinstance(week, str) else another_hour(week)


def _money(asked: Asked) -> Section:
    from trod.outcomes.reviews.told_effects import money_section
    from trod.workspace.acting.findings import current

    found, told = asked.of.findings, asked.of.returned
    first = next((e.place for e in found.entries if current(e.registered)), None)
    made = None if isinstance(told, str) else told.ledger
    worth = any(each.worth is not None for each in found.objectives)
    return money_section(first, made, found.currency, asked.of.map.as_of, worth=worth)


def _view(of: Gathering) -> CreditView | None:
    from trod.insights.credit import credit_view

    found = of.attributed
    return None if isinstance(found, str) else credit_view(found, "channel", of_money=False)


def _credit(asked: Asked) -> Section:
    from trod.outcomes.reviews.told_channels import credit, no_credit

    found, view = asked.of.attributed, _view(asked.of)
    if isinstance(found, str) or view is None:
        return no_credit(str(found))
    return credit(view, found.data.conversions, _when(asked.of))


def _paths(asked: Asked) -> Section:
    from trod.outcomes.reviews.told_channels import paths

    return paths(asked.of.paths, asked.of.map.unit, _when(asked.of))


def _channels(asked: Asked) -> Section:
    from trod.outcomes.reviews.told_channels import channels

    found = asked.of.reach(asked.before, asked.now)
    return channels(found, asked.of.map.unit, asked.before.words, asked.now.words)


def _spend(asked: Asked) -> Section:
    from trod.outcomes.reviews.told_channels import spend

    return spend(asked.of.spent, asked.of.map.currency, _when(asked.of))


def _open(asked: Asked) -> Section:
    from trod.outcomes.reviews.told_open import questions

    return questions(*asked.of.questions)


_PARTS: Final[Mapping[str, Callable[[Asked], Section]]] = {
    "changes": _changes,
    "due": _due,
    "last": _last_time,
    "decide": _decide,
    "friction": _friction,
    "stages": _stages,
    "adoption": _adoption,
    "metrics": _metrics,
    "plays": _plays,
    "ledger": _ledger,
    "stop": _stop,
    "hour": _hour,
    "money": _money,
    "credit": _credit,
    "paths": _paths,
    "channels": _channels,
    "spend": _spend,
    "open": _open,
}
