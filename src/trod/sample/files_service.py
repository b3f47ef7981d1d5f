"""What customers write: tickets as Zendesk has them, chats of Intercom, posts of Discourse."""

from __future__ import annotations

import json
import shutil

import numpy as np

from trod.sample import words
from trod.sample.calendar import DAY, at, iso
from trod.sample.dirt import DeliveredTwice, confide
from trod.sample.files import Files, quoted
from trod.sample.subjects import go_on
from trod.sample.tape import Rows


def support(files: Files, rows: Rows) -> None:
    """Tickets in a page of Zendesk; some customers write what should not stand there."""
    rng, n = files.rng, rows.n
    text = np.full(n, "", object)
    late = rows.time_s - files.people.joined_s[rows.person] > 192 * DAY
    for book, mask in (("ticket", ~late), ("payment", late)):
        text[mask] = words.write(rng, book, rows.mood[mask])
    text[:] = go_on(files.more, text.tolist())
    text = np.where(rng.random(n) < 0.3, "Hello;\n" + text, text)
    ids = [str(i + 40_001) for i in range(n)]
    text = confide(rng, files.dirt, "support_tickets.json", text, ids)
    mail = files.address(rows)
    team = mail != files.email[rows.person]
    user = np.where(team | (rng.random(n) < 0.7), files.user[rows.person], "")
    urgent = (rows.mood < -1).tolist()
    lines = [
        f'{{"id":{i},"url":"https://tallyfern.example/tickets/{i}.json","created_at":"{time}Z",'
        f'"subject":"Question","description":{body},"priority":"{"high" if hot else "normal"}",'
        f'"status":"closed","via":{{"channel":"email"}},"requester":{{"email":{address},'
        f'"external_id":{login}}},"tags":["reporting"],"comments":[{{"id":{i}1,"public":true,'
        f'"created_at":"{time}Z","body":{body}}}]}}'
        for i, time, body, hot, address, login in zip(
            ids, iso(rows.time_s), quoted(text), urgent, quoted(mail), quoted(user), strict=True
        )
    ]
    files.page("data/support_tickets.json", "tickets", lines, '"end_of_stream":true')
    files.note("support_tickets.json", n)


def _conversations(files: Files, rows: Rows, first: int) -> list[str]:
    """Write conversations of three parts: the question, our answer, and that we closed it."""
    mood = np.minimum(rows.mood, 1).astype(np.int8)
    said = go_on(files.more, words.write(files.rng, "ticket", mood))
    text = [f"<p>{one}</p>" for one in said]
    mail, user = quoted(files.address(rows)), quoted(files.user[rows.person])
    admin = '"author":{"type":"admin","id":"7","email":"help@tallyfern.example"}'
    return [
        f'{{"type":"conversation","id":"{i}","created_at":{time},"source":{{"type":"conversation",'
        f'"author":{{"type":"user","id":"ic{i}","email":{address}}},"body":{body}}},'
        f'"contacts":{{"contacts":[{{"type":"contact","external_id":{login}}}]}},'
        f'"conversation_parts":{{"total_count":2,"conversation_parts":['
        f'{{"id":"{i}-1","part_type":"comment","created_at":{time + 240},{admin},'
        f'"body":"<p>Thank you, we look into it.</p>"}},'
        f'{{"id":"{i}-2","part_type":"close","created_at":{time + 3_600},{admin},"body":null}}]}}}}'
        for i, (time, body, address, login) in enumerate(
            zip(rows.time_s.tolist(), quoted(text), mail, user, strict=True), first
        )
    ]


def chat(files: Files, rows: Rows) -> None:
    """Intercom conversations, one a line. One file was delivered twice."""
    old = rows.time_s < at("2026-01-01")
    n = 0
    for year, mask in (("2025", old), ("2026", ~old)):
        some = rows.take(mask)
        count = files.lines(f"data/chat_{year}.jsonl", _conversations(files, some, n + 200_001))
        files.note(f"chat_{year}.jsonl", count)
        n += some.n
    again = "chat_2026 (1).jsonl"
    shutil.copy2(files.folder / "data/chat_2026.jsonl", files.folder / "data" / again)
    files.note(again, count, resent=count)
    files.dirt.twice.append(DeliveredTwice(again, "chat_2026.jsonl", count, "whole file"))


def community(files: Files, rows: Rows) -> None:
    """Posts in a page of Discourse; two authors deleted themselves."""
    mood = np.clip(rows.mood, -1, 1).astype(np.int8)
    text = go_on(files.more, words.write(files.rng, "ticket", mood))
    asks = rows.name == "Community question"
    mail = files.email[rows.person]
    posts = [
        {
            "id": 7_001 + i,
            "topic_id": 300 + i // 3,
            "post_number": 1 if first else 2,
            "created_at": f"{time}.000Z",
            "username": f"member{person}",
            "email": address or None,
            "topic_title": "Data sources",
            "raw": body,
        }
        for i, (first, time, address, body, person) in enumerate(
            zip(
                asks.tolist(),
                iso(rows.time_s),
                mail.tolist(),
                text,
                rows.person.tolist(),
                strict=True,
            )
        )
    ]
    gone = files.break_rows("community_posts.json", "no id", 2)
    posts += [{**posts[i], "id": 9_001 + i, "username": None, "email": None} for i in range(gone)]
    lines = [json.dumps(post, ensure_ascii=False) for post in posts]
    files.page("data/community_posts.json", "latest_posts", lines)
    files.note("community_posts.json", len(posts), broken=gone)
