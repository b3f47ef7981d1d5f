"""A context that somebody wrote down, read from its file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trod.errors import DefinitionError

if TYPE_CHECKING:
    from trod.actions.plans.spec import ContextSpec


def read_context(file: Path) -> ContextSpec:
    """Read a context.

    Raises
    ------
    DefinitionError
        If the file is not there or wrong: every problem with its line, and what to write instead.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "context.yml")
    ...     _ = file.write_text(template())
    ...     read_context(file).stages[1].name
    'Activation'
    """
    from trod.actions.plans.spec import ContextSpec
    from trod.project.document import read
    from trod.project.problems import checked

    if not file.is_file():
        hint = "`trod plan --template > context.yml` writes one to begin with"
        raise DefinitionError([f"{file}: no such file. {hint}."])
    document, broken = read(file)
    found, wrong = (None, [broken]) if document is None else checked(document, ContextSpec, ())
    if found is None or wrong:
        raise DefinitionError(
            f"{file.name}:{p.line}: {'.'.join(map(str, p.place))}{': ' if p.place else ''}{p.text}"
            for p in wrong
            if p is not None
        )
    return found


def template() -> str:
    """Give a context to begin with."""
    from trod.actions import plans

    return Path(plans.__file__).with_name("context.yml").read_text(encoding="utf-8")
