"""Commands that a person is told to type next, about the folder that -C named."""

from __future__ import annotations

import re
import shlex
from contextvars import ContextVar
from pathlib import Path
from typing import Final

_HELD: Final = "\x01"
_COMMAND: Final = re.compile(r"`(trod [^`]+)`")
_folder: ContextVar[Path] = ContextVar("folder", default=Path())


def about(folder: Path) -> None:
    """Take a folder as the one that commands are about from now on."""
    _folder.set(folder)


def here(command: str, folder: Path | None = None) -> str:
    """Give a command so that it does the same from where this one was typed.

    Examples
    --------
    >>> here("trod map", Path()), here("trod map", Path("acme inc"))
    ('trod map', "trod -C 'acme inc' map")

    What names a folder already stays as it is:

    >>> here("trod -C acme map", Path("acme"))
    'trod -C acme map'
    """
    named = _folder.get() if folder is None else folder
    if named == Path() or command.startswith("trod -C "):
        return command
    return f"trod -C {shlex.quote(str(named))} {command.removeprefix('trod ')}"


def located(text: str) -> str:
    """Put the folder into every command that a text names between backticks."""
    return _COMMAND.sub(lambda found: f"`{here(found[1])}`", text)


def held(text: str) -> str:
    """Write the spaces of commands so that no line is broken there; `let_go` writes them back."""
    return _COMMAND.sub(lambda found: found[0].replace(" ", _HELD), text)


def let_go(text: str) -> str:
    r"""Write the spaces of commands as they are.

    Examples
    --------
    >>> let_go(held("Mend, then `trod replay`."))
    'Mend, then `trod replay`.'
    """
    return text.replace(_HELD, " ")
