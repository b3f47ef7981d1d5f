"""What customers want when they write, and how urgent it is: by rules, or by learned labels.

Rules read English. Where a file of labels is given and what was learned from it beats both the
rules and the most frequent label on labels it had not seen, it speaks instead, in any language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any, Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.interval import wilson
from trod.models.card import Card, Measure
from trod.models.fitted import Fitted
from trod.models.ground import Ground
from trod.models.stored import Stored
from trod.models.voice.classify import Classifier, calibrated, fit_classifier
from trod.models.voice.labelled import Labelled, labelled
from trod.models.voice.tfidf import words

Kind = Literal["intent", "urgency"]
ENOUGH: Final = 50
"""Fewer labels than this teach nothing."""
_FOLDS: Final = 5
URGENT, NORMAL = "urgent", "normal"


class Judged(NamedTuple):
    """What one text was taken for, and who said so."""

    intent: str | None  # None where the rules know no phrase of it
    intent_by: str  # "rules", or "model, version 3"
    urgency: str
    urgency_by: str


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases by their first word, each with what it is a sign of."""

    by_first: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    names: tuple[str, ...]  # in the order in which they win

    def count(self, text: str) -> dict[str, int]:
        """Count the phrases of each name in a text."""
        said = words(text)
        found: dict[str, int] = {}
        for i, word in enumerate(said):
            for phrase, name in self.by_first.get(word, ()):
                if tuple(said[i : i + len(phrase)]) == phrase:
                    found[name] = found.get(name, 0) + 1
        return found


@cache
def _rules() -> tuple[Phrases, Phrases]:
    """Read the phrases once: of intents, and of urgency."""
    from ruamel.yaml import YAML

    told = YAML(typ="safe").load(files(__package__).joinpath("intents.yaml").read_text("utf-8"))
    return _phrases(told["intents"]), _phrases({URGENT: told["urgent"]})


def _phrases(written: Mapping[str, Sequence[str]]) -> Phrases:
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name, phrases in written.items():
        for phrase in phrases:
            for each in product(*(part.split("/") for part in phrase.split())):
                by_first.setdefault(each[0], []).append((each, name))
    return Phrases({first: tuple(all_) for first, all_ in by_first.items()}, tuple(written))


def intent_by_rules(text: str) -> str | None:
    """Name what the writer of an English text wants; None where no phrase says it.

    Examples
    --------
    >>> intent_by_rules("Please cancel my subscription")
    'cancel'
    >>> intent_by_rules("How do I export a report?"), intent_by_rules("Hello")
    ('how to', None)
    """
    phrases, _ = _rules()
    found = phrases.count(text)
    if not found:
        return None
    return max(found, key=lambda name: (found[name], -phrases.names.index(name)))


def urgency_by_rules(text: str) -> str:
    """Say whether an English text says that it cannot wait.

    Examples
    --------
    >>> urgency_by_rules("We need this today!"), urgency_by_rules("Where is the manual?")
    ('urgent', 'normal')
    """
    _, phrases = _rules()
    return URGENT if phrases.count(text) else NORMAL


def judge(
    texts: Sequence[str], models: Mapping[Kind, tuple[Card, Classifier]] | None = None
) -> list[Judged]:
    """Say of each text what its writer wants and how urgent it is, and who says so.

    Parameters
    ----------
    texts
        What was written.
    models
        The classifiers that speak instead of the rules.
    """
    learned = models or {}
    by = {kind: f"model, version {card.version}" for kind, (card, _) in learned.items()}
    intents: Sequence[str | None] = (
        learned["intent"][1].predict(texts)
        if "intent" in learned and texts
        else [intent_by_rules(text) for text in texts]
    )
    urgencies = (
        learned["urgency"][1].predict(texts)
        if "urgency" in learned and texts
        else [urgency_by_rules(text) for text in texts]
    )
    return [
        Judged(intent, by.get("intent", "rules"), urgency, by.get("urgency", "rules"))
        for intent, urgency in zip(intents, urgencies, strict=True)
    ]


