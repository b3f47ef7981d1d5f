"""What customers write: tickets as Zendesk has them, chats of Intercom, the community, surveys."""

from __future__ import annotations

import json
import shutil

import numpy as np

from trod.sample import words
from trod.sample.calendar import DAY, at, iso
from trod.sample.dirt import DeliveredTwice, confide
from trod.sample.draws import Index
from trod.sample.files import Files, quoted
from trod.sample.tape import Rows


def support(files: Files, rows: Rows) -> None:
    """Zendesk tickets, one a line; some customers write what should not stand in a ticket."""
    rng, n = files.rng, rows.n
    text = np.full(n, "", object)
    late = rows.time_s - files.people.joined_s[rows.person] > 192 * DAY
    for book, mask in (("ticket", ~late), ("payment", late)):
        text[mask] = words.write(rng, book, rows.mood[mask])
    text = np.where(rng.random(n) < 0.3, "Hello;\n" + text, text)
    ids = [str(i + 40_001) for i in range(n)]
    text = confide(rng, files.dirt, "support_tickets.jsonl", text, ids)
    mail = files.address(rows)
    team = mail != files.email[rows.person]
    user = np.where(team | (rng.random(n) < 0.7), files.user[rows.person], "")
    urgent = (rows.mood < -1).tolist()
    lines = [
        f'{{"id":{i},"url":"https://tallyfern.example/tickets/{i}.json","created_at":"{time}Z",'
        f'"subject":"Question","description":{body},"priority":"{"high" if hot else "normal"}",'
        f'"status":"closed","via":{{"channel":"email"}},"requester":{{"email":{address},'
        f'"external_id":{login}}},"tags":["reporting"]}}'
        for i, time, body, hot, address, login in zip(
            ids, iso(rows.time_s), quoted(text), urgent, quoted(mail), quoted(user), strict=True
        )
    ]
    count = files.lines("data/support_tickets.jsonl", lines)
    files.note("support_tickets.jsonl", count)


def _parts(files: Files, rows: Rows, first: int) -> list[str]:
    """Write three parts a conversation: the question, our answer, and that we closed it."""
    mood = np.minimum(rows.mood, 1).astype(np.int8)
    text = words.write(files.rng, "ticket", mood)
    mail, user = quoted(files.address(rows)), quoted(files.user[rows.person])
    lines = []
    for i, (time, body, address, login) in enumerate(
        zip(rows.time_s.tolist(), quoted(text), mail, user, strict=True), first
    ):
        asks = f'"author":{{"type":"user","email":{address},"external_id":{login}}}'
        answers = '"author":{"type":"admin","email":"help@tallyfern.example","external_id":null}'
        for part, (who, wait, said) in enumerate(
            (
                (asks, 0, body),
                (answers, 240, '"Thank you, we look into it."'),
                (answers, 3_600, "null"),
            )
        ):
            lines.append(
                f'{{"type":"conversation_part","id":"{i}-{part}","conversation_id":"{i}",'
                f'"part_type":"comment","created_at":{time + wait},{who},"body":{said}}}'
            )
    return lines


def chat(files: Files, rows: Rows) -> None:
    """Intercom conversations, flat: a line for each part. One file was delivered twice."""
    old = rows.time_s < at("2026-01-01")
    n = 0
    for year, mask in (("2025", old), ("2026", ~old)):
        some = rows.take(mask)
        count = files.lines(f"data/chat_{year}.jsonl", _parts(files, some, n + 200_001))
        files.note(f"chat_{year}.jsonl", count)
        n += some.n
    again = "chat_2026 (1).jsonl"
    shutil.copy2(files.folder / "data/chat_2026.jsonl", files.folder / "data" / again)
    files.note(again, count, resent=count)
    files.dirt.twice.append(DeliveredTwice(again, "chat_2026.jsonl", count, "whole file"))


def community(files: Files, rows: Rows) -> None:
    """Posts of the forum as one JSON array; two authors deleted themselves."""
    text = words.write(files.rng, "ticket", np.clip(rows.mood, -1, 1).astype(np.int8))
    asks = rows.name == "Community question"
    mail = files.email[rows.person]
    posts = [
        {
            "id": 7_001 + i,
            "topic_id": 300 + i // 3,
            "post_number": 1 if first else 2,
            "created_at": f"{time}.000Z",
            "user_email": address or None,
            "category": "Data sources",
            "raw": body,
        }
        for i, (first, time, address, body) in enumerate(
            zip(asks.tolist(), iso(rows.time_s), mail.tolist(), text, strict=True)
        )
    ]
    gone = files.break_rows("community_posts.json", "no id", 2)
    posts += [{**posts[i], "id": 9_001 + i, "user_email": None} for i in range(gone)]
    lines = ",\n".join(json.dumps(post, ensure_ascii=False) for post in posts)
    files.lines("data/community_posts.json", [f"[{lines}]"])
    files.note("community_posts.json", len(posts), broken=gone)


def _scores(files: Files, rows: Rows) -> Index:
    score = np.array([1, 5, 7, 9, 10])[rows.mood.astype(np.int64) + 2]
    answer: Index = np.clip(score + files.rng.integers(-1, 2, size=rows.n), 0, 10)
    return answer


def surveys(files: Files, rows: Rows) -> None:
    """Delighted asks after onboarding; Typeform at renewal, and those who cancelled."""
    rng = files.rng
    comment = np.full(rows.n, "", object)
    for name, book in (
        ("Onboarding survey", "Onboarding survey"),
        ("Renewal survey", "Renewal survey"),
        ("Cancellation survey", "Renewal survey"),
    ):
        some = np.flatnonzero((rows.name == name) & (rng.random(rows.n) < 0.55))
        comment[some] = words.write(rng, book, rows.mood[some])
    score = _scores(files, rows)
    early = np.flatnonzero(rows.name == "Onboarding survey")
    first = rows.take(early)
    count = files.csv(
        "data/survey_delighted.csv",
        {
            "Survey Response ID": [f"dl{i + 1:07d}" for i in range(first.n)],
            "Email": files.email[first.person],
            "Score": score[early],
            "Comment": comment[early],
            "Created at": iso(first.time_s, suffix=" UTC", sep=" "),
        },
    )
    files.note("survey_delighted.csv", count)
    rest = np.flatnonzero(rows.name != "Onboarding survey")
    later = rows.take(rest)
    count = files.csv(
        "data/survey_typeform.csv",
        {
            "Response ID": [f"tf{i + 1:07d}" for i in range(later.n)],
            "form": later.name,
            "email": files.email[later.person],
            "How likely are you to recommend us?": score[rest],
            "Why?": comment[rest],
            "Submit Date (UTC)": iso(later.time_s, sep=" "),
        },
    )
    files.note("survey_typeform.csv", count)
