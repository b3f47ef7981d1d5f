"""What customers answer: Delighted after onboarding, Typeform at the renewal and after the end."""

from __future__ import annotations

import numpy as np

from trod.sample import words
from trod.sample.calendar import iso
from trod.sample.draws import Index
from trod.sample.files import Files, Texts, quoted
from trod.sample.subjects import aside
from trod.sample.tape import Rows


def surveys(files: Files, rows: Rows) -> None:
    """Write the answers of both tools."""
    rng = files.rng
    comment = np.full(rows.n, "", object)
    for name, book in (
        ("Onboarding survey", "Onboarding survey"),
        ("Renewal survey", "Renewal survey"),
        ("Cancellation survey", "Renewal survey"),
    ):
        some = np.flatnonzero((rows.name == name) & (rng.random(rows.n) < 0.55))
        written = words.write(rng, book, rows.mood[some])
        comment[some] = aside(files.more, written, rows.mood[some].tolist())
    score = np.array([1, 5, 7, 9, 10])[rows.mood.astype(np.int64) + 2]
    score = np.clip(score + rng.integers(-1, 2, size=rows.n), 0, 10)
    early = rows.name == "Onboarding survey"
    _delighted(files, rows.take(early), score[early], comment[early])
    _typeform(files, rows.take(~early), score[~early], comment[~early])


def _delighted(files: Files, rows: Rows, score: Index, comment: Texts) -> None:
    lines = [
        f'{{"id":"dl{i:07d}","survey_type":"nps","score":{answer},"comment":{said},'
        f'"permalink":"https://tallyfern.example/r/{i}","created_at":{time},'
        f'"person":{{"id":"p{person:07d}","email":{mail}}},"person_properties":{{"plan":"team"}}}}'
        for i, (answer, said, time, person, mail) in enumerate(
            zip(
                score.tolist(),
                quoted(comment),
                rows.time_s.tolist(),
                rows.person.tolist(),
                quoted(files.email[rows.person]),
                strict=True,
            ),
            1,
        )
    ]
    files.note("survey_delighted.jsonl", files.lines("data/survey_delighted.jsonl", lines))


def _typeform(files: Files, rows: Rows, score: Index, comment: Texts) -> None:
    lines = [
        f'{{"token":"tf{i:07d}","landed_at":"{time}Z","submitted_at":"{time}Z",'
        f'"hidden":{{"email":{mail},"form":"{form}"}},"answers":[{{"type":"number","number":'
        f'{answer},"field":{{"id":"q1","type":"nps"}}}}{_long(said)}]}}'
        for i, (form, time, mail, answer, said) in enumerate(
            zip(
                rows.name.tolist(),
                iso(rows.time_s),
                quoted(files.email[rows.person]),
                score.tolist(),
                quoted(comment),
                strict=True,
            ),
            1,
        )
    ]
    files.page("data/survey_typeform.json", "items", lines, f'"total_items":{rows.n}')
    files.note("survey_typeform.json", rows.n)


def _long(said: str) -> str:
    """Write the answer to the second question, where there is one."""
    if said == "null":
        return ""
    return f',{{"type":"text","text":{said},"field":{{"id":"q2","type":"long_text"}}}}'
