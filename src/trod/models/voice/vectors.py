"""Meanings of words from a local file, so that topics are found by meaning: nothing is downloaded.

A file of word vectors is read as it is. A folder with a model of sentence vectors is asked once for
the vector of each word, while topics are fitted; afterwards it is not needed any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trod.errors import DefinitionError

_WHERE = "trod.yml: models.voice.embeddings"


def word_vectors(path: Path, words: Sequence[str]) -> NDArray[np.float32]:
    """Give the vector of each word, zeros for words that are not known, (n_words, n_dimensions).

    Parameters
    ----------
    path
        An ``.npz`` with ``words`` and ``vectors``; a text file with a word and its numbers in each
        line, as fastText and GloVe write them; or a folder that sentence-transformers reads.
    words
        The words that are asked for.

    Raises
    ------
    DefinitionError
        If there is no such file, it is neither, it knows none of the words, or the library that
        reads it is not installed.
    """
    if path.is_dir():
        found = _of_sentences(path, words)
    elif not path.is_file():
        raise DefinitionError([f"{_WHERE}: {path.name}: there is no such file or folder."])
    else:
        found = _of_npz(path, words) if path.suffix == ".npz" else _of_text(path, words)
    if not found.any():
        raise DefinitionError([f"{_WHERE}: {path.name} knows none of the {len(words):,} words."])
    return found


def _of_npz(path: Path, words: Sequence[str]) -> NDArray[np.float32]:
    try:
        with np.load(path, allow_pickle=False) as file:
            known, vectors = file["words"].tolist(), file["vectors"].astype(np.float32)
    except (KeyError, ValueError, OSError):
        raise DefinitionError(
            [f"{_WHERE}: {path.name} is no .npz with arrays `words` (texts) and `vectors`."]
        ) from None
    place = {word: at for at, word in enumerate(known)}
    found = np.zeros((len(words), vectors.shape[1]), np.float32)
    for at, word in enumerate(words):
        if word in place:
            found[at] = vectors[place[word]]
    return found


def _of_text(path: Path, words: Sequence[str]) -> NDArray[np.float32]:
    place = {word: at for at, word in enumerate(words)}
    rows: dict[int, NDArray[np.float32]] = {}
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                word, _, numbers = line.rstrip().partition(" ")
                if word in place and " " in numbers:  # the first line may give sizes
                    rows[place[word]] = np.array(numbers.split(" "), np.float32)
    except ValueError:  # a line that is no UTF-8, or a number that is none
        raise DefinitionError(
            [f"{_WHERE}: {path.name} has a line that is not a word and its numbers."]
        ) from None
    sizes = {row.size for row in rows.values()}
    if len(sizes) > 1:
        raise DefinitionError([f"{_WHERE}: {path.name} has vectors of {len(sizes)} lengths."])
    found = np.zeros((len(words), sizes.pop() if sizes else 1), np.float32)
    for at, row in rows.items():
        found[at] = row
    return found


def _of_sentences(path: Path, words: Sequence[str]) -> NDArray[np.float32]:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError:
        raise DefinitionError(
            [f"{_WHERE}: a folder needs sentence-transformers. Run pip install 'trod[embed]'."]
        ) from None
    model = SentenceTransformer(str(path), device="cpu", local_files_only=True)
    return np.asarray(model.encode(list(words), show_progress_bar=False), np.float32)
