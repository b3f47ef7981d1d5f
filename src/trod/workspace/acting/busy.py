"""What the state says when plays are weighed: who is in one, held back, or was contacted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa

    from trod.actions.playbooks.fits import Busy
    from trod.actions.playbooks.spec import PlaybookSpec
    from trod.actions.queue.uplift import Measured
    from trod.outcomes.effect import Effect
    from trod.outcomes.priors import Prior
    from trod.workspace.folder import Workspace


def busy(workspace: Workspace, con: sa.Connection, now_us: int) -> Busy:
    """Say whom plays, chance and people keep a playbook away from."""
    from datetime import timedelta

    from trod.actions.interventions.register import HELD_BACK, OPEN, listed
    from trod.actions.playbooks.fits import Busy

    actions = workspace.project.actions
    plays = {spec.name: spec for spec in actions.playbooks}
    in_play: dict[str, str] = {}
    held: dict[str, frozenset[str]] = {}
    contacts: dict[str, list[int]] = {}
    played: dict[str, list[tuple[int, str]]] = {}
    for one in listed(con):
        spec = plays.get(one.playbook)
        if one.arm == HELD_BACK:
            lasts = spec.success.within if spec else timedelta(0)
            until = one.decided_us + lasts // timedelta(microseconds=1)
            if spec is not None and now_us < until:
                sorts = held.get(one.customer, frozenset())
                held[one.customer] = sorts | {spec.success.sort}
            continue
        if one.status == "skipped":
            continue
        if one.status in OPEN:
            in_play[one.customer] = one.playbook
        played.setdefault(one.customer, []).append((one.decided_us, one.playbook))
        if (moment := one.done_us or one.started_us) is not None:
            contacts.setdefault(one.customer, []).append(moment)
    return Busy(now_us, frozenset(actions.never), in_play, held, contacts, played)


def populations(con: sa.Connection, spec: PlaybookSpec) -> tuple[str, ...]:
    """Give the keys of those whom findings concern that trigger a playbook."""
    import sqlalchemy as sa

    from trod.insights.findings.tables import FINDING

    asked = None if spec.trigger is None else spec.trigger.finding
    if asked is None:
        return ()
    table = FINDING.c
    current = table.status.in_(("open", "accepted")) & table.gone_us.is_(None)
    query = sa.select(table.told).where(current).order_by(table.id)
    keys = []
    for (told,) in con.execute(query):
        if asked.means(told.get("kind", ""), told.get("stage", ""), told.get("lever", "")):
            key = (told.get("population") or {}).get("key")
            keys += [key] if key else []
    return tuple(dict.fromkeys(keys))


def known_effects(con: sa.Connection) -> Mapping[str, Effect]:
    """Give what was last known of each playbook."""
    from trod.outcomes.kept import latest

    return latest(con)


def settled(con: sa.Connection) -> frozenset[str]:
    """Name the plays of which there is little left to learn: they work.

    Once told, it holds as long as a single look still says so: holding fewer back widens the
    interval for many looks, and a play must not go back and forth for that alone.
    """
    from trod.outcomes.kept import ever

    once = ever(con, "works")
    return frozenset(
        name
        for name, effect in known_effects(con).items()
        if effect.evidence == "Tested"
        and (effect.verdict == "works" or (name in once and _still(effect)))
    )


def _still(effect: Effect) -> bool:
    """Say whether a single look finds the effect on the good side of nothing."""
    return effect.fixed_low > 0 if effect.better == "up" else effect.fixed_high < 0


def measured(
    spec: PlaybookSpec, effect: Effect | None, pooled: Mapping[str, Prior]
) -> Measured | None:
    """Give an effect in the direction that is good, for a belief to be joined with.

    Of a share it is drawn towards the effects of the other plays: the largest is so partly by luck.
    An effect on something else than the play is judged by today says nothing.
    """
    from trod.actions.queue.uplift import Measured

    same = effect is not None and (effect.unit != "share") == spec.success.money
    if effect is None or not same or effect.better != spec.success.wants:
        return None
    at = effect.held_back if effect.unit == "share" else None
    if (prior := pooled.get(effect.playbook)) is not None:
        return Measured(prior.estimate, prior.low, prior.high, prior.evidence, prior.n, at)
    n = effect.n_treated + effect.n_held_back
    sign, ends = 1.0, (effect.fixed_low, effect.fixed_high)
    if effect.better == "down":
        sign, ends = -1.0, (-effect.fixed_high, -effect.fixed_low)
    return Measured(sign * effect.estimate, *ends, effect.evidence, n, at)


def stopped(spec: PlaybookSpec, effect: Effect | None) -> str:
    """Say why a playbook is not used any more; empty where it is."""
    if effect is None or not spec.stop.harms or effect.evidence != "Tested":
        return ""
    if effect.verdict == "harms":
        return f"{spec.name} is stopped: tested, and it harms."
    if effect.verdict == "no effect found":
        return f"{spec.name} is stopped: tested, and no effect was found."
    if effect.verdict != "works" and _ruled_out(effect):
        return f"{spec.name} is stopped: tested, and an effect worth having is ruled out."
    return ""


def _ruled_out(effect: Effect) -> bool:
    """Say whether it stands on the stop-list: hours would be spent on what cannot be worth them."""
    from trod.outcomes.verdict import ruled_out

    return ruled_out(effect.low, effect.high, effect.better, effect.worth_having)
