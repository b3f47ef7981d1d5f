"""Reading trod.yml, journeys/*.yml and playbooks/*.yml, all problems at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from trod.actions.playbooks.spec import PlaybookSpec
from trod.actions.spec import ActionsSpec
from trod.analyses.spec import MetricSpec
from trod.errors import DefinitionError, of_name
from trod.events.spec import EventsSpec, SourceSpec
from trod.identity.spec import IdentitySpec
from trod.insights.spec import InsightsSpec
from trod.journeys.spec import JourneySpec
from trod.models.spec import ModelsSpec
from trod.outcomes.spec import OutcomesSpec
from trod.project.document import Document, Place, Problem, read
from trod.project.like import own_mappings, without_currency
from trod.project.places import beside
from trod.project.problems import SpecT, checked
from trod.project.state import StateSpec
from trod.sources.spec import Spec

FILE: Final = "trod.yml"
NO_MODELS: Final = ModelsSpec.model_validate({})
NO_INSIGHTS: Final = InsightsSpec.model_validate({})
NO_ACTIONS: Final = ActionsSpec.model_validate({})
NO_OUTCOMES: Final = OutcomesSpec.model_validate({})
_NAMED: Final[tuple[tuple[str, Place], ...]] = (
    ("sources", ()),
    ("journeys", ()),
    ("metrics", ()),
    ("playbooks", ("actions",)),
)
IN_A_FILE: Final = StateSpec.model_validate({})


class Sections(Spec):
    """What may stand in trod.yml."""

    sources: tuple[SourceSpec, ...] = ()
    events: EventsSpec = EventsSpec.model_validate({})
    identity: IdentitySpec = IdentitySpec.model_validate({})
    journeys: tuple[JourneySpec, ...] = ()
    metrics: tuple[MetricSpec, ...] = ()
    models: ModelsSpec = NO_MODELS
    insights: InsightsSpec = NO_INSIGHTS
    actions: ActionsSpec = NO_ACTIONS
    outcomes: OutcomesSpec = NO_OUTCOMES
    state: StateSpec = IN_A_FILE


@dataclass(frozen=True, slots=True)
class Project:
    """A checked project: the folder it stands in, and one spec per section."""

    root: Path
    sources: tuple[SourceSpec, ...]
    events: EventsSpec
    identity: IdentitySpec
    journeys: tuple[JourneySpec, ...]
    metrics: tuple[MetricSpec, ...] = ()
    models: ModelsSpec = NO_MODELS
    insights: InsightsSpec = NO_INSIGHTS
    actions: ActionsSpec = NO_ACTIONS
    outcomes: OutcomesSpec = NO_OUTCOMES
    state: StateSpec = IN_A_FILE

    def journey(self, name: str | None = None) -> JourneySpec | None:
        """Give a journey by name; the first one without a name; None where none is declared.

        Raises
        ------
        DefinitionError
            If no journey has this name.
        """
        if name is None:
            return self.journeys[0] if self.journeys else None
        return of_name("journey", name, self.journeys)


def load(path: Path | str) -> Project:
    r"""Read trod.yml, and journeys/*.yml and playbooks/*.yml beside it.

    Parameters
    ----------
    path
        The file, or the folder it stands in.

    Returns
    -------
    Project
        With defaults for what the file does not say.

    Raises
    ------
    DefinitionError
        With every problem of every file, each starting ``file:line: key``.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     text = "journeys:\n- name: Trial\n  converts_within: soon\n  stages: []\n"
    ...     _ = Path(folder, "trod.yml").write_text(text)
    ...     load(Path(folder))
    Traceback (most recent call last):
    ...
    trod.errors.DefinitionError: trod.yml:3: journeys.0.converts_within: 'soon' is not a duration...
    trod.yml:4: journeys.0.stages: the list has 0 entries. Write 1 to 12.
    """
    given = Path(path)
    file = given / FILE if given.is_dir() else given
    if not file.is_file():
        raise DefinitionError([f"{file.name}: no such file. Run `trod init` to write one."])
    problems: list[str] = []
    sections = Sections()
    journeys: list[JourneySpec] = []
    playbooks: list[PlaybookSpec] = []
    names: dict[str, str] = {}
    for part in (file, *beside(file, "journeys"), *beside(file, "playbooks")):
        shown = part.name if part is file else f"{part.parent.name}/{part.name}"
        document, broken = read(part)
        wrong = [broken] if broken else []
        if document is not None and part is file:
            made, wrong = checked(document, Sections, (), root=file.parent)
            sections = made or sections
            journeys.extend(sections.journeys)
            playbooks.extend(sections.actions.playbooks)
            if not sections.events.currency:
                wrong += without_currency(document, sections.sources)
            problems += [
                _line(shown, problem) for shown, problem in own_mappings(document, file.parent)
            ]
        elif document is not None and part.parent.name == "journeys":
            made_here, wrong = _listed_in(document, "journeys", JourneySpec)
            journeys.extend(made_here)
        elif document is not None:
            plays, wrong = _listed_in(document, "playbooks", PlaybookSpec)
            playbooks.extend(plays)
        if document is not None:
            wrong += list(_repeated(document, names, shown))
        problems += [_line(shown, problem) for problem in sorted(wrong, key=lambda p: p.line)]
    if problems:
        raise DefinitionError(problems)
    currency = sections.events.currency or _agreed(sections.sources)
    return Project(
        file.resolve().parent,
        tuple(source.in_currency(currency) for source in sections.sources),
        sections.events.model_copy(update={"currency": currency}),
        sections.identity,
        tuple(journeys),
        sections.metrics,
        sections.models,
        sections.insights,
        sections.actions.model_copy(update={"playbooks": tuple(playbooks)}),
        sections.outcomes,
        sections.state,
    )


def _agreed(sources: tuple[SourceSpec, ...]) -> str | None:
    """Give the currency that all sources with money name, if it is one."""
    named = {source.value.currency for source in sources if source.value is not None}
    return named.pop() if len(named) == 1 else None


def _line(shown: str, problem: Problem) -> str:
    """Say a problem with the place where it stands."""
    key = f"{'.'.join(map(str, problem.place))}: " if problem.place else ""
    return f"{shown}:{problem.line}: {key}{problem.text}"


def _listed_in(
    document: Document, section: str, spec: type[SpecT]
) -> tuple[list[SpecT], list[Problem]]:
    """Read a file of journeys/ or playbooks/: one entry, a list of them, or a section."""
    data = document.data
    place: Place = (section,) if isinstance(data, dict) and set(data) == {section} else ()
    inside = data[section] if place else data
    places = [(*place, i) for i in range(len(inside))] if isinstance(inside, list) else [place]
    found: list[SpecT] = []
    wrong: list[Problem] = []
    for each in places:
        made, more = checked(document, spec, each)
        found += [made] if made else []
        wrong += more
    return found, wrong


def _repeated(document: Document, names: dict[str, str], shown: str) -> Iterator[Problem]:
    """Find names given twice: sources, journeys and playbooks (over all files), and stages."""
    own = "playbooks" if shown.startswith("playbooks/") else "journeys"
    data = document.data if isinstance(document.data, dict) else {own: document.data}
    if shown != FILE and own not in data:
        data = {own: [data]}
    for section, base in _NAMED:
        entries = data.get(section)
        if shown == FILE and base:
            within = data.get(base[0])
            entries = within.get(section) if isinstance(within, dict) else None
        for i, entry in enumerate(entries if isinstance(entries, list) else []):
            if not isinstance(entry, dict):
                continue
            places: tuple[Place, ...] = ((*base, section, i), (section, i), (i,))
            place = next((each for each in places if document.holds(each)), ())
            yield from _twice(document, entry, (section,), place, names, shown)
            stages = entry.get("stages")
            inside: dict[str, str] = {}
            for j, stage in enumerate(stages if isinstance(stages, list) else []):
                if isinstance(stage, dict):
                    here = (*place, "stages", j)
                    yield from _twice(document, stage, ("stages",), here, inside, shown)


def _twice(
    document: Document,
    entry: Mapping[str, Any],
    kind: Place,
    place: Place,
    seen: dict[str, str],
    shown: str,
) -> Iterator[Problem]:
    key = f"{kind[0]}:{entry.get('name')}"
    line = document.line((*place, "name"))
    if entry.get("name") is None:
        return
    if key in seen:
        word = str(kind[0]).removesuffix("s")
        text = f"a {word} named {entry['name']!r} stands at {seen[key]}. Rename one of them."
        yield Problem(line, (*place, "name"), text)
    else:
        seen[key] = f"{shown}:{line}"
