"""Labels that people gave to texts, from a file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from trod.errors import DefinitionError, unknown
from trod.models.voice.spec import LabelsSpec


class Labelled(NamedTuple):
    """Texts, each with its label; rows without either are left out."""

    text: tuple[str, ...]
    label: tuple[str, ...]


def labelled(spec: LabelsSpec | None, root: Path, key: str) -> Labelled:
    """Read the labels that trod.yml names; none where it names none.

    Parameters
    ----------
    spec
        The part of `models:`.
    root
        Folder that paths begin at.
    key
        Name of that part, for what is said about it.

    Raises
    ------
    DefinitionError
        If the file is not there, is no UTF-8 text, or lacks a column.
    """
    if spec is None or spec.labels is None:
        return Labelled((), ())
    where = f"trod.yml: models.{key}.labels: {spec.labels}"
    try:
        with (root / spec.labels).open(encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file)
            missing = [name for name in (spec.text, spec.label) if name not in _header(lines)]
            if missing:
                raise DefinitionError(
                    f"{where}: {unknown('column', name, _header(lines))}" for name in missing
                )
            rows = [
                ((row[spec.text] or "").strip(), (row[spec.label] or "").strip()) for row in lines
            ]
    except OSError:
        raise DefinitionError([f"{where}: there is no such file. Write a path below it."]) from None
    except (UnicodeDecodeError, csv.Error) as problem:
        raise DefinitionError([f"{where}: {problem}. Save it as CSV in UTF-8."]) from None
    told = [(text, label) for text, label in rows if text and label]
    return Labelled(tuple(text for text, _ in told), tuple(label for _, label in told))


def _header(lines: csv.DictReader[str]) -> Sequence[str]:
    return lines.fieldnames or []
