"""A classifier of texts that learns from labels: words and pieces of words, weighed in a sum.

Margins of a linear support vector machine, one class against the rest [1]_, on words, pairs of
words and pieces of words. Pieces carry over spelling mistakes, endings, and any language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from trod.errors import DataError
from trod.models.stored import Stored
from trod.models.voice.tfidf import Grams, Tfidf, learn

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

WORDS: Final = Grams(2)
PIECES: Final = Grams(0, (2, 5))
_COST: Final = 0.5  # of a label on the wrong side: chosen on banking77, flat from 0.3 to 1
_SHARPEST: Final = 20.0


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """What is weighed, and the weights."""

    classes: tuple[str, ...]  # sorted
    words: Tfidf
    pieces: Tfidf
    weight: NDArray[np.float32]  # (n_terms, n_classes) words first, then pieces
    offset: NDArray[np.float64]  # (n_classes,)
    sharpness: float = 1.0  # margins by this give probabilities that hold

    def margins(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Give how far each text lies on the side of each class, (n_texts, n_classes)."""
        seen = _seen(self.words, self.pieces, texts)
        found: NDArray[np.float64] = seen @ self.weight.astype(np.float64) + self.offset
        return found

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Give how probable each class is, (n_texts, n_classes); rows sum to 1."""
        return _softmax(self.margins(texts) * self.sharpness)

    def predict(self, texts: Sequence[str]) -> list[str]:
        """Give the class of each text; of equal ones the first by name."""
        return [self.classes[k] for k in self.margins(texts).argmax(axis=1)]

    def stored(self, prefix: str = "") -> Stored:
        """Give it as plain arrays."""
        facts: dict[str, Any] = {
            f"{prefix}classes": list(self.classes),
            f"{prefix}sharpness": self.sharpness,
        }
        arrays: dict[str, NDArray[Any]] = {
            f"{prefix}weight": self.weight,
            f"{prefix}offset": self.offset,
        }
        for name, one in (("words", self.words), ("pieces", self.pieces)):
            facts[f"{prefix}{name}"], more = one.told()
            arrays |= {f"{prefix}{name}.{key}": value for key, value in more.items()}
        return Stored(facts, arrays)

    @classmethod
    def of(cls, stored: Stored, prefix: str = "") -> Classifier:
        """Read what `stored` gave."""
        facts, arrays = stored.facts, stored.arrays
        words, pieces = (
            Tfidf.of(
                facts[f"{prefix}{name}"],
                {key: arrays[f"{prefix}{name}.{key}"] for key in ("terms", "weight")},
            )
            for name in ("words", "pieces")
        )
        return cls(
            tuple(facts[f"{prefix}classes"]),
            words,
            pieces,
            arrays[f"{prefix}weight"],
            arrays[f"{prefix}offset"],
            facts[f"{prefix}sharpness"],
        )


def fit_classifier(texts: Sequence[str], labels: Sequence[str], *, seed: int = 0) -> Classifier:
    """Learn to tell classes of texts apart.

    Parameters
    ----------
    texts, labels
        What was written, and what it is. Their order does not matter.
    seed
        Of the order in which labels are visited.

    Raises
    ------
    DataError
        If there are fewer than two different labels.

    Notes
    -----
    About two seconds for 8,000 short texts in 77 classes, most of it one dual coordinate descent
    for each class.

    References
    ----------
    .. [1] Fan et al. (2008), "LIBLINEAR: a library for large linear classification", JMLR
       9:1871-1874.

    Examples
    --------
    >>> said = ["card lost", "lost my card", "refund please", "a refund now"]
    >>> found = fit_classifier(said, ["card", "card", "money", "money"])
    >>> found.predict(["where is my card", "refund?"])
    ['card', 'money']
    """
    from sklearn.svm import LinearSVC

    pairs = sorted(zip(texts, labels, strict=True))
    said, meant = [text for text, _ in pairs], [label for _, label in pairs]
    classes = tuple(sorted(set(meant)))
    if len(classes) < 2:
        raise DataError(f"all {len(meant)} labels are the same: nothing to tell apart.")
    words, pieces = learn(said, WORDS), learn(said, PIECES)
    machine = LinearSVC(C=_COST, random_state=seed, tol=1e-3, max_iter=2_000)
    machine.fit(_seen(words, pieces, said), meant)
    weight, offset = machine.coef_, machine.intercept_
    if len(classes) == 2:  # one line between two: the other class is its other side
        weight, offset = np.vstack([-weight, weight]), np.concatenate([-offset, offset])
    return Classifier(
        classes,
        words,
        pieces,
        np.ascontiguousarray(weight.T.astype(np.float32)),
        np.asarray(offset, np.float64),
    )


def calibrated(found: Classifier, texts: Sequence[str], labels: Sequence[str]) -> Classifier:
    """Choose how sharp probabilities are, on texts that were not learned from.

    One number is learned [1]_: the sharpness at which the labels are most likely.

    References
    ----------
    .. [1] Guo et al. (2017), "On calibration of modern neural networks", ICML: temperature scaling.
    """
    known = [at for at, label in enumerate(labels) if label in found.classes]
    if not known:
        return found
    margins = found.margins([texts[at] for at in known])
    meant = np.array([found.classes.index(labels[at]) for at in known])
    tried = np.geomspace(0.1, _SHARPEST, 60)
    losses = [
        -np.log(np.maximum(_softmax(margins * by)[np.arange(meant.size), meant], 1e-12)).mean()
        for by in tried
    ]
    return replace(found, sharpness=float(tried[int(np.argmin(losses))]))


def _seen(words: Tfidf, pieces: Tfidf, texts: Sequence[str]) -> csr_matrix:
    from scipy.sparse import hstack

    joined: csr_matrix = hstack([words(texts), pieces(texts)], format="csr")
    return joined


def _softmax(margins: NDArray[np.float64]) -> NDArray[np.float64]:
    raised = np.exp(margins - margins.max(axis=1, keepdims=True))
    found: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return found
