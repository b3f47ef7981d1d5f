"""The versions of models that a workspace keeps: none is ever changed, the last one speaks."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, NamedTuple, TypeVar

from trod._store.durable import Write
from trod._store.manifest import Part
from trod._store.store import Store, Transaction
from trod.errors import NotEnoughDataError, StoreError, unknown
from trod.models.card import Card
from trod.models.fitted import Fitted
from trod.models.stored import Stored

KIND: Final = "models"
_CARD: Final = "card"
Told = TypeVar("Told")


class Version(NamedTuple):
    """One version of one model."""

    card: Card
    part: Part


def keep(tx: Transaction, fitted: Sequence[Fitted]) -> tuple[Card, ...]:
    """Add fitted models to the store, each as the next version of its name."""
    made = datetime.now(UTC).isoformat(timespec="seconds")
    cards = []
    for one in fitted:
        before = [part for part in tx.parts(KIND) if part.facts["model"] == one.card.model]
        card = replace(one.card, version=len(before) + 1, made=made)
        facts = {**one.stored.facts, _CARD: card.told()}
        body = Stored(facts, one.stored.arrays).to_bytes()
        about = {"model": card.model, "version": card.version}
        tx.add(KIND, "npz", _writing(body), rows=card.n, facts=about)
        cards.append(card)
    return tuple(cards)


def _writing(body: bytes) -> Write:
    return lambda file: file.write(body)


def versions(store: Store) -> tuple[Version, ...]:
    """Give every version of every model, oldest first within a name."""
    parts = sorted(store.manifest.of(KIND), key=lambda p: (p.facts["model"], p.facts["version"]))
    return tuple(Version(_card(store, part), part) for part in parts)


def latest(store: Store, model: str) -> tuple[Card, Stored]:
    """Give the last version of a model, which may be asked.

    Raises
    ------
    NotEnoughDataError
        If it was never fitted, or its card says that there is no model.
    """
    return version(store, model, None)


def version(store: Store, model: str, number: int | None) -> tuple[Card, Stored]:
    """Give a version of a model, which may be asked: the one with this number, or the last.

    Raises
    ------
    NotEnoughDataError
        If it was never fitted, or its card says that there is no model.
    """
    kept = [part for part in store.manifest.of(KIND) if part.facts["model"] == model]
    if not kept:
        known = sorted({part.facts["model"] for part in store.manifest.of(KIND)})
        more = f" {unknown('model', model, known)}" if known else ""
        raise NotEnoughDataError(f"no model {model!r} was fitted yet. Run `trod fit`.{more}")
    numbers = [int(part.facts["version"]) for part in kept]
    if number is not None and number not in numbers:
        raise NotEnoughDataError(f"{model} has versions 1 to {max(numbers)}, and no {number}.")
    part = kept[numbers.index(max(numbers) if number is None else number)]
    stored = _read(store, part)
    card = Card.of(stored.facts[_CARD])
    if not card.usable:
        why = " ".join(card.remarks)
        raise NotEnoughDataError(f"{model}: {card.verdict}. {why}".rstrip())
    return card, stored


def last(store: Store, model: str, *, usable: bool = False) -> tuple[Card, Stored] | None:
    """Give the last version of a model whatever its verdict, or the last usable one; None if none.

    The card of a model that found nothing may still have something to tell.
    """
    kept = [part for part in store.manifest.of(KIND) if part.facts["model"] == model]
    for part in sorted(kept, key=lambda part: -int(part.facts["version"])):
        stored = _read(store, part)
        card = Card.of(stored.facts[_CARD])
        if card.usable or not usable:
            return card, stored
    return None


def card_in(stored: Stored) -> Card:
    """Give the card that lies in the file of a version."""
    return Card.of(stored.facts[_CARD])


def _card(store: Store, part: Part) -> Card:
    return Card.of(_of(store, part, Stored.facts_in)[_CARD])


def _read(store: Store, part: Part) -> Stored:
    return _of(store, part, Stored.of_bytes)


def _of(store: Store, part: Part, reads: Callable[[bytes], Told]) -> Told:
    """Read something of the file of a version, and name it where it is damaged."""
    try:
        return reads(store.checked(part).to_pybytes())
    except (StoreError, json.JSONDecodeError) as problem:
        raise StoreError(f"{store.path(part)}: {problem}") from problem
