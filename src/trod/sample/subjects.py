"""What customers write about: subjects that somebody who reads the texts should find."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from trod.sample.draws import Rng


class Subject(NamedTuple):
    """One subject, and what is said about it."""

    name: str
    marks: tuple[str, ...]  # a text with one of these is about it
    more: tuple[str, ...]  # sentences that some add; they show no mood
    last: tuple[str, ...] = ()  # what some end with


SUBJECTS: Final = (
    Subject(
        "connection",
        (
            "permissions error",
            "Connecting the",
            "link drops",
            "unknown error",
            "this would work with our",
            "asks for rights",
            "connection to our",
            "two keys",
            "read a second",
        ),
        (
            "The connector wants an admin key and our key is read only.",
            "It says the connection was refused, permission missing on the schema.",
            "The token expires and the connector asks for a new key.",
            "Our firewall lets the connector through, the permission is set.",
            "The connection test ends after a minute without a code.",
            "Which permission does the connector need on the database?",
            "The key has the role of an admin in the database.",
            "We set up the connection again with another token.",
        ),
        ("We present on Monday, so this is urgent.", "We need this today, please call."),
    ),
    Subject(
        "figures",
        ("Rows from the", "Sync is", "which rows of the", "figures now"),
        (
            "The dashboard shows yesterday's rows, the sync ran at night.",
            "Rows of the last sync are twice in the totals.",
            "The totals of the dashboard and of the ledger differ by 40 rows.",
            "After the sync the totals of March changed.",
            "Our totals count refunds, the dashboard does not.",
            "The sync has read 12,000 rows of 15,000.",
            "Does the nightly sync read rows that changed later?",
        ),
        ("The board sees these totals tomorrow, so it is urgent.",),
    ),
    Subject(
        "reports",
        ("time zone of a report", "question about filters"),
        (
            "The report is for the office in another time zone.",
            "A filter by region is in the report, a filter by month is not.",
            "Can a filter be saved with the report?",
            "The weekly report is sent at midnight of our time zone.",
            "Each report has a filter of its own.",
            "We export the report as PDF with one filter.",
        ),
    ),
    Subject(
        "seats",
        ("form asks for a seat",),
        (
            "We have five seats and six colleagues.",
            "Does a viewer take a seat?",
            "A colleague left, so one seat is open.",
            "The invitation went to the address of a colleague.",
            "Which role does an invited colleague have?",
        ),
    ),
    Subject(
        "payment",
        ("invoice was the first", "Payment failed", "card expired", "did not expect this price"),
        (
            "The invoice is from last week, the card is on file.",
            "Accounting pays by transfer and asks for the invoice number.",
            "The bank says the charge came twice.",
            "Can the invoice be sent to accounting?",
            "The card was charged, the invoice still says open.",
            "We moved the payment to another card.",
        ),
        ("Access ends tonight, so this is urgent.",),
    ),
)
_ADDS, _ENDS = 0.75, 0.3
_ASIDES: Final = {  # what ratings show and no lexicon of moods knows
    -1: (
        "We went back to the spreadsheet.",
        "I open it once a month.",
        "Our old reports did this in one click.",
        "Three of us learned it and two moved on.",
        "My notes on it fill two pages.",
        "Half of the figures are typed by hand again.",
        "We look at other tools.",
    ),
    1: (
        "The old spreadsheet is gone.",
        "My Mondays are an hour shorter.",
        "Even the board opens it.",
        "The whole office reads it at nine.",
        "I show it to every new colleague.",
        "We moved two more reports into it.",
        "It is the first tab I open.",
    ),
}


def subject(text: str) -> Subject | None:
    """Say what a text is about; None where it is about nothing of these."""
    for one in SUBJECTS:
        if any(mark in text for mark in one.marks):
            return one
    return None


def aside(rng: Rng, texts: Sequence[str], moods: Sequence[int]) -> list[str]:
    """Let those who liked it, and those who did not, say so once more without a word of feeling."""
    picks = rng.integers(0, 2**30, size=(len(texts), 2)).tolist()
    said = []
    for text, mood, (a, b) in zip(texts, moods, picks, strict=True):
        more = _ASIDES.get((mood > 0) - (mood < 0), ())
        chosen = dict.fromkeys(more[at % len(more)] for at in (a, b)) if more else ()
        said.append(" ".join([text, *chosen]) if text else text)
    return said


def go_on(rng: Rng, texts: Sequence[str]) -> list[str]:
    """Let some customers say more about the same subject."""
    draws = rng.random((len(texts), 2)).tolist()
    picks = rng.integers(0, 2**30, size=(len(texts), 2)).tolist()
    said = []
    for text, (adds, ends), (a, b) in zip(texts, draws, picks, strict=True):
        about, sentences = subject(text), [text]
        if about is not None and adds < _ADDS:
            sentences.append(about.more[a % len(about.more)])
            if about.last and ends < _ENDS:
                sentences.append(about.last[b % len(about.last)])
        said.append(" ".join(sentences))
    return said
