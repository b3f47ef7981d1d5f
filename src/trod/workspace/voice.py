"""What customers of a workspace write: topics, moods, answers, by the models it keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from trod.errors import DefinitionError, NotEnoughDataError
from trod.workspace import moods as spoken

if TYPE_CHECKING:
    from trod.analyses.answer import Answer
    from trod.analyses.emotion import EmotionResult
    from trod.analyses.scores_by import ScoresResult
    from trod.journeys.batch import Journeys
    from trod.models.card import Card
    from trod.models.voice.classify import Classifier
    from trod.models.voice.intent import Kind
    from trod.models.voice.issues import Issue, IssuesResult
    from trod.workspace.folder import Workspace

_KINDS: tuple[Literal["intent", "urgency"], ...] = ("intent", "urgency")


def topics(
    workspace: Workspace, *, journey: str | None = None, unit: str | None = None
) -> Answer[IssuesResult]:
    """Tell the topics of what customers write, by the last version that was fitted.

    Raises
    ------
    NotEnoughDataError
        If topics were not fitted yet, or there are none.
    """
    from trod.models.versions import latest
    from trod.models.voice.issues import issues
    from trod.models.voice.topics import MODEL, Topics

    try:
        card, stored = latest(workspace.store, MODEL)
    except NotEnoughDataError as problem:
        raise NotEnoughDataError(_ask_to_fit(str(problem), MODEL)) from None
    declared = workspace.project.journey(journey)
    journeys = workspace.journeys(unit or (declared.unit if declared else None))
    return issues(journeys, Topics.of(stored), card, classifiers(workspace))


def _ask_to_fit(problem: str, model: str) -> str:
    return problem.replace("Run `trod fit`.", f"Run `trod fit {model}`.")


def classifiers(workspace: Workspace) -> dict[Kind, tuple[Card, Classifier]]:
    """Give the classifiers that speak instead of the rules."""
    from trod.models.versions import latest
    from trod.models.voice.classify import Classifier

    found: dict[Kind, tuple[Card, Classifier]] = {}
    for kind in _KINDS:
        try:
            card, stored = latest(workspace.store, kind)
        except NotEnoughDataError:
            continue
        if card.verdict == "fitted":
            found[kind] = card, Classifier.of(stored)
    return found


def issue(found: Answer[IssuesResult], name: str) -> Issue:
    """Give a topic by its number from 1, its name, or the beginning of it.

    Raises
    ------
    DefinitionError
        If no topic, or more than one, is called so.
    """
    every = found.data.issues
    if name.isdecimal() and 1 <= int(name) <= len(every):
        return every[int(name) - 1]
    fitting = [each for each in every if each.name.casefold().startswith(name.casefold())]
    if len(fitting) != 1:
        listed = "; ".join(f"{i} {each.name}" for i, each in enumerate(every, 1))
        raise DefinitionError([f"{name!r} names no topic, or more than one. Topics: {listed}."])
    return fitting[0]


class Reading(NamedTuple):
    """The mood of one text, by each who can read it."""

    by: str
    score: int | None  # -1000 to 1000; None where it shows none
    where: str  # it speaks


def read_mood(workspace: Workspace, text: str) -> tuple[Reading, ...]:
    """Read the mood of a text: the one who speaks for every text comes first."""
    from trod.events.mood import mood
    from trod.models.voice.sentiment import EVERYWHERE, readable, scores

    lexicon = Reading("the lexicon", mood(text), "where nobody else does")
    found = spoken.speaker(workspace)
    if found is None:
        return (lexicon._replace(where="everywhere"),)
    card, model = found
    at = card.settings["speaks at"]
    score = int(scores(model, [text])[0]) if readable(model, [text])[0] else None
    where = at[0] if at == [EVERYWHERE] else "where customers rate what they write"
    trained = Reading(spoken.said_by(card), score, where)
    first = at == [EVERYWHERE] and score is not None
    return (trained, lexicon) if first else (lexicon, trained)


class Moods(NamedTuple):
    """How customers feel, and who read it."""

    by_stage: Answer[EmotionResult]
    by_channel: Answer[EmotionResult]
    answers: int  # scores that customers gave
    lexicon: int  # scores read from texts by the lexicon
    model: int  # by the trained model
    unknown: int  # texts that show no mood
    speaker: str | None  # the trained model that speaks
    card: Card | None  # of the last version that was fitted


def told_moods(
    workspace: Workspace, *, journey: str | None = None, unit: str | None = None
) -> Moods:
    """Say how customers feel by stage, touchpoint and channel, and who read it.

    Raises
    ------
    DefinitionError
        If no journey has this name.
    """
    from trod.analyses.emotion import emotion
    from trod.models.voice.sentiment import who_read
    from trod.workspace.measured import plan_of

    declared = workspace.project.journey(journey)
    journeys = workspace.journeys(unit or (declared.unit if declared else None))
    plan = plan_of(workspace, journey, journeys)
    read = who_read(journeys)
    return Moods(
        emotion(journeys, plan),
        emotion(_by_channel(journeys)),
        read.answers,
        read.lexicon,
        read.model,
        read.unknown,
        journeys.moods.speaker if journeys.moods else None,
        _last_card(workspace),
    )


def _last_card(workspace: Workspace) -> Card | None:
    from trod.models.versions import versions
    from trod.models.voice.sentiment import MODEL

    kept = [each.card for each in versions(workspace.store) if each.card.model == MODEL]
    return kept[-1] if kept else None


def _by_channel(journeys: Journeys) -> Journeys:
    """Give the same touchpoints, called by their channel."""
    from dataclasses import replace

    import numpy as np

    words = replace(journeys.vocabulary, touchpoints=journeys.vocabulary.channels)
    batches = [
        replace(batch, vocabulary=words, code=batch.channel.astype(np.uint16))
        for batch in journeys.batches
    ]
    return replace(journeys, batches=batches, vocabulary=words)


def answers(
    workspace: Workspace, names: Sequence[str], *, journey: str | None, unit: str | None
) -> tuple[Answer[ScoresResult], ...]:
    """Take the metrics of answers in trod.yml apart, all of them or those named.

    Raises
    ------
    DefinitionError
        If there is no metric of kind nps, csat or ces, or none of these names.
    """
    from trod.analyses.scores_by import scores_by
    from trod.workspace.measured import by_name, plan_of

    specs = [s for s in workspace.project.metrics if s.kind in ("nps", "csat", "ces")]
    if not specs:
        raise DefinitionError(
            [
                "trod.yml: no metric of answers is declared. Add one under `metrics:`, such as "
                "{name: NPS, kind: nps, touchpoints: survey}."
            ]
        )
    wanted = by_name(specs, names)
    declared = workspace.project.journey(journey)
    journeys = workspace.journeys(unit or (declared.unit if declared else None))
    plan = plan_of(workspace, journey, journeys)
    return tuple(scores_by(journeys, plan, spec) for spec in wanted)
