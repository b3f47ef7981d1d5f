"""Journeys to begin with: stages, questions, and the words by which touchpoints are told."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field
from ruamel.yaml import YAML

from trod.errors import of_name
from trod.sources.spec import Duration, Names, Spec

_FOLDER: Final = Path(__file__).parent / "templates"


class TemplateStage(Spec):
    """One stage of a template. A word may be the beginning of a word: `renew` means renewal too."""

    name: str
    asks: str
    words: Names
    not_: Names = Field(default=(), alias="not")
    optional: bool = False
    back: bool = False


class Template(Spec):
    """A journey without touchpoints: those are matched by words."""

    name: str
    about: str
    unit: Literal["person", "account"]
    stages: Annotated[tuple[TemplateStage, ...], Field(strict=False)]
    success: Names = ()
    success_not: Names = ()
    failure: Names = ()
    failure_not: Names = ()
    left_after: Duration | None = None


@cache
def templates() -> tuple[Template, ...]:
    """Give all templates, by name.

    Examples
    --------
    >>> [template.name for template in templates()]
    ['b2b_customer_success', 'ecommerce', 'saas', 'subscription', 'support']
    """
    return tuple(_read(file) for file in sorted(_FOLDER.glob("*.yml")))


def template(name: str) -> Template:
    """Give a template by name.

    Raises
    ------
    DefinitionError
        If there is none of this name.
    """
    return of_name("template", name, templates())


def _read(file: Path) -> Template:
    data = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    return Template.model_validate({"name": file.stem, **data})
