"""Commands that stand together under one word, such as `trod journey add`."""

from __future__ import annotations

from collections.abc import Callable
from inspect import cleandoc

import typer

Command = Callable[..., None]


def help_of(written: str | None) -> str:
    r"""Give a help as it is shown; the backspace character for `\b` keeps the lines below it.

    Examples
    --------
    >>> help_of("Say it.\n\n    \\b\n    Example:\n      $ trod say")
    'Say it.\n\n\x08\nExample:\n  $ trod say'
    """
    return cleandoc(written or "").replace(r"\b", "\b")


def group(name: str, about: str) -> typer.Typer:
    """Begin a group of commands."""
    return typer.Typer(
        name=name,
        help=help_of(about),
        no_args_is_help=True,
        rich_markup_mode=None,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def command(of: typer.Typer) -> Callable[[Command], Command]:
    """Register a function as a command of a group."""

    def registered(made: Command) -> Command:
        return of.command(help=help_of(made.__doc__))(made)

    return registered
