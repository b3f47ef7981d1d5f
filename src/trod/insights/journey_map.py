"""The journey map as one typed value: every face renders this and computes nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Count:
    """A number of customers and the predicate that lists them."""

    n: int
    key: str  # predicate key: `trod export customers --where KEY` lists exactly these


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of customers with its 95 % Wilson interval; a count below the small-n rule."""

    part: int
    whole: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """Part of the whole, 0 for none."""
        return self.part / self.whole if self.whole else 0.0


@dataclass(frozen=True, slots=True)
class Time:
    """Times between two moments: median and p90 read from an integer histogram."""

    n: int
    median_us: int
    p90_us: int
    bin_share: float  # width of a histogram bin as a share of the value; 0.0 where exact


@dataclass(frozen=True, slots=True)
class Mood:
    """Mean score of a touchpoint on −1 to 1; `mean` is None where too few spoke."""

    n: int
    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Touch:
    """One touchpoint inside a stage."""

    name: str
    channel: str | None
    customers: Count
    share: float  # of those who reached the stage
    mood: Mood
    went_on: Rate  # of those who had it in this stage, how many reached the next one (or success)
    position: float  # 0 to 1: where in the stage it typically stands


@dataclass(frozen=True, slots=True)
class PointedOut:
    """Customers in a stage whom a score points out: of such a list half had it in the backtest."""

    outcome: str
    bad: bool
    customers: Count
    asked: int  # customers in the stage who have this score


@dataclass(frozen=True, slots=True)
class StageView:
    """One column of the map. reached = went_on + left + still_there + done."""

    name: str
    asks: str | None
    rule: str  # how it is entered, in words
    reached: Count
    went_on: Count
    left: Count
    still_there: Count
    done: Count
    skipped: int
    conversion: Rate  # went on (or done) out of reached; of an optional stage, out of entered
    dwell: Time | None  # time in the stage of those who went on
    touches: tuple[Touch, ...]  # most reached first; at most 12
    n_other_touches: int
    data_grade: str = ""  # "A" to "D": how complete its data are; "" where that is not known
    spoke: int = 0  # scores in the stage, of all its touchpoints
    pointed_out: tuple[PointedOut, ...] = ()  # by scores of the last day on record


@dataclass(frozen=True, slots=True)
class Quote:
    """What a customer wrote, word for word, personal data masked."""

    text: str
    touchpoint: str
    when: str  # ISO date


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the headline; a number in it carries the customers behind it."""

    text: str
    role: str = ""  # "worse", "better" or ""
    behind: Count | None = None  # of a share: the customers of the part


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure in a statement, and the customers behind it."""

    name: str
    text: str  # as it stands in the statement
    behind: Count | None = None  # of a share: the customers of the part; None: no customers, a time


@dataclass(frozen=True, slots=True)
class Friction:
    """A stage or touchpoint where customers are lost, with everything a sceptic asks."""

    rank: int
    stage: int  # index into stages
    touchpoint: str | None  # where inside the stage, if it can be told
    title: str
    statement: str  # one or two sentences; every figure in it is in `facts`
    facts: tuple[Fact, ...]  # in the order of the statement
    lost: Count
    money_lost_micros: int | None
    leave_rate: Rate  # left, out of all who reached the stage
    compare_rate: Rate | None  # the rest, or those who did the other thing
    compare_label: str | None
    since: str | None  # ISO date from which the loss is materially higher, if any
    delay: Time | None
    mood: Mood | None
    loops: int  # customers who went round in circles here
    before: tuple[tuple[str, Rate, Rate], ...]  # what came before: (touchpoint, lost, went on)
    quotes: tuple[Quote, ...]
    cause: str  # hypothesis in words
    evidence: str  # "Observed" | "Estimated" | "Tested", with a grade in `evidence_grade`
    evidence_grade: str  # "moderate" | "weak"; "strong" only of a test with a control group
    value_of_recovery: tuple[float, float]  # customers kept (80 % range); (0, 0): not known
    recovery_formula: str
    signals: tuple[str, ...] = ()  # what it looks like, see trod.insights.levers.SIGNALS
    worse_rate: Rate | None = None  # the group that leaves more often, beside compare_rate
    landmark_us: int | None = None  # both groups were still in the stage so long after entering
    helps: bool = False  # True where lacking the touchpoint goes with leaving
    slower_us: int | None = None  # a friction of time: how much longer the middle customer stays
    evidence_note: str = ""  # how the comparison was made, in a sentence
    data_grade: str = ""  # of its stage; with "D" nothing is claimed

    @property
    def who(self) -> Count:
        """Customers behind it: the lost, or, where time is what is lost, those who had it."""
        had = self.facts[0].behind if self.slower_us is not None and self.facts else None
        return had or self.lost


