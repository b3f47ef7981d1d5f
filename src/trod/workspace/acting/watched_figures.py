"""Figures of watching: the alerts that last, and the series of one with what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from trod.actions.alerts.alert import Alert
    from trod.insights.watching.view import AlertRow
    from trod.workspace.folder import Workspace
    from trod.workspace.plate import Plate

MOST: Final = 6
_CLOSED: Final = 1


def open_alerts(workspace: Workspace) -> Plate:
    """Draw the alerts that last, and the one that was closed last."""
    from trod.actions.alerts import life
    from trod.figures.alerts import alerts_figure
    from trod.insights.watching.view import AlertsView
    from trod.insights.wording import day
    from trod.workspace.plate import Plate, setting

    journeys = workspace.journeys()
    with workspace.state() as state, state.read() as con:
        every = life.alerts(con, closed=True)
    lasting = [each for each in every if each.lasts]
    gone = [each for each in every if not each.lasts][:_CLOSED]
    shown = (*lasting[: MOST - len(gone)], *gone)
    declared = workspace.project.journey()
    view = AlertsView(
        _title(len(lasting)),
        tuple(_row(each, workspace) for each in shown),
        len(lasting) + len(gone) - len(shown),
        day(journeys.span_us()[1], journeys.zone),
    )
    about = setting(journeys, declared.name if declared else "alerts")
    return Plate((alerts_figure(view),), about, journeys, None)


def _title(n: int) -> str:
    words = ("No alert is", "One alert is", "Two alerts are", "Three alerts are", "Four alerts are")
    return f"{words[n] if n < len(words) else f'{n} alerts are'} open"


def _row(found: Alert, workspace: Workspace) -> AlertRow:
    from trod.events.masked import masked
    from trod.insights.watching import words
    from trod.insights.watching.view import AlertRow
    from trod.insights.wording import money

    anomaly = found.anomaly
    said = " ".join(filter(None, [words.source(anomaly), _size(found)]))
    micros, currency = anomaly.money_micros, workspace.project.events.currency
    worth = money(micros, currency) if micros else ""
    closed = f"Closed: {masked(found.why or '')}"
    standing = f"Opened {words.day(found.day)}" if found.lasts else closed
    small = " · ".join(
        filter(None, [standing, found.owner or "unassigned", worth and f"{worth} on record"])
    )
    return AlertRow(
        found.id,
        words.title(anomaly),
        said,
        small,
        anomaly.direction,
        found.lasts,
    )


def _size(found: Alert) -> str:
    from trod.insights.watching import words
    from trod.journeys.label import units

    return words.statement(found.anomaly, units(found.unit))


def series(workspace: Workspace, alert: Alert) -> Plate:
    """Draw the series of an alert with what was expected of it."""
    from trod.figures.watched import watched_figure
    from trod.insights.watching.view import series_view
    from trod.workspace.acting.watched import watch
    from trod.workspace.plate import Plate, setting

    found = watch(workspace, alert.journey or None, alert.unit)
    about = alert.anomaly
    mine = [
        one
        for one in found.series
        if (one.series.thing, one.series.by, one.series.group)
        == (about.thing, about.by, about.group)
    ]
    view = series_view(found.looked.material, mine[0] if mine else None, about)
    journeys = found.looked.journeys
    return Plate((watched_figure(view),), setting(journeys, alert.journey), journeys, None)
