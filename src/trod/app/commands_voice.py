"""Commands about what customers write and answer: topics, sentiment, answers."""

from __future__ import annotations

import json
from typing import Annotated, Optional

import typer

from trod.app import say
from trod.app.options import AsJson, OfJourney, OfUnit, workspace


def topics(
    ctx: typer.Context,
    name: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(metavar="TOPIC", help="One topic, by its number or the start of its name."),
    ] = None,
    journey: OfJourney = None,
    unit: OfUnit = None,
    as_json: AsJson = False,
) -> None:
    r"""Show what customers write about: how many, after what, what the next weeks bring, quotes.

    Topics are found by `trod fit topics`; until then there are none.

    \b
    Examples:
      $ trod topics
      $ trod topics 1
    """
    from trod.app import words_voice
    from trod.workspace import voice

    space = workspace(ctx, quiet=as_json)
    found = voice.topics(space, journey=journey, unit=unit)
    chosen = None if name is None else voice.issue(found, name)
    if as_json:
        told = json.loads(found.to_json())
        rows = told["rows"]
        told["rows"] = [row for row in rows if chosen is None or row["name"] == chosen.name]
        say.answer_json(told | {"other": found.data.other, "weeks": found.data.weeks})
        return
    if chosen is None:
        say.answer(words_voice.topics(found))
    else:
        say.answer(words_voice.topic(found, chosen))


def sentiment(
    ctx: typer.Context,
    text: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(metavar="TEXT", help="A text to read. Default: how moods are read here."),
    ] = None,
    journey: OfJourney = None,
    unit: OfUnit = None,
    as_json: AsJson = False,
) -> None:
    r"""Show how customers feel by stage and channel and who read it, or read one text.

    Moods from -1 to 1 are survey answers, or are read from texts: by a lexicon of English, or by
    what `trod fit sentiment` learned from ratings, where that was better on texts it had not seen.

    \b
    Examples:
      $ trod sentiment
      $ trod sentiment "Still broken, and nobody answers."
    """
    from trod.app import words_voice
    from trod.workspace import voice

    space = workspace(ctx, quiet=as_json)
    if text is not None:
        readings = voice.read_mood(space, text)
        if as_json:
            say.answer_json({"text": text, "readings": [each._asdict() for each in readings]})
            return
        say.answer(words_voice.readings(readings))
        return
    found = voice.told_moods(space, journey=journey, unit=unit)
    if as_json:
        told = found._asdict()
        for part in ("by_stage", "by_channel"):
            told[part] = json.loads(getattr(found, part).to_json())
        told["card"] = None if found.card is None else found.card.told()
        say.answer_json(told)
        return
    say.answer(words_voice.moods(found))


def answers(
    ctx: typer.Context,
    names: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(metavar="METRIC", help="Metrics of kind nps, csat or ces. Default: all."),
    ] = None,
    journey: OfJourney = None,
    unit: OfUnit = None,
    as_json: AsJson = False,
) -> None:
    r"""Take NPS, CSAT and CES apart: by stage, by the touchpoint before, and who answered.

    \b
    Examples:
      $ trod answers
      $ trod answers NPS --unit person
    """
    from trod.app import words_voice
    from trod.workspace import voice

    space = workspace(ctx, quiet=as_json)
    found = voice.answers(space, names or (), journey=journey, unit=unit)
    if as_json:
        say.answer_json(
            [
                json.loads(each.to_json())
                | {"metric": each.data.metric.name, "note": each.data.note}
                for each in found
            ]
        )
        return
    say.answer("\n\n".join(words_voice.answers(each) for each in found))
