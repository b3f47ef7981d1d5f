"""Friction from a pasted table: the golden case, and the many ways people write it."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from trod.errors import DataError, DefinitionError, NotEnoughDataError
from trod.insights.table import read_table, to_json, words

STEPS = [
    "Account Creation",
    "Profile Setup",
    "First Feature Use",
    "Second Session Return",
    "Active User (Week 2)",
]
SHARES = [95, 78, 52, 34, 28]

PARAGRAPH = (
    "10,000 users entered. Account Creation: 95% completion, avg time 2 min; Profile Setup: 78% "
    "completion, avg time 45 min; First Feature Use: 52% completion, avg time 4.2 days; Second "
    "Session Return: 34% completion; Active User (Week 2): 28% completion"
)
BRACKETS = """Onboarding data:
- Total users entered: 10,000
- Completion rates: Account Creation (95%), Profile Setup (78%), First Feature Use (52%), \
Second Session Return (34%), Active User (Week 2) (28%)
- Average time between steps: 2 min, 45 min, 4.2 days
"""
ARROWS = """10,000 users entered the onboarding. Completion rates: Account Creation: 95%, \
Profile Setup: 78%, First Feature Use: 52%, Second Session Return: 34%, Active User (Week 2): 28%. \
Average times: Account Creation → Profile Setup: 2 minutes; Profile Setup → First Feature Use: \
45 minutes; First Feature Use → Second Session Return: 4.2 days."""
BULLETS = """Here is our data: 10,000 users started onboarding.
• Account Creation – 95%
• Profile Setup – 78%
• First Feature Use – 52%
• Second Session Return – 34%
• Active User (Week 2) – 28%
"""
MARKDOWN = """10,000 users entered

| Stage | Completion | Time |
|-------|-----------:|------|
| **Account Creation** | 95% | 2 min |
| Profile Setup | 78% | 45 min |
| First Feature Use | 52% | 4.2 days |
| Second Session Return | 34% | - |
| Active User (Week 2) | 28% | n/a |
"""
PIPES = """Stage | Completion | Time
Account Creation | 95 % | 2 min
Profile Setup | 78 % | 45 min
First Feature Use | 52 % | 4.2 days
Second Session Return | 34 % |
Active User (Week 2) | 28 % |
10,000 people entered
"""
STAGES = """Stage 1: Account Creation (95% completion, average time: 2 minutes)
Stage 2: Profile Setup (78% completion, average time: 45 minutes)
Stage 3: First Feature Use (52% completion, average time: 4.2 days)
Stage 4: Second Session Return (34% completion)
Stage 5: Active User (Week 2) (28%)
Users entered: 10000
"""
WRAPPED = """10,000 entered; completion of Account Creation 95 %, Profile Setup 78 %, First Feature
Use 52 %, Second Session Return 34 %, Active User (Week 2) 28 %; times 2 min, 45 min, 4.2 days."""
CHAIN = (
    "Account Creation 95% -> Profile Setup 78% -> First Feature Use 52% -> Second Session Return "
    "34% -> Active User (Week 2) 28%. 10k users entered."
)
CSV = "step;completion;time\n" + "".join(
    f"{s};{p}%;{t}\n"
    for s, p, t in zip(STEPS, SHARES, ["2 min", "45 min", "4.2 d", "", ""], strict=True)
)
TABS = "Entered: 10,000\n\nStage\tCompletion rate\n" + "".join(
    f"{s}\t{p}\n" for s, p in zip(STEPS, SHARES, strict=True)
)
JSON = json.dumps(
    {
        "entered": 10_000,
        "steps": [{"name": s, "completion": p / 100} for s, p in zip(STEPS, SHARES, strict=True)],
    }
)
JSON_BY_NAME = json.dumps({"entered": 10_000, **dict(zip(STEPS, SHARES, strict=True))})
COUNTS = "Entered: 10,000\n" + "".join(
    f"{i}. {s}: {p * 100:,} users\n" for i, (s, p) in enumerate(zip(STEPS, SHARES, strict=True), 1)
)
COUNTS_CSV = "step,users\nEntered,10000\n" + "".join(
    f"{s},{p * 100}\n" for s, p in zip(STEPS, SHARES, strict=True)
)
BOTH = "10,000 entered\n" + "".join(
    f"{s}: {p * 100:,} ({p}%)\n" for s, p in zip(STEPS, SHARES, strict=True)
)

NESTED = """Users entered: 10,000

