"""Who reads the mood of texts in a workspace: the lexicon, or a trained model laid over the log.

The log keeps what the lexicon said when a row arrived and is never rewritten. Where a trained model
is surely better (its card says so), its scores are laid over the rows whose mood was read from a
text, whenever journeys are opened: all rows by one version, whatever the order of arrival. They are
kept beside the log, one file for each of its parts, and worked out anew where such a file lacks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trod.errors import DefinitionError, NotEnoughDataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trod._store.durable import Write
    from trod._store.manifest import Part
    from trod.journeys.batch import Journeys
    from trod.journeys.moods import Moods
    from trod.models.card import Card
    from trod.models.voice.classify import Classifier
    from trod.workspace.folder import Workspace

KIND: Final = "moods"
_MODEL: Final = "sentiment"
_LOG: Final = "touchpoints"


def speaker(workspace: Workspace) -> tuple[Card, Classifier] | None:
    """Give the trained model that reads moods; None where the lexicon does."""
    from trod.models.versions import version
    from trod.models.voice.classify import Classifier

    spec = workspace.project.models.sentiment
    wanted = None if spec is None else spec.version
    if (spec is not None and spec.speaks == "lexicon") or not _has_model(workspace):
        return None
    try:
        card, stored = version(workspace.store, _MODEL, wanted)
    except NotEnoughDataError as problem:
        if wanted is None:
            return None
        key = f"trod.yml: models.sentiment.version: {wanted}"
        raise DefinitionError([f"{key}: {problem} Name another, or none."]) from None
    return (card, Classifier.of(stored)) if card.verdict == "fitted" else None


def _has_model(workspace: Workspace) -> bool:
    return any(part.facts["model"] == _MODEL for part in workspace.store.manifest.of("models"))


def said_by(card: Card) -> str:
    """Name a model and its version."""
    return f"{card.model}, version {card.version}"


def said(workspace: Workspace) -> tuple[str, ...]:
    """Say who read the moods, where it is not the lexicon."""
    from trod.models.voice.sentiment import EVERYWHERE

    found = speaker(workspace)
    if found is None:
        return ()
    at = found[0].settings["speaks at"]
    where = "" if at == [EVERYWHERE] else f" at {', '.join(at)}"
    return (f"Moods of texts without a survey answer{where}: by {said_by(found[0])}.",)


def laid_over(workspace: Workspace, journeys: Journeys) -> Journeys:
    """Give journeys with the moods of the model that speaks, where one does."""
    found = moods(workspace)
    return journeys if found is None else found.over(journeys)


def moods(workspace: Workspace) -> Moods | None:
    """Give the moods to lay over the journeys; None where the lexicon speaks."""
    import numpy as np

    from trod.journeys.moods import Moods
    from trod.models.voice.sentiment import EVERYWHERE

    found = speaker(workspace)
    if found is None:
        return None
    kept = {
        part.facts["of"]: part
        for part in workspace.store.manifest.of(KIND)
        if part.facts["version"] == found[0].version
    }
    parts = workspace.store.manifest.of(_LOG)
    told = [
        _kept(workspace, kept[part.path]) if part.path in kept else _read(workspace, part, found[1])
        for part in parts
    ]
    by_row = np.concatenate(told or [np.empty(0, np.int16)])
    at = found[0].settings["speaks at"]
    return Moods(said_by(found[0]), by_row, None if at == [EVERYWHERE] else frozenset(at))


def keep(workspace: Workspace) -> None:
    """Keep the moods of all texts by the model that speaks, and of no other."""
    found = speaker(workspace)
    if found is None:
        return
    card, model = found
    old = workspace.store.manifest.of(KIND)
    log = workspace.store.manifest.of(_LOG)
    paths = {part.path for part in log}
    fresh = {p.facts["of"] for p in old if p.facts["version"] == card.version} & paths
    lacking = [part for part in log if part.path not in fresh]
    if not lacking:
        return
    with workspace.store.write() as tx:
        for part in old:
            if part.facts["of"] not in fresh or part.facts["version"] != card.version:
                tx.drop(part.path)
        for part in lacking:
            body = _read(workspace, part, model).tobytes()
            about = {"of": part.path, "version": card.version}
            tx.add(KIND, "i16", _writing(body), rows=part.rows, facts=about)
        tx.commit()


def _writing(body: bytes) -> Write:
    return lambda file: file.write(body)


def _kept(workspace: Workspace, part: Part) -> NDArray[np.int16]:
    import numpy as np

    return np.frombuffer(workspace.store.checked(part), np.int16)


def _read(workspace: Workspace, part: Part, model: Classifier) -> NDArray[np.int16]:
    """Read the moods of one part of the log: of texts whose score there is the lexicon's."""
    import numpy as np

    from trod.events.log_part import columns_of, read_part
    from trod.events.mood import mood
    from trod.journeys.moods import AS_IT_IS
    from trod.models.voice.sentiment import readable, scores

    told = np.full(part.rows, AS_IT_IS, np.int16)
    if part.facts["source"] in _unread(workspace) or "text" not in columns_of(
        workspace.store, part
    ):
        return told
    table = read_part(workspace.store, part, ["score", "text"])
    texts, standing = table["text"].to_pylist(), table["score"].to_pylist()
    own = {text: mood(text) for text in dict.fromkeys(texts) if text and not text.isspace()}
    rows = [i for i, text in enumerate(texts) if text in own and standing[i] == own[text]]
    wordings = sorted({texts[i] for i in rows})
    read = np.where(readable(model, wordings), scores(model, wordings), AS_IT_IS).tolist()
    by_text = dict(zip(wordings, read, strict=True))
    told[rows] = [by_text[texts[i]] for i in rows]
    return told


def _unread(workspace: Workspace) -> set[str]:
    """Name the sources whose texts are not to be read for moods."""
    return {spec.name for spec in workspace.project.sources if not spec.mood}