def fit(ground: Ground) -> tuple[Fitted, ...]:
    """Learn intent and urgency from the files of labels that trod.yml names."""
    spec = ground.spec
    kinds: tuple[tuple[Kind, Any], ...] = (("intent", spec.intent), ("urgency", spec.urgency))
    asked = [(kind, labelled(each, ground.root, kind)) for kind, each in kinds if each is not None]
    if not asked:
        return (_untaught(ground, "intent", Labelled((), ())),)
    return tuple(_learned(ground, kind, told) for kind, told in asked)


def _learned(ground: Ground, kind: Kind, told: Labelled) -> Fitted:
    if len(told.text) < ENOUGH or len(set(told.label)) < 2:
        return _untaught(ground, kind, told)
    right, sharpness = cross_validated(told, seed=ground.seed)
    by_rules = [
        intent_by_rules(text) if kind == "intent" else urgency_by_rules(text) for text in told.text
    ]
    ruled = sum(a == b for a, b in zip(by_rules, told.label, strict=True))
    usual = max(told.label.count(label) for label in sorted(set(told.label)))
    baseline, value = ("rules", ruled) if ruled >= usual else ("most frequent label", usual)
    n, hits = len(told.text), int(right.sum())
    low, high = wilson(hits, n)
    better = low > value / n
    found = fit_classifier(told.text, told.label, seed=ground.seed)
    first, last = ground.journeys.span_us()
    card = Card(
        model=kind,
        says=f"Names the {kind} of a text, as people labelled {n:,} of them.",
        verdict="fitted" if better else "no better than the baseline",
        unit="text",
        n=n,
        first_us=first,
        last_us=last,
        validated="on each fifth of the labels, learned from the other four",
        measures=(Measure("accuracy", hits / n, n, low, high, baseline, value / n),),
        remarks=("It speaks instead of the rules.",) if better else ("The rules still speak.",),
        settings={"classes": list(found.classes)},
    )
    stored = Classifier(
        found.classes, found.words, found.pieces, found.weight, found.offset, sharpness
    ).stored()
    return Fitted(card, stored)


def cross_validated(
    told: Labelled, *, seed: int = 0, folds: int = _FOLDS, run: int | None = None
) -> tuple[NDArray[np.bool_], float]:
    """Judge a classifier on labels it has not seen.

    Parameters
    ----------
    told
        Texts and labels; their order does not matter.
    seed
        Of the shuffle within each label.
    folds, run
        Parts of equal mix that the labels are cut into; how many are judged, all by default.

    Returns
    -------
    tuple
        Whether each judged text got its label, by fold; and the mean sharpness of probabilities.
    """
    from sklearn.model_selection import StratifiedKFold

    pairs = sorted(zip(told.text, told.label, strict=True))
    texts, labels = [text for text, _ in pairs], [label for _, label in pairs]
    rarest = min(labels.count(label) for label in set(labels))
    if rarest < folds:  # a label that is rarer than the parts cannot stand in each of them
        common = {label for label in set(labels) if labels.count(label) >= folds}
        pairs = [(text, label) for text, label in pairs if label in common]
        texts, labels = [text for text, _ in pairs], [label for _, label in pairs]
    cut = StratifiedKFold(folds, shuffle=True, random_state=seed).split(texts, labels)
    right, sharp = [], []
    for learned, held in list(cut)[:run]:
        found = fit_classifier([texts[i] for i in learned], [labels[i] for i in learned], seed=seed)
        said, meant = [texts[i] for i in held], [labels[i] for i in held]
        right += [a == b for a, b in zip(found.predict(said), meant, strict=True)]
        sharp.append(calibrated(found, said, meant).sharpness)
    return np.array(right, np.bool_), float(np.mean(sharp))


def _untaught(ground: Ground, kind: Kind, told: Labelled) -> Fitted:
    first, last = ground.journeys.span_us()
    why = (
        f"{len(told.text)} labels of {len(set(told.label))} kinds; {ENOUGH} of 2 are needed."
        if told.text
        else f"no file of labels is given: write `models: {{{kind}: {{labels: FILE}}}}`."
    )
    card = Card(
        model=kind,
        says=f"Names the {kind} of a text.",
        verdict="not enough data",
        unit="text",
        n=len(told.text),
        first_us=first,
        last_us=last,
        validated="",
        remarks=(f"{why[0].upper()}{why[1:]}", "Until then rules speak, in English."),
    )
    return Fitted(card, Stored())