- Account Creation
  - Completion: 95%
  - Avg time: 2 min
- Profile Setup
  - Completion: 78%
- First Feature Use
  - Completion rate: 52%
- Second Session Return
  - Completion rate: 34%
- Active User (Week 2)
  - Completion rate: 28%
"""
HEADINGS = """10,000 users entered
### Account Creation
Completion rate: 95%
### Profile Setup
Completion rate: 78%
### First Feature Use
52%
### Second Session Return
34% completion
### Active User (Week 2)
28% completion"""
PROMPT = """Analyze this onboarding funnel and identify the top 3 friction points. Users entered: \
10,000. Stages: Account Creation (95% completion), Profile Setup (78% completion), First Feature \
Use (52% completion), Second Session Return (34% completion), Active User (Week 2) (28% \
completion). Average time between stages: Account Creation to Profile Setup: 2 min, Profile Setup \
to First Feature Use: 45 min, First Feature Use to Second Session Return: 4.2 days. Recommend."""
NAMES_AFTER = (
    "10,000 users entered; 95% completed Account Creation (2 min), 78% completed Profile Setup "
    "(45 min), 52% reached First Feature Use, 34% made it to Second Session Return"
)
COMMAS = "10.000 users entered\n" + "".join(
    f"{s}: {p},0 %\n" for s, p in zip(STEPS, SHARES, strict=True)
)
NUMBERS_FIRST = "10,000\n" + "".join(
    f"{p * 100:,} {s}\n" for s, p in zip(STEPS, SHARES, strict=True)
)
SHEET = "Stage\tUsers\tCompletion %\nTotal entered\t10,000\t\n" + "".join(
    f"{s}\t{p * 100:,}\t{p}%\n" for s, p in zip(STEPS, SHARES, strict=True)
)

PASTED = {
    "paragraph": PARAGRAPH,
    "brackets": BRACKETS,
    "arrows": ARROWS,
    "bullets": BULLETS,
    "markdown": MARKDOWN,
    "pipes": PIPES,
    "stages": STAGES,
    "wrapped": WRAPPED,
    "chain": CHAIN,
    "csv": "10,000 users entered\n" + CSV,
    "tabs": TABS,
    "json": JSON,
    "json by name": JSON_BY_NAME,
    "counts": COUNTS,
    "counts csv": COUNTS_CSV,
    "counts and shares": BOTH,
    "nested": NESTED,
    "headings": HEADINGS,
    "prompt": PROMPT,
    "decimal commas": COMMAS,
    "numbers first": NUMBERS_FIRST,
    "sheet": SHEET,
}


@pytest.mark.parametrize("text", PASTED.values(), ids=PASTED.keys())
def test_F2_golden_case_however_it_is_pasted(text):
    table = read_table(text)
    assert table.entered == 10_000
    assert [step.name for step in table.steps] == STEPS
    assert [step.lost for step in table.steps] == [500, 1_700, 2_600, 1_800, 600]
    assert [round(step.rate * 100, 1) for step in table.steps] == [95.0, 82.1, 66.7, 65.4, 82.4]
    assert [step.value for step in table.steps] == [15, 61, 140, 148, 60]


@pytest.mark.parametrize("text", [PARAGRAPH, BRACKETS, MARKDOWN, CHAIN])
def test_F2_three_rankings_stand_side_by_side_and_disagree(text):
    table = read_table(text)
    account, profile, feature, session, week = STEPS
    lost, rate, value = table.rankings
    assert lost.order == (feature, session, profile, week, account)
    assert rate.order == (session, feature, profile, week, account)
    assert rate.nearly_tied == ((profile, week),)
    assert value.order == (session, feature, profile, week, account)
    assert value.figures == ("+148", "+140", "+61", "+60", "+15")
    assert "disagree because they ask different questions" in table.disagree


def test_F2_percentages_are_cumulative_and_the_other_reading_is_said():
    table = read_table(PARAGRAPH)
    assert table.reading == "cumulative"
    assert table.ambiguous
    assert "Read as conditional, of those at the step before, they would end at 3.7%." in (
        table.reading_why
    )
    assert table.override == "--reading conditional"


def test_F2_times_between_steps_that_are_missing_are_named():
    for text in (BRACKETS, ARROWS, WRAPPED):
        table = read_table(text)
        assert [s.time_us and s.time_us // 1_000_000 for s in table.steps] == [
            None,
            120,
            2_700,
            362_880,
            None,
        ]
        assert table.missing_times == (
            "entered to Account Creation",
            "Second Session Return to Active User (Week 2)",
        )
        assert any("No time given for entered to Account Creation" in w for w in table.warnings)


def test_F2_times_written_beside_a_step_belong_to_it():
    table = read_table(PARAGRAPH)
    assert [s.time_us and s.time_us // 1_000_000 for s in table.steps][:3] == [120, 2_700, 362_880]
    assert table.missing_times == ("Second Session Return", "Active User (Week 2)")


def test_F2_warnings_say_what_the_table_cannot():
    said = " ".join(read_table(PARAGRAPH).warnings)
    for words_ in ("averages, not medians", "No dates", "No causes", "No money", "±50 people"):
        assert words_ in said


def test_F2_conditional_percentages_are_read_right():
    text = "10,000 entered. A: 95% ; B: 82.1% of the previous step; C: 66.7%; D: 65.4%; E: 82.4%"
    table = read_table(text)
    assert table.reading == "conditional"
    assert [s.reached for s in table.steps] == [9_500, 7_800, 5_202, 3_402, 2_803]
    rising = read_table("1,000 entered. A: 60%; B: 50%; C: 80%")
    assert rising.reading == "conditional"
    assert "A later percentage is higher" in rising.reading_why
    assert [s.reached for s in rising.steps] == [600, 300, 240]


def test_F2_the_reading_can_be_chosen():
    table = read_table(PARAGRAPH, reading="conditional")
    assert table.steps[-1].reached == 367
    assert read_table(BOTH, reading="cumulative").steps[0].reached == 9_500
    with pytest.raises(DefinitionError, match="did you mean 'counts'"):
        read_table(PARAGRAPH, reading="count")
    with pytest.raises(DataError, match="no count for every step"):
        read_table(PARAGRAPH, reading="counts")
    with pytest.raises(DataError, match="cannot be cumulative"):
        read_table("100 entered. A: 50%; B: 80%", reading="cumulative")


def test_F2_names_may_stand_after_their_percentages():
    table = read_table(NAMES_AFTER)
    assert [s.name for s in table.steps] == STEPS[:4]
    assert [s.time_us and s.time_us // 60_000_000 for s in table.steps] == [2, 45, None, None]


def test_F2_percentages_of_people_lost_are_turned_round():
    text = "1,000 entered. A: 20% drop-off; B: 50% drop-off; C: 10% drop-off"
    assert [s.reached for s in read_table(text).steps] == [800, 400, 360]


def test_F2_small_samples_are_counts_and_warned_of():
    table = read_table("20 entered. A: 90%; B: 50%")
    assert any("Small sample" in w for w in table.warnings)
    assert table.rankings[1].figures == ("10 of 18", "18 of 20")


def test_F2_ideas_are_hypotheses_for_the_steps_with_most_to_win():
    table = read_table(PARAGRAPH)
    assert [idea.step for idea in table.ideas] == [STEPS[3], STEPS[2], STEPS[1]]
    assert {idea.evidence for idea in table.ideas} == {"not measured"}
    assert len({idea.lever for idea in table.ideas}) == 3


def test_F2_words_for_an_executive():
    said = words(read_table(BRACKETS))
    assert said.startswith(
        "Fix Second Session Return first: keeping a tenth of the 1,800 lost there is worth up to "
        "+148 at\n"
    )
    for line in (
        "  Profile Setup            7,800  1,700      82.1%      2 min       +61",
        "  1  First Feature Use      2,600  Second Session Return  65.4%  Second Session Return",
        "Profile Setup and Active User (Week 2) are nearly tied by step rate.",
        "upper bound if the recovered behave like the rest",
        "Ideas to test (hypotheses, not measured)",
        "What this table cannot say",
    ):
        assert line in said
    assert max(map(len, said.splitlines())) <= 100


def test_F2_json_is_canonical_and_complete():
    one = to_json(read_table(PARAGRAPH))
    assert one == to_json(read_table(PARAGRAPH))
    data = json.loads(one)
    assert [step["lost"] for step in data["steps"]] == [500, 1_700, 2_600, 1_800, 600]
    assert data["formula"].endswith("upper bound if the recovered behave like the rest")


def test_a_table_is_read_from_a_file(tmp_path: Path):
    file = tmp_path / "funnel.csv"
    file.write_text(COUNTS_CSV)
    assert read_table(file) == read_table(str(file)) == read_table(COUNTS_CSV)


def test_how_many_entered_is_not_made_up():
    table = read_table("A: 95%\nB: 78%")
    assert not table.entered_known
    assert any("not said how many entered" in w for w in table.warnings)
    counted = read_table("Visit: 800\nSign up: 200\nPay: 50")
    assert counted.entered == 800
    assert [s.name for s in counted.steps] == ["Sign up", "Pay"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hello there", "no steps found"),
        ("Entered 100. A: 50\nB: 80", "more than the 50 before it"),
        ("100 entered. A: 95%\nB: 250%", "above 100%"),
    ],
)
def test_what_cannot_be_read_is_said(text, said):
    with pytest.raises(DataError, match=said):
        read_table(text)
    with pytest.raises(NotEnoughDataError, match="empty"):
        read_table("  \n")


names = st.lists(
    st.sampled_from(["Visit site", "Sign up", "Add data", "First use", "Invite", "Pay", "Renew"]),
    min_size=1,
    max_size=6,
    unique=True,
)
shapes = st.sampled_from(
    ["{s}: {n:,}", "- {s} – {n}", "{s} | {n}", "* {s}: {n} users", "{s} ({n})"]
)


@settings(max_examples=examples(60), deadline=None)
@given(steps=names, shape=shapes, data=st.data())
def test_F2_losses_sum_to_those_who_did_not_arrive(steps, shape, data):
    entered = data.draw(st.integers(1, 2_000_000))
    reached = sorted(
        data.draw(st.lists(st.integers(0, entered), min_size=len(steps), max_size=len(steps))),
        reverse=True,
    )
    lines = [shape.format(s=s, n=n) for s, n in zip(steps, reached, strict=True)]
    table = read_table(f"{entered:,} people entered\n" + "\n".join(lines))
    assert [s.reached for s in table.steps] == reached
    assert sum(s.lost for s in table.steps) == entered - reached[-1]
    assert all(0 <= s.value <= s.recovered + 1 for s in table.steps)
    assert words(table).count("+") >= len(steps)


@settings(max_examples=examples(150), deadline=None)
@given(text=st.text(max_size=200))
def test_anything_pasted_is_read_or_refused_in_words(text):
    with suppress(DataError, NotEnoughDataError):
        words(read_table(text))


@pytest.mark.parametrize(
    "pasted",
    [
        "Stage | Completion rate | Avg time\nEntered | 10,000 |\nSign up | 95% | 2 min\n"
        "First use | 52% | 4.2 days\nPay | 28% | -",
        "10,000 entered. Sign up: 95% completion (avg. 2 minutes), First use: 52% (4.2 days), "
        "Pay: 28%.",
    ],
    ids=["a short row above the others", "a full stop after avg"],
)
def test_F2_times_are_read_where_they_stand(pasted: str) -> None:
    times = [step.time_us for step in read_table(pasted).steps]
    assert times == [120_000_000, 362_880_000_000, None]
