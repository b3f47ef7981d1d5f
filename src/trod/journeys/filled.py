"""A template filled with the touchpoints of the data at hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from trod.errors import NotEnoughDataError
from trod.journeys.batch import Journeys
from trod.journeys.label import readable
from trod.journeys.spec import JourneySpec, Stage, StepRule
from trod.journeys.template import Template, TemplateStage
from trod.journeys.written import to_yaml

_TOKEN: Final = re.compile(r"[^\W_]+")
_SMALL: Final = frozenset(
    {"a", "an", "the", "at", "of", "in", "on", "to", "for", "and", "by", "with"}
)
_STEM: Final = 4  # a word of fewer letters must stand whole


class Match(NamedTuple):
    """A touchpoint put into a place of a template."""

    touchpoint: str
    place: str  # name of the stage, "success" or "failure"
    confidence: float  # share of the words of its name that the template knows, 0 to 1


class Filled(NamedTuple):
    """A journey made of a template, and what it was made of."""

    spec: JourneySpec
    template: str
    matches: tuple[Match, ...]
    unmatched: tuple[str, ...]  # touchpoints no word fits
    left_out: tuple[str, ...]  # stages no touchpoint fits

    def to_yaml(self) -> str:
        """Write it as a `journeys:` section, with what was matched as comments."""
        lines = [f"# From the template {self.template}. Matched by words; see that it is right:"]
        for stage in (*(s.name for s in self.spec.stages), "success", "failure"):
            found = [
                f"{m.touchpoint} ({m.confidence:.0%})" for m in self.matches if m.place == stage
            ]
            lines += [f"#   {stage}: {', '.join(found)}"] if found else []
        if self.left_out:
            lines.append(f"# No touchpoint fits, so left out: {', '.join(self.left_out)}.")
        if self.unmatched:
            lines.append("# No word fits these; add them to a stage, or list them under ignore:")
            lines += [f"#   - {name}" for name in self.unmatched]
        return (
            "\n".join([" ".join(line.splitlines()) for line in lines]) + f"\n{to_yaml(self.spec)}"
        )


def fill(template: Template, journeys: Journeys) -> Filled:
    """Fill a template with the touchpoints whose names have its words.

    Parameters
    ----------
    template
        By `trod.journeys.template.template`.
    journeys
        The data at hand; only its names are read.

    Returns
    -------
    Filled
        A touchpoint enters the stage whose words cover most of its name; of equals the first.
        Success and failure are told by words of their own; a failure enters no stage.

    Raises
    ------
    NotEnoughDataError
        If fewer than two stages have a touchpoint: another template, or none, fits these data.
    """
    names = journeys.vocabulary.touchpoints
    matches: list[Match] = []
    for name in names:
        matches += _places(name, template)
    by_place: dict[str, list[str]] = {}
    for match in matches:
        by_place.setdefault(match.place, []).append(match.touchpoint)
    kept = [stage for stage in template.stages if stage.name in by_place]
    if len(kept) < 2:
        some = ", ".join(names[:8]) or "none"
        raise NotEnoughDataError(
            f"the template {template.name} fits {len(kept)} of its {len(template.stages)} stages. "
            f"Touchpoints: {some}. Try another template, or none: stages are suggested then."
        )
    known = {match.touchpoint for match in matches}
    return Filled(
        _spec(template, kept, by_place, journeys.unit),
        template.name,
        tuple(matches),
        tuple(name for name in names if name not in known),
        tuple(stage.name for stage in template.stages if stage.name not in by_place),
    )


def _spec(
    template: Template, kept: Sequence[TemplateStage], by_place: dict[str, list[str]], unit: str
) -> JourneySpec:
    last = len(kept) - 1
    stages = tuple(
        Stage(
            name=stage.name,
            enter_on=StepRule(any_of=tuple(by_place[stage.name])),
            optional=stage.optional and 0 < i < last,
            back=stage.back and i < last,
            asks=stage.asks,
        )
        for i, stage in enumerate(kept)
    )
    return JourneySpec(
        name=template.name.replace("_", " ").capitalize(),
        unit="account" if unit == "account" else "person",
        stages=stages,
        success=tuple(by_place.get("success", ())),
        failure=tuple(by_place.get("failure", ())),
        left_after=template.left_after,
    )


def _places(name: str, template: Template) -> list[Match]:
    """Find where a touchpoint belongs: in a stage and success, or in failure."""
    fails = covered(name, template.failure, template.failure_not)
    if fails:
        return [Match(name, "failure", fails)]
    found = [
        (covered(name, stage.words, stage.not_), -i) for i, stage in enumerate(template.stages)
    ]
    share, place = max(found)
    stages = [Match(name, template.stages[-place].name, share)] if share else []
    wins = covered(name, template.success, template.success_not)
    return stages + ([Match(name, "success", wins)] if wins else [])


def covered(name: str, phrases: Sequence[str], without: Sequence[str] = ()) -> float:
    """Give the share of the words of a name that phrases cover; 0 where an excluded one stands.

    Examples
    --------
    >>> covered("Subscription renewed", ["renew"]), covered("Renewal notice", ["renew"], ["notice"])
    (0.5, 0.0)
    >>> covered("Purchase at the till", ["purchas", "till"])
    1.0
    """
    tokens = _TOKEN.findall(readable(name).lower())
    if any(_spots(tokens, phrase) for phrase in without):
        return 0.0
    hit = {spot for phrase in phrases for spot in _spots(tokens, phrase)}
    counted = [i for i, token in enumerate(tokens) if token not in _SMALL]
    return round(len(hit & set(counted)) / len(counted), 4) if hit and counted else 0.0


def _spots(tokens: Sequence[str], phrase: str) -> set[int]:
    """Find the places of the words of a phrase, one after the other."""
    wanted = phrase.split()
    spots: set[int] = set()
    for start in range(len(tokens) - len(wanted) + 1):
        here = range(start, start + len(wanted))
        if all(_is(tokens[i], word) for i, word in zip(here, wanted, strict=True)):
            spots.update(here)
    return spots


def _is(token: str, word: str) -> bool:
    return token == word or (len(word) >= _STEM and token.startswith(word))
