"""The documents say what the code has: nothing missing, nothing that only works here."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from typer.main import get_command

from trod import errors
from trod.app.cli import app
from trod.project import Sections
from trod.sources.spec import Spec

ROOT = Path(__file__).parents[1]
PAGES = "\n".join(
    page.read_text(encoding="utf-8")
    for page in [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "AGENTS.md"]
)
NOT_COMMITTED = {"__pycache__", "site", "demo", "dist"}
COMMANDS = sorted(get_command(app).commands)  # type: ignore[attr-defined]
TARGETS = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
ERRORS = sorted(
    n for n, e in vars(errors).items() if isinstance(e, type) and e.__module__ == errors.__name__
)


def specs_in(annotation: Any) -> Iterator[type[Spec]]:
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        yield annotation
    for inner in get_args(annotation):
        yield from specs_in(inner)


def keys_of(model: type[Spec], seen: set[type[Spec]]) -> Iterator[str]:
    """Every key that may stand in trod.yml, with the section it belongs to."""
    if model in seen:
        return
    seen.add(model)
    for name, field in model.model_fields.items():
        yield f"{model.__name__}.{field.alias or name}"
        for inner in specs_in(field.annotation):
            yield from keys_of(inner, seen)


def committed() -> Iterator[Path]:
    """Files of the repository that are text, without what make makes."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(p.startswith(".") and p not in {".ci", ".gitignore"} for p in parts)
        made = any(p in NOT_COMMITTED or p.endswith(".egg-info") for p in parts)
        if path.is_file() and not hidden and not made:
            yield path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert f"## trod {command}\n" in (ROOT / "docs/cli.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_an_example_in_its_help(command: str) -> None:
    found = get_command(app).commands[command]  # type: ignore[attr-defined]
    assert "$ trod " in (found.help or "") + (found.epilog or "")


def every(command: Any) -> Iterator[Any]:
    """Give a command and all commands below it."""
    yield command
    for inner in getattr(command, "commands", {}).values():
        yield from every(inner)


def test_no_help_shows_the_mark_that_keeps_its_lines() -> None:
    helps = [command.help or "" for command in every(get_command(app))]
    assert len(helps) > len(COMMANDS)
    assert not [text for text in helps if r"\b" in text]


@pytest.mark.parametrize("key", sorted(keys_of(Sections, set())))
def test_every_key_of_the_project_file_is_documented(key: str) -> None:
    assert f"`{key.split('.')[1]}`" in PAGES


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_is_documented(error: str) -> None:
    assert f"`{error}`" in PAGES


@pytest.mark.parametrize("target", TARGETS)
def test_every_make_target_is_documented(target: str) -> None:
    assert f"make {target}" in PAGES


def test_every_decision_is_in_the_table_of_contents() -> None:
    contents = (ROOT / "mkdocs.yml").read_text()
    pages = [str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")]
    assert [page for page in pages if page not in contents] == []


def test_the_guide_for_agents_stays_short() -> None:
    assert len((ROOT / "AGENTS.md").read_text().splitlines()) <= 80


def test_nothing_committed_names_a_machine_or_a_registry() -> None:
    hosts = [r"py" r"pi\.org", r"python" r"hosted\.org", r"registry\.npm" r"js", r"artifact" r"ory"]
    places = [rf"(?<![\w.<]){top}/\w" for top in ("/work", "/root", "/home")]
    options = [r"--index" r"-url", r"--find" r"-links"]
    marks = re.compile("|".join([*hosts, *places, *options]))
    found = []
    for path in committed():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {mark}" for mark in marks.findall(text)]
    assert found == []
