"""Scores and health as a terminal tells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from trod.app import say
from trod.events.counted import count
from trod.insights.wording import chance, day_ended

if TYPE_CHECKING:
    from trod.models.outcomes.drift import Drift
    from trod.workspace.healthy import Health
    from trod.workspace.scoring import Past, Scored, ScoreList


def lists(found: Sequence[ScoreList], past: Mapping[str, Sequence[Past]]) -> str:
    """Tell the likeliest customers of each outcome, one below the other."""
    told = [_list(each, past.get(each.name, ())) for each in found if each.shown or not past]
    if not told:
        names = ", ".join(each.name for each in found)
        return say.folded(f"Not asked about now: in no stage of {names}, or gone.", more="")
    return "\n\n".join([*told, _note(found)])


def _list(each: ScoreList, past: Sequence[Past]) -> str:
    as_of = day_ended(each.moment_us, each.zone)
    head = f"{say.strong(each.name)}  {each.says} As of {as_of}."
    lines = [say.folded(head), say.folded(_counted(each), indent="  ")]
    if not each.shown:
        return "\n".join(lines)
    for one in each.shown:
        lines += _customer(one, each)
    if past:
        told = [f"{day_ended(p.moment_us, each.zone)} {chance(p.probability)}" for p in past]
        lines.append(say.folded(f"Scores so far: {', '.join(told)}.", indent="  "))
    return "\n".join(lines)


def _counted(each: ScoreList) -> str:
    some = count(each.n, "customer") if each.card.unit == "person" else count(each.n, "account")
    parts = [f"{some} asked about"]
    if each.fresh < each.n:
        parts.append(f"{each.fresh:,} with news since the last scoring")
    if each.n_high:
        parts.append(f"{each.n_high:,} pointed out (!): of such a list half had it in the backtest")
    if each.card.verdict != "fitted":
        parts.append(each.card.verdict)
    return f"{'; '.join(parts)}."


def _customer(one: Scored, each: ScoreList) -> list[str]:
    mark = "!" if one.high else " "
    if one.probability is None:
        head = f"{mark} {one.customer}  {one.stage}  {count(len(one.reasons), 'sign')}"
    else:
        head = f"{mark} {one.customer}  {one.stage}  {chance(one.probability)}{_since(one)}"
    lines = [head]
    lines += [say.folded(reason, indent="    ", more="      ") for reason in one.reasons]
    if one.changed:
        lines.append(say.folded(f"changed: {'; '.join(one.changed)}", indent="    ", more="      "))
    if one.window is not None and one.probability is not None:
        lines.append(say.folded(_window(one, each), indent="    ", more="      "))
    return lines


def _since(one: Scored) -> str:
    if one.before is None or one.probability is None:
        return ""
    return f" (was {chance(one.before)})"


def _window(one: Scored, each: ScoreList) -> str:
    window = one.window
    if window is None:
        return ""
    when = f"in {window.first_day} to {window.last_day} days"
    verb = "most likely" if each.bad else "best chance"
    worth = "" if window.value is None else f", {window.value:,.0f} at stake"
    before = "get in touch now" if window.first_day == 0 else "get in touch before"
    return f"{verb} {when} ({chance(window.probability)}{worth}): {before}"


def _note(found: Sequence[ScoreList]) -> str:
    signs = all(one.probability is None for each in found for one in each.shown)
    if signs:
        return say.folded("Signs, not scores: there is too little to learn from yet.", more="")
    return say.folded(
        "Estimated: + makes it likelier, - less so; neither says that changing it would help. "
        "`trod models` says how far each score can be trusted.",
        more="",
    )


def told(found: Sequence[ScoreList], past: Mapping[str, Sequence[Past]]) -> list[dict[str, Any]]:
    """Give the same for programs."""
    return [
        {
            "outcome": each.name,
            "says": each.says,
            "model_version": each.card.version,
            "verdict": each.card.verdict,
            "moment_us": each.moment_us,
            "n": each.n,
            "scored_now": each.fresh,
            "pointed_out": each.n_high,
            "evidence": "Estimated",
            "customers": [
                {**asdict(one), "window": None if one.window is None else one.window._asdict()}
                for one in each.shown
            ],
            "past": [asdict(one) for one in past.get(each.name, ())],
        }
        for each in found
    ]


def health(found: Health) -> str:
    """Tell health, and who disagrees with themselves."""
    whom = "account" if found.unit == "account" else "customer"
    lines = [f"{say.strong('Health')}  {count(found.n, whom)} asked about, by {found.outcome}."]
    if found.colours is None:
        lines.append(say.folded(f"No colours: {found.why}.", indent="  "))
    else:
        told = ", ".join(f"{n:,} {shade}" for shade, n in found.colours.items())
        lines.append(f"  {told}")
        meaning = (
            "Red: of such a list half left in the backtest. Amber: as high as four in five of "
            "those who left there. Estimated, and no verdict on anybody."
        )
        lines.append(say.folded(meaning, indent="  "))
    if found.shown:
        lines.append("")
        head = f"Use, mood and money disagree for {count(found.disagree, whom)}:"
        lines.append(say.folded(head, more=""))
        rows = [["", "colour", "use", "mood", "money"]]
        rows += [[d.customer, d.colour or "", d.use, d.mood, d.money] for d in found.shown]
        lines.append(say.grid(rows))
    return "\n".join(lines)


def told_health(found: Health) -> dict[str, Any]:
    """Give the same for programs."""
    return asdict(found)


def drift(found: Mapping[str, Drift]) -> str:
    """Tell what has moved since scores were fitted."""
    if not found:
        return say.folded("No score has fifty customers at risk to tell drift by.", more="")
    lines = [say.strong("Drift, of those asked about now beside those it was fitted on")]
    for name, each in found.items():
        alarm = "fit it again" if each.alarm else "the score stands"
        lines.append(
            f"{name}  PSI {each.score.psi:.2f}, KS {each.score.distance:.2f}, n {each.n:,}: {alarm}"
        )
        some = f"{len(each.features):,} of {count(each.n_features, 'feature')} moved much"
        names = "; ".join(f"{m.words} (PSI {m.psi:.2f})" for m in each.features[:3])
        lines.append(say.folded(f"{some}{': ' if names else ''}{names}.", indent="  "))
        if each.calibration is not None:
            off = f"{each.judged:,} scores given since: calibration error {each.calibration:.3f}"
            lines.append(say.folded(f"{off}, Brier {each.brier:.3f}.", indent="  "))
    return "\n".join(lines)


def told_drift(each: Drift | None) -> dict[str, Any] | None:
    """Give the drift of one score for programs; null where there are too few customers."""
    if each is None:
        return None
    moved = [one._asdict() for one in each.features]
    told = {**each._asdict(), "score": each.score._asdict(), "features": moved}
    return {**told, "alarm": each.alarm}
