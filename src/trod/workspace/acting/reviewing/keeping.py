"""Reviews kept, sent, and commented."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trod.errors import DefinitionError, unknown

if TYPE_CHECKING:
    from trod.outcomes.reviews.kept import Kept
    from trod.outcomes.reviews.review import Review
    from trod.workspace.folder import Workspace


def kept(
    workspace: Workspace, review: Review, *, who: str, now_us: int, to: str | None = None
) -> Kept:
    """Keep a review as it is shown; where `to` names a destination, put it in the outbox for it.

    What is sent is kept: somebody has seen it. The same review goes to a destination once.

    Raises
    ------
    DefinitionError
        If trod.yml has no destination of this name.
    """
    from trod.actions.messages.message import Message, put
    from trod.outcomes.reviews import kept as register
    from trod.outcomes.reviews.told import message

    names = [spec.name for spec in workspace.project.actions.destinations]
    if to is not None and to not in names:
        raise DefinitionError([unknown("destination", to, names)])
    with workspace.state() as state, state.write() as con:
        id_ = register.keep(con, review, who=who, now_us=now_us)
        if to is not None:
            title, body = message(review)
            facts = {"review": id_, "pack": review.pack, "period": review.period}
            if put(con, Message(f"review/{id_}/{to}", to, "review", title, body, facts), now_us):
                register.sent(con, id_, to, who=who, now_us=now_us)
        return register.one(con, id_)


def listed(workspace: Workspace) -> tuple[Kept, ...]:
    """Give the reviews that were kept, the latest first."""
    from trod.outcomes.reviews.kept import listed as everything

    with workspace.state() as state, state.read() as con:
        return everything(con)


def one(workspace: Workspace, given: str) -> Kept:
    """Give a review that was kept, by its id or the beginning of it.

    Raises
    ------
    DefinitionError
        If none or several begin so.
    """
    from trod.outcomes.reviews.kept import one as found

    with workspace.state() as state, state.read() as con:
        return found(con, given)


def commented(workspace: Workspace, given: str, said: str, *, who: str, now_us: int) -> Kept:
    """Add a comment to a review that was kept.

    Raises
    ------
    DefinitionError
        Without words, or if no review, or several, begin so.
    """
    from trod.outcomes.reviews.kept import comment

    with workspace.state() as state, state.write() as con:
        return comment(con, given, said, who=who, now_us=now_us)
