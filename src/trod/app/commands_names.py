"""The command about names: names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Optional

import typer

from trod.app import say
from trod.app.options import AsJson, filled

if TYPE_CHECKING:
    from trod.insights.simplify import Simplification
    from trod.workspace import Workspace
    from trod.workspace.naming import NamesReport

_SHOWN: Final = 40


def names(
    ctx: typer.Context,
    budget: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--budget", min=2, help="Say what is lost if only so many are told apart."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    r"""Show what touchpoints are called, by which rule, and which may be one.

    \b
    Examples:
      $ trod names
      $ trod names --budget 20
    """
    from trod.workspace.naming import names_of

    space = filled(ctx, quiet=as_json)
    found = names_of(space)
    simple = _simplified(space, found, budget)
    if as_json:
        told = {
            "touchpoints": [one._asdict() for one in found.touchpoints],
            "synonyms": [one._asdict() for one in found.synonyms],
            "rules": found.rules.model_dump(mode="json", exclude_defaults=True),
            "simplification": simple._asdict() | {"lost": simple.lost} if simple else None,
        }
        say.answer_json(told)
        return
    say.answer("\n\n".join(part for part in _told(found, simple) if part))


def _simplified(space: Workspace, found: NamesReport, budget: int | None) -> Simplification | None:
    """Say what a budget costs; the usual one where there are more names than it."""
    from trod.analyses.transitions import Transitions
    from trod.fold import run
    from trod.insights.simplify import BUDGET, simplification

    wanted = budget or (BUDGET if len(found.touchpoints) > BUDGET else None)
    if wanted is None:
        return None
    journeys = space.journeys()
    fold = Transitions(journeys.vocabulary, times=False)
    rows = {one.name: one.rows for one in found.touchpoints}
    return simplification(run({"moves": fold}, journeys)["moves"], rows, wanted)


def _told(found: NamesReport, simple: Simplification | None) -> list[str]:
    from trod.insights.synonyms import as_yaml

    rows = [["touchpoint", "rows", "raw names"]]
    for called in found.touchpoints[:_SHOWN]:
        others = [f"{raw} ({rule})" for raw, rule, _ in called.raw if raw != called.name]
        more = f" and {len(others) - 3} more" if len(others) > 3 else ""
        rows.append([called.name, f"{called.rows:,}", ", ".join(others[:3]) + more])
    parts = [say.grid(rows, right=[1], indent="")]
    if len(found.touchpoints) > _SHOWN:
        parts[0] += f"\nand {len(found.touchpoints) - _SHOWN:,} more: --json lists all."
    rules = found.rules.model_dump(mode="json", exclude_defaults=True)
    if rules:
        shown = ", ".join(f"{key}: {str(value).lower()}" for key, value in rules.items())
        parts.append(
            f"Rules that would make fewer of them; in trod.yml:\nevents:\n  names: {{{shown}}}"
        )
    if found.synonyms:
        parts.append(f"These may be one. Look through them:\n{as_yaml(found.synonyms)}")
    if simple is not None:
        listed = ", ".join(simple.merged[:8]) + (" ..." if len(simple.merged) > 8 else "")
        rest = f"\nCounted as one: {listed}. In trod.yml: `events.names.most`."
        parts.append(say.folded(simple.words() + rest * bool(simple.merged)))
    return parts