@dataclass(frozen=True, slots=True)
class NextMove:
    """A lever from the library that fits a friction."""

    stage: int
    friction: int  # rank
    lever: str  # id in the library
    sentence: str
    low: float
    high: float
    unit: str  # "customers kept" or "accounts kept"
    evidence: str
    when_not: str  # goes on from "not": "where …"
    measure: str


@dataclass(frozen=True, slots=True)
class SankeyNode:
    """One touchpoint at one step; name None is "n other steps", "" is an end (see `kind`)."""

    step: int
    name: str | None
    customers: Count
    share: float  # of the anchor
    outcome: Rate
    n_names: int  # how many touchpoints are summed here
    kind: str = "touch"  # "touch" | "other" | ends: "left" | "open" (still there) | "done"


@dataclass(frozen=True, slots=True)
class SankeyLink:
    """Customers who went from one node to a node of the next step (indices into nodes)."""

    source: int
    target: int
    customers: Count
    outcome: Rate


@dataclass(frozen=True, slots=True)
class Sankey:
    """What customers did after the anchor. Each column sums to the anchor."""

    anchor: str
    direction: str  # "after" | "before"
    title: str  # the finding
    customers: Count
    steps: tuple[int, ...]  # customers still moving at each step
    nodes: tuple[SankeyNode, ...]
    links: tuple[SankeyLink, ...]


@dataclass(frozen=True, slots=True)
class FirstMove:
    """Outcome of those whose first move after the anchor was this one."""

    name: str | None  # None = nothing more: see `kind`
    customers: Count
    outcome: Rate
    kind: str = "touch"  # "touch" | "other" | nothing more: "left" | "open" | "done"


@dataclass(frozen=True, slots=True)
class Kpi:
    """A tile at the top right."""

    label: str
    value: str
    note: str
    key: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A figure of the map in some days: of customers who entered its stage in them."""

    text: str  # as it is written
    value: float  # a share, a mood from −1 to 1, or a typical time in microseconds
    n: Count  # customers it is of; of a mood, who answered
    part: Count | None = None  # of a share: those for whom it holds


@dataclass(frozen=True, slots=True)
class Lately:
    """A figure of the map since a day, beside as many days before, judged.

    Keys list the customers of those that changed.
    """

    figure: str  # "went on" | "took" | "left" | "had" | "mood"
    stage: int  # index into stages
    touchpoint: str | None
    before: Seen
    now: Seen
    within_us: int  # time that everyone was given; 0 for moods
    p: float  # of chance and usual movement, adjusted for every figure judged
    changed: bool  # by more than chance lets expect, and by enough to matter
    up: bool
    tone: str  # "worse", "better" or "": nobody can say


@dataclass(frozen=True, slots=True)
class NotJudged:
    """A figure of the map that could not be judged."""

    figure: str
    stage: int
    touchpoint: str | None
    why: str


@dataclass(frozen=True, slots=True)
class MoodThen:
    """The mood of a touchpoint in its stage, as the map would have had it before a day."""

    stage: int
    touchpoint: str
    mean: float


@dataclass(frozen=True, slots=True)
class Since:
    """What changed on the map since a day, beside as many days before."""

    day: str  # ISO, the first day since
    first_before: str  # ISO, the first of the days before
    last_day: str  # ISO
    sentence: str  # what is compared, and what is shown as changed
    compare: str  # the command that says what is behind it; "" where none does
    figures: tuple[Lately, ...]
    not_judged: tuple[NotJudged, ...]
    moods: tuple[MoodThen, ...]

    @property
    def changed(self) -> tuple[Lately, ...]:
        """The figures that changed."""
        return tuple(one for one in self.figures if one.changed)


@dataclass(frozen=True, slots=True)
class JourneyMap:
    """Everything on the page."""

    journey: str
    headline: tuple[Piece, ...]
    unit: str  # "customers" or "accounts": the word people read
    population: Count  # everyone in the data
    entered: Count  # who entered the journey
    outside: Count  # who never did
    outcome_name: str  # what "success" is called
    outcome: Rate
    stages: tuple[StageView, ...]
    frictions: tuple[Friction, ...]  # at most three on the page, all in the JSON
    moves: tuple[NextMove, ...]
    sankey: Sankey | None
    first_moves: tuple[FirstMove, ...]
    kpis: tuple[Kpi, ...]
    first_day: str  # ISO dates in `zone`
    last_day: str
    as_of: str
    zone: str
    zone_assumed: bool
    currency: str | None
    left_rule: str  # "no touchpoint for 30 days"
    suggested: bool  # True where stages were suggested from the data
    n_touchpoints: int
    small_n: int  # below this a count is shown, not a share
    definitions: tuple[tuple[str, str], ...]  # word, meaning
    notes: tuple[
        str, ...
    ]  # what the reader must know: assumptions, quarantined rows, sources left aside
    segment: str = ""  # id of the segment that everything is about; "" for everyone
    until: str = ""  # ISO day as of which the map was asked for; "" for the whole record
    since: Since | None = None  # what changed, where that was asked for
