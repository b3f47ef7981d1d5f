"""Journeys as an event log in XES (IEEE 1849): a trace for each customer, in order."""

from __future__ import annotations

import re
from typing import BinaryIO, Final
from xml.sax.saxutils import quoteattr

from trod.journeys.batch import Journeys
from trod.workspace.exchange.traces import Event, Trace, traces

_HEAD: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <extension name="Lifecycle" prefix="lifecycle" \
uri="http://www.xes-standard.org/lifecycle.xesext"/>
  <global scope="trace">
    <string key="concept:name" value=""/>
  </global>
  <global scope="event">
    <string key="concept:name" value=""/>
    <date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>
    <string key="lifecycle:transition" value="complete"/>
  </global>
  <classifier name="Touchpoint" scope="event" keys="concept:name"/>
"""
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_xes(journeys: Journeys, file: BinaryIO) -> None:
    """Write journeys as XES: customers as traces, touchpoints as events, in the order of journeys.

    Parameters
    ----------
    journeys
        Of people or of accounts.
    file
        Where to.

    Notes
    -----
    A character that XML cannot hold, such as NUL, is written as U+FFFD.
    """
    file.write(_HEAD.encode())
    file.write(_element("  ", "string", "lifecycle:model", "standard").encode())
    file.write(_element("  ", "string", "unit", journeys.unit).encode())
    for trace in traces(journeys):
        file.write(_trace(trace).encode())
    file.write(b"</log>\n")


def _trace(trace: Trace) -> str:
    lines = ["  <trace>\n", _element("    ", "string", "concept:name", trace.customer)]
    lines += [_element("    ", "string", key, value) for key, value in trace.attributes.items()]
    lines += [_event(event) for event in trace.events]
    return "".join([*lines, "  </trace>\n"])


def _event(event: Event) -> str:
    lines = [
        "    <event>\n",
        _element("      ", "string", "concept:name", event.touchpoint),
        _element("      ", "date", "time:timestamp", event.time),
        _element("      ", "string", "lifecycle:transition", "complete"),
    ]
    for key, value in event.told.items():
        kind = "float" if isinstance(value, float) else "string"
        lines.append(_element("      ", kind, key, str(value)))
    return "".join([*lines, "    </event>\n"])


def _element(indent: str, kind: str, key: str, value: str) -> str:
    r"""Write one attribute.

    Examples
    --------
    >>> _element("", "string", "a", 'say "hi" & go')
    '<string key="a" value=\'say "hi" &amp; go\'/>\n'
    """
    return f"{indent}<{kind} key={_quoted(key)} value={_quoted(value)}/>\n"


def _quoted(text: str) -> str:
    return quoteattr(_NO_XML.sub("\ufffd", text))
