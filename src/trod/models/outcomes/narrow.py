"""The features a score uses, and no others: what has to be looked at when everyone is scored."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trod.models.features.catalog import Catalog
from trod.models.features.counted import Touchpoints
from trod.models.features.family import Family
from trod.models.features.motifs import Motifs
from trod.models.features.stage import Stage
from trod.models.outcomes.scorer import Scorer


def narrowed(chosen: Catalog, scorer: Scorer) -> tuple[Catalog, Scorer]:
    """Leave out touchpoints, pairs and whole families that a score does not use.

    Parameters
    ----------
    chosen
        The features it was fitted on.
    scorer
        The score.

    Returns
    -------
    tuple of Catalog and Scorer
        Fewer features, and the same score of them.
    """
    keys = [feature.key for feature in chosen.features]
    used = [keys[k] for k in scorer.columns.tolist()]
    families = (_less(family, set(used)) for family in chosen.families)
    fewer = Catalog(tuple(family for family in families if family is not None))
    place = {feature.key: k for k, feature in enumerate(fewer.features)}
    return fewer, replace(scorer, columns=np.array([place[key] for key in used], np.int64))


def _less(family: Family, used: set[str]) -> Family | None:
    if isinstance(family, Stage):  # days in the stage tell when an outcome comes
        return family
    if not any(feature.key in used for feature in family.features):
        return None
    if isinstance(family, Touchpoints):
        kept = [
            (name, k)
            for k, name in enumerate(family.names)
            if any(f.key in used for f in Touchpoints((name,), int(k < family.n_long)).features)
        ]
        long = sum(k < family.n_long for _, k in kept)
        return Touchpoints(tuple(name for name, _ in kept), long)
    if isinstance(family, Motifs):
        pairs = [p for p in family.pairs if Motifs((p,)).features[0].key in used]
        return Motifs(tuple(pairs))
    return family
