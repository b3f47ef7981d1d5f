"""Messages on their way, as a terminal tells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from trod.app import say
from trod.events.counted import count
from trod.insights.wording import day

if TYPE_CHECKING:
    from trod.actions.messages.deliver import Attempt, Held
    from trod.actions.messages.outbox import Waiting
    from trod.actions.messages.tried import Tried
    from trod.workspace.acting.messages import Draft, Place

_NOWHERE: Final = (
    "No destination yet. Write under `actions:` of trod.yml, such as "
    "`destinations: [{name: crm, webhook: https://hooks.example/in, secret_env: CRM_SECRET}]`."
)


def problem(tried: Tried) -> str:
    """Say what went wrong in one try; empty where it arrived."""
    from trod.actions.messages.tried import Later, Never

    return sentence(tried.problem) if isinstance(tried, Later | Never) else ""


def sentence(text: str) -> str:
    """End a text with a full stop."""
    return text if text.endswith(".") else f"{text}."


def attempt(each: Attempt) -> str:
    """Tell one try in a line."""
    head = f"{each.to}  {say.cut(each.title)}"
    if each.status == "sent":
        return f"{head}  sent"
    what = {"waiting": "again later", "dead": "given up", "lost": "settled by somebody else"}
    why = f": {each.problem.rstrip('.')}" if each.problem else ""
    return f"{head}  {what[each.status]} (try {each.tries}){why}"


def given_up(keys: Sequence[str]) -> str:
    """Tell which messages were given up just now."""
    shown = ", ".join(say.visible(key) for key in keys)
    return (
        f"{count(len(keys), 'message')} {'was' if len(keys) == 1 else 'were'} given up: {shown}. "
        "`trod outbox --dead` says why, `trod outbox --replay-all` sends again."
    )


def stuck(those: Sequence[Held]) -> list[str]:
    """Tell what waits for a reason on our side."""
    return [
        f"{count(each.n, 'message')} {'waits' if each.n == 1 else 'wait'} for {each.to}: "
        f"{sentence(each.why)}"
        for each in those
    ]


def drafts(found: Sequence[Draft]) -> str:
    """Tell what would be sent, exactly."""
    if not found:
        return "Nothing waits."
    told = []
    for each in found:
        lines = [f"{say.strong(each.to)}  {say.visible(each.key)}"]
        if each.problem:
            lines.append(say.folded(f"Waits: {sentence(each.problem)}", indent="  "))
        elif each.headers:
            lines.append(f"  POST {each.where}/…")
            lines += [f"  {name}: {value}" for name, value in each.headers.items()]
            lines.append("  webhook-timestamp and webhook-signature: made when it is sent")
        else:
            lines.append(f"  {each.where}")
        lines += ["", *(f"  {say.visible(line)}" for line in each.body.splitlines())]
        told.append("\n".join(lines))
    return "\n\n".join([*told, f"{count(len(found), 'message')}. Nothing was sent."])


def outbox(found: Sequence[Waiting], zone: str, *, dead: bool) -> str:
    """Tell what was not sent yet."""
    if not found:
        return "No message was given up." if dead else "Nothing waits, and nothing was given up."
    rows = [
        [
            say.visible(each.message.key),
            each.message.to,
            "given up" if each.status == "dead" else "waits",
            count(each.tries, "try", "tries"),
            day(each.created_us, zone),
            say.cut(each.problem or ""),
        ]
        for each in found
    ]
    lines = [say.grid(rows, indent="", spare=[4])]
    if any(each.status == "dead" for each in found):
        again = "`trod outbox --replay-all` sends what was given up again, under the same ids."
        lines += ["", say.folded(again)]
    return "\n".join(lines)


def again(n: int) -> str:
    """Tell how many go out again."""
    if not n:
        return "No message was given up."
    return f"{count(n, 'message')} {'is' if n == 1 else 'are'} in line again. `trod deliver` sends."


def dropped(n: int) -> str:
    """Tell how many are never sent."""
    if not n:
        return "No message was given up."
    return f"{count(n, 'message')} dropped. What an audience said of customers is forgotten."


def places(found: Sequence[Place]) -> str:
    """Tell where messages go."""
    if not found:
        return say.folded(_NOWHERE)
    lines = []
    for each in found:
        how = "signed" if each.signed else ""
        where = ", ".join(part for part in (each.where, how) if part)
        lines.append(f"{say.strong(each.name)}  {where}".rstrip())
        if each.problem:
            lines.append(say.folded(sentence(each.problem), indent="  "))
        lines.append(f"  {each.waiting:,} waiting, {each.sent:,} sent, {each.dead:,} given up")
    return "\n".join(lines)
