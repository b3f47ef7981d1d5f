"""One line per analysis: where it is, and what it can be asked, read from its types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from inspect import Parameter as Argument
from inspect import getdoc, signature
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin, get_type_hints
from urllib.parse import unquote

from trod.errors import DefinitionError, unknown

if TYPE_CHECKING:
    from trod.analyses.answer import Answer
    from trod.journeys.batch import Journeys
    from trod.journeys.passage import StagePlan

Kind = Literal["text", "texts", "integer", "switch", "duration", "choice", "customers"]
_UNITS: Final = {"us": "microseconds", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing an analysis can be told."""

    name: str
    kind: Kind  # customers: the key of a predicate
    required: bool
    default: object
    choices: tuple[str, ...] = ()

    def read(self, text: str, plan: StagePlan | None, journeys: Journeys) -> object:
        """Read what a person wrote.

        Raises
        ------
        DefinitionError
            If it is not written as this kind of parameter is.
        """
        if self.kind == "customers":
            from trod.analyses.predicate import parse

            return parse(text, plan, journeys.vocabulary, journeys.named)
        if self.kind == "choice":
            return _one_of(self.name, text, self.choices)
        return _READ[self.kind](self.name, text)


@dataclass(frozen=True, slots=True)
class Analysis:
    """Where an analysis is: nothing is imported until it is asked."""

    name: str
    module: str
    fold: str  # class of the question, for those who run folds themselves
    function: str  # function for people

    def load(self) -> Callable[..., Answer[Any]]:
        """Import the function for people."""
        found: Callable[..., Answer[Any]] = getattr(import_module(self.module), self.function)
        return found

    def load_fold(self) -> type[Any]:
        """Import the class of the question."""
        found: type[Any] = getattr(import_module(self.module), self.fold)
        return found

    @property
    def says(self) -> str:
        """The first line of its documentation."""
        return (getdoc(self.load()) or "").partition("\n")[0]

    @property
    def needs_plan(self) -> bool:
        """Whether it asks about the stages of a journey."""
        argument = signature(self.load()).parameters.get("plan")
        return argument is not None and argument.default is Argument.empty

    def parameters(self) -> tuple[Parameter, ...]:
        """List what it can be told, in the order of the function; journeys and plan aside."""
        function = self.load()
        hints = get_type_hints(function)
        return tuple(
            _parameter(argument, hints[name])
            for name, argument in signature(function).parameters.items()
            if name not in {"journeys", "plan"}
        )

    def ask(self, journeys: Journeys, plan: StagePlan | None = None, **told: str) -> Answer[Any]:
        """Ask with arguments as people write them: ``within="7d"``, ``steps="A > B"``.

        Raises
        ------
        DefinitionError
            If an argument is not known, missing or not written as it should be; all at once.
        """
        arguments = self._read(journeys, plan, told)
        if "plan" in signature(self.load()).parameters:
            if plan is None and self.needs_plan:
                raise DefinitionError([f"{self.name} asks about stages: declare a journey first."])
            arguments["plan"] = plan
        return self.load()(journeys, **arguments)

    def _read(
        self, journeys: Journeys, plan: StagePlan | None, told: Mapping[str, str]
    ) -> dict[str, object]:
        known = {parameter.name: parameter for parameter in self.parameters()}
        problems = [unknown("argument", name, list(known)) for name in told if name not in known]
        arguments: dict[str, object] = {}
        for name, parameter in known.items():
            if name in told:
                try:
                    arguments[name] = parameter.read(told[name], plan, journeys)
                except DefinitionError as error:
                    problems.extend(error.problems)
            elif parameter.required:
                problems.append(f"{self.name} needs {name}.")
        if problems:
            raise DefinitionError(problems)
        return arguments


def _parameter(argument: Argument, hint: Any) -> Parameter:
    required = argument.default is Argument.empty
    default = None if required else argument.default
    kind, choices = _kind(hint)
    return Parameter(argument.name, kind, required, default, choices)


def _kind(hint: Any) -> tuple[Kind, tuple[str, ...]]:
    """Read the kind of a parameter from its type; ``| None`` does not matter."""
    parts = [part for part in get_args(hint) if part is not NoneType]
    if NoneType in get_args(hint) and len(parts) == 1:
        return _kind(parts[0])
    if get_origin(hint) is Literal:
        return "choice", tuple(map(str, get_args(hint)))
    kinds: dict[Any, Kind] = {
        str: "text",
        int: "integer",
        bool: "switch",
        timedelta: "duration",
    }
    if hint in kinds:
        return kinds[hint], ()
    return ("texts" if parts == [str] else "customers"), ()


def _integer(name: str, text: str) -> int:
    if not text.strip().isdecimal():
        raise DefinitionError([f"{name}: {text!r} is not a whole number. Write 10."])
    return int(text)


def _one_of(name: str, text: str, choices: tuple[str, ...]) -> str:
    if text not in choices:
        raise DefinitionError([f"{name}: {text!r} is not known. Write {' or '.join(choices)}."])
    return text


def _duration(name: str, text: str) -> timedelta:
    number = text.strip().rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = text.strip()[len(number) :]
    # Beyond eight digits no duration means anything, and Python's own has an end.
    if not number.strip().isdecimal() or len(number) > 8 or unit not in _UNITS:
        raise DefinitionError([f"{name}: {text!r} is not a duration. Write 30min, 12h, 30d or 4w."])
    return timedelta(**{_UNITS[unit]: int(number)})


def _text(_name: str, text: str) -> str:
    return text


def _texts(_name: str, text: str) -> tuple[str, ...]:
    """Read "A > B"; a ">" inside a name is written %3E."""
    return tuple(unquote(part.strip()) for part in text.split(">"))


def _switch(name: str, text: str) -> bool:
    return _one_of(name, text, ("yes", "no")) == "yes"


_READ: Final[dict[Kind, Callable[[str, str], object]]] = {
    "text": _text,
    "texts": _texts,
    "integer": _integer,
    "switch": _switch,
    "duration": _duration,
}
