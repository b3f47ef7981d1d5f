"""Topics, moods and answers as a terminal tells them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from trod.app import say
from trod.app.say import folded, grid
from trod.events.counted import count
from trod.insights.wording import day

if TYPE_CHECKING:
    from trod.analyses.answer import Answer
    from trod.analyses.emotion import Moods as Means
    from trod.analyses.metrics.figure import Figure
    from trod.analyses.scores_by import ScoresResult
    from trod.models.card import Card
    from trod.models.voice.issues import Issue, IssuesResult, Mood
    from trod.models.voice.quotes import Said
    from trod.workspace.voice import Moods, Reading

_NAMES = 12


def topics(found: Answer[IssuesResult]) -> str:
    """Tell all topics, a line each, then what each sounds like."""
    told = found.data
    rows = [["", "topic", "texts", "contacts", "urgent", "mood", "next 4 weeks", "often after"]]
    rows += [_line(i, each) for i, each in enumerate(told.issues, 1)]
    lines = [grid(rows, right=[0, 2, 3, 4, 5, 6], indent="", spare=[2, 4, 7, 5, 0]), ""]
    for i, each in enumerate(told.issues, 1):
        lines += [_quote(quote, found.zone, f"{i:>2}  ") for quote in each.quotes[:1]]
    other = f"{told.other:,} of {count(told.texts, 'text')} are about none of these."
    how = (
        f"Intent and urgency by {told.intent_by}."
        if told.intent_by == told.urgency_by
        else f"Intent by {told.intent_by}, urgency by {told.urgency_by}."
    )
    more = "`trod topics 1` tells one in full."
    lines += ["", folded(" ".join([other, found.method, *found.warnings, how, more]), more="")]
    return "\n".join(lines)


def _line(i: int, each: Issue) -> list[str]:
    before = each.before[0] if each.before else None
    after = "" if before is None else f"{before.touchpoint} ({before.ratio:.1f}x)"
    ahead = "not known" if each.contacts else ""
    if each.contacts and each.ahead is not None:
        total, low, high = each.ahead.total
        ahead = f"{total:.0f} ({low:,} to {high:,})"
    return [
        f"{i}",
        each.name,
        f"{each.texts:,}",
        f"{each.contacts:,}",
        f"{each.urgent:,}",
        _mood(each.mood, interval=False),
        ahead,
        after,
    ]


def topic(found: Answer[IssuesResult], each: Issue) -> str:
    """Tell one topic in full."""
    lines = [say.strong(each.name), folded(f"Words: {', '.join(each.words)}.", indent="  ")]
    counts = f"{count(each.texts, 'text')} of {count(each.customers, 'customer')}, "
    counts += f"{each.contacts:,} of them contacts that no survey asked for; {each.urgent:,} say "
    counts += f"that it cannot wait ({found.data.urgency_by})."
    lines.append(folded(counts, indent="  "))
    if each.intents:
        named = ", ".join(f"{name} {n:,}" for name, n in each.intents[:_NAMES])
        lines.append(folded(f"What they want ({found.data.intent_by}): {named}.", indent="  "))
    lines.append(folded(f"Mood: {_mood(each.mood, interval=True)}.", indent="  "))
    lines += ["", *_ahead(each), *_before(each)]
    lines += ["", *(_quote(quote, found.zone, "  ") for quote in each.quotes)]
    lines += ["", folded(" ".join([found.method, *found.warnings]), more="")]
    return "\n".join(lines)


def _ahead(each: Issue) -> list[str]:
    ahead = each.ahead
    if not each.contacts:
        return [folded("All of them answer a survey: there is nothing to forecast.", indent="  ")]
    if ahead is None:
        return [folded(f"Next weeks: not enough data. {each.why_not}", indent="  ")]
    weeks = ", ".join(
        f"{mean:.0f} ({low:,} to {high:,})"
        for mean, low, high in zip(ahead.mean, ahead.low, ahead.high, strict=True)
    )
    total, low, high = ahead.total
    told = (
        f"Estimated: {total:.0f} in the next four weeks (95%: {low:,} to {high:,}); week by "
        f"week {weeks}. Guessed {ahead.method}, off by {ahead.error:.1f} a week on the last weeks; "
        f"as last week would be off by {ahead.naive_error:.1f}."
    )
    return [folded(told, indent="  ")]


def _before(each: Issue) -> list[str]:
    if not each.contacts:
        return []
    if not each.before:
        told = "No touchpoint is surely more frequent before it than others are."
        return [folded(f"Observed: {told[0].lower()}{told[1:]}", indent="  ")]
    rows = [["often after", "contacts", "as often as after others", "above that rate"]]
    for one in each.before:
        ratio = f"{one.ratio:.1f}x ({one.low:.1f} to {one.high:.1f})"
        excess = f"{one.excess:.0f} ({max(one.excess_low, 0):.0f} to {one.excess_high:.0f})"
        rows.append([one.touchpoint, f"{one.n:,}", ratio, excess])
    lines = ["", grid(rows, right=[1, 2, 3], spare=[2, 3])]
    if each.preventable is not None:
        middle, low, high = each.preventable
        told = (
            f"Observed: of the contacts expected in four weeks, {_few(middle)} ({_few(low)} to "
            f"{_few(high)}) would lie above that rate after {each.before[0].touchpoint}: so "
            "many at most could be prevented there."
        )
        lines += ["", folded(told, indent="  ")]
    return lines


def _few(value: float) -> str:
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}"


def _quote(quote: Said, zone: str, indent: str) -> str:
    place = f"{quote.touchpoint}, {day(quote.time_us, zone)}, {quote.customer}"
    return folded(f"“{quote.text}” {place}", indent=indent, more="    ")


def _mood(mood: Mood, *, interval: bool) -> str:
    if mood.mean is None or mood.low is None or mood.high is None:
        return f"unknown, n {mood.n}" if interval else "unknown"
    told = f"{mood.mean:+.2f}"
    return f"{told} ({mood.low:+.2f} to {mood.high:+.2f}), n {mood.n:,}" if interval else told


def readings(found: Sequence[Reading]) -> str:
    """Tell how a text reads, and to whom."""
    rows = []
    for each in found:
        score = "shows no mood it knows" if each.score is None else f"{each.score / 1000:+.3f}"
        rows.append([score, f"by {each.by}", f"speaks {_at(each.where)}"])
    return grid(rows, indent="")


def _at(where: str) -> str:
    return where if where.startswith(("where", "everywhere")) else f"at {where}"


def moods(found: Moods) -> str:
    """Tell how customers feel, by stage and channel, and who read it."""
    if not (found.answers or found.lexicon or found.model or found.unknown):
        return folded(f"No touchpoint has a text or a score. {_card(found.card)}", more="")
    stages = found.by_stage.data
    lines = [_means("stage", [name or "outside" for name in stages.stage], stages.by_stage)]
    channels = found.by_channel.data
    lines += ["", _means("channel", channels.name, channels.by_name), ""]
    who = [f"{count(found.answers, 'score')} given by customers"]
    who.append(f"{found.lexicon:,} read from texts by the lexicon")
    if found.speaker is not None:
        who.append(f"{found.model:,} by {found.speaker}")
    who.append(f"{count(found.unknown, 'text')} without a mood that anyone knows")
    said = f"{'; '.join(who)}. {found.by_stage.method}"
    lines.append(folded(f"{said[0].upper()}{said[1:]}", more=""))
    lines.append(folded(_card(found.card), more=""))
    return "\n".join(lines)


def _card(card: Card | None) -> str:
    if card is None:
        return "Nothing was learned from ratings yet: `trod fit sentiment` does."
    told = [f"{card.model}, version {card.version}: {card.verdict}.", *card.remarks]
    return " ".join(told)


def _means(head: str, names: Iterable[str], means: Means) -> str:
    rows = [[head, "mood", "95% interval", "n"]]
    for k, name in enumerate(names):
        n = int(means.n[k])
        if not n:
            continue
        if not means.known[k]:
            rows.append([name, "unknown", "", f"{n:,}"])
            continue
        interval = f"{means.low[k]:+.2f} to {means.high[k]:+.2f}"
        rows.append([name, f"{means.mean[k]:+.2f}", interval, f"{n:,}"])
    return grid(rows, right=[1, 2, 3], indent="")


def answers(found: Answer[ScoresResult]) -> str:
    """Tell one metric of answers, taken apart."""
    told = found.data
    if not told.whole.n:
        asked = ", ".join(told.metric.touchpoints)
        return f"{say.strong(told.metric.name)}\n\n" + folded(
            f"Nobody answered: no score on its scale at {asked}.", indent="  "
        )
    share = told.metric.kind == "csat"
    head = f"{say.strong(told.metric.name)}  {_figure(told.whole, share)}  n {told.whole.n:,}"
    rows = [["answered in", "", "95% interval", "n"]]
    rows += [_row(name, figure, share) for name, figure in told.by_stage]
    lines = [head, "", grid(rows, right=[1, 2, 3], spare=[2]), ""]
    rows = [["last before the answer", "", "95% interval", "n"]]
    rows += [_row(name, figure, share) for name, figure in told.by_name[:_NAMES]]
    lines += [grid(rows, right=[1, 2, 3], spare=[2]), ""]
    if (hidden := len(told.by_name) - _NAMES) > 0:
        lines[-1:] = [folded(f"{count(hidden, 'more touchpoint')}: `--json` lists them."), ""]
    rows = [["got as far as", "standing", "answered", "95% interval", "customers"]]
    for stage, how, figure in told.who:
        rows.append([stage, how, *_row("", figure, share=True)[1:]])
    lines += [grid(rows, right=[2, 3, 4], spare=[3]), ""]
    lines.append(folded(" ".join([told.note, found.method, *found.warnings]), more=""))
    return "\n".join(lines)


def _row(name: str, figure: Figure, share: bool) -> list[str]:
    interval = ""
    if figure.low is not None and figure.high is not None:
        interval = f"{_shown(figure.low, share)} to {_shown(figure.high, share)}"
    return [name, _figure(figure, share), interval, f"{figure.n:,}"]


def _figure(figure: Figure, share: bool) -> str:
    return "not known" if figure.value is None else _shown(figure.value, share)


def _shown(value: int, share: bool) -> str:
    return f"{value / 10_000:.1f}%" if share else f"{value / 1_000_000:.1f}"
