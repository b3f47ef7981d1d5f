"""A changed bit, a cut or a missing file is named, and never drawn."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests._store.kill import DEFINITION, Company, page
from tests.app import terminal
from trod.errors import StoreError
from trod.workspace import Workspace
from trod.workspace.verify import repair, verify


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    """A workspace with every kind of part."""
    folder = tmp_path_factory.mktemp("kept")
    made = Company(folder, Random(5), rows=60)
    made.begin()
    for number in range(2):
        made.next_file(number)
    (folder / "crm.csv").write_text("user,plan\nu1,free\nu2,pro\n")
    (folder / "trod.yml").write_text(
        DEFINITION.replace(
            "events:",
            "  - {name: crm, files: crm.csv, ids: {customer: user}, attributes: [plan]}\nevents:",
        )
    )
    Workspace.open(folder).ingest()
    return folder


@pytest.fixture
def folder(kept, tmp_path) -> Path:
    shutil.copytree(kept, tmp_path / "space")
    return tmp_path / "space"


def paths(folder: Path) -> list[Path]:
    space = Workspace.open(folder)
    return [space.store.path(part) for part in space.store.manifest.parts]


def damages(random: Random, whole: bytes) -> Iterator[tuple[str, bytes | None]]:
    """Ways in which a disk changes a file."""
    bit = random.randrange(8 * len(whole))
    flipped = bytearray(whole)
    flipped[bit // 8] ^= 1 << bit % 8
    yield "flipped", bytes(flipped)
    yield "cut", whole[: random.randrange(len(whole))]
    yield "longer", whole + b"\0"
    start = 512 * random.randrange(1 + len(whole) // 512)
    zeroed = whole[:start] + bytes(len(whole[start : start + 512])) + whole[start + 512 :]
    if zeroed != whole:
        yield "zeroed", zeroed
    yield "missing", None


def put(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)


def outcome(folder: Path, right: object) -> str:
    """Draw the map of a workspace with a damaged file."""
    try:
        drawn = page(Workspace.open(folder))
    except StoreError:
        return "refused"
    return "right" if drawn == right else "wrong"


def damage_all(folder: Path, random: Random, *, rounds: int, draw: float = 1.0) -> Counter[str]:
    """Damage one file after the other, in every way; each is to be named, and no map is wrong."""
    right, seen = page(Workspace.open(folder)), Counter[str]()
    for path in paths(folder) * rounds:
        whole = path.read_bytes()
        for how, content in damages(random, whole):
            put(path, content)
            named = [fault.file for fault in verify(Workspace.open(folder).store).faults]
            assert named == [path.relative_to(folder / ".trod").as_posix()], how
            seen[how] += 1
            if random.random() < draw:
                came = outcome(folder, right)
                assert came != "wrong", (path, how)
                seen[came] += 1
        path.write_bytes(whole)
    return seen


def test_R4_every_damage_of_every_kind_of_file_is_named_and_no_map_is_wrong(folder):
    kinds = {part.kind for part in Workspace.open(folder).store.manifest.parts}
    assert kinds >= {"touchpoints", "attributes", "quarantine", "ingests", "who"}
    assert "journeys/person" in kinds
    seen = damage_all(folder, Random(1), rounds=1, draw=0.3)
    assert seen["refused"] > 10
    assert seen["flipped"] == len(paths(folder))


@pytest.mark.slow
def test_R4_a_thousand_flipped_bits_are_named_and_no_map_is_wrong(folder):
    seen = damage_all(folder, Random(2), rounds=1 + 1000 // len(paths(folder)))
    assert seen["flipped"] >= 1000


def trod(folder: Path, *words: str) -> tuple[int, str, str]:
    done = terminal.trod("-C", folder, *words)
    return done.exit_code, done.stdout, done.stderr


def of_kind(folder: Path, kind: str) -> Path:
    store = Workspace.open(folder).store
    return store.path(store.manifest.of(kind)[0])


def test_a_healthy_workspace_is_said_to_be_healthy(folder):
    code, said, _ = trod(folder, "verify")
    assert code == 0
    assert said == f"All {len(paths(folder))} files are as they were written.\n"


def test_R4_verify_says_what_can_be_made_again_and_what_needs_a_backup(folder):
    of_kind(folder, "who").unlink()
    put(of_kind(folder, "touchpoints"), b"nothing")
    code, said, wrong = trod(folder, "verify")
    assert code == 1
    said = " ".join(said.split())
    assert f"missing. `trod -C {folder} verify --repair` makes it again from the log." in said
    assert "damaged: 7 bytes where the manifest says" in said
    assert "It holds 60 rows of app0000.csv (source app): restore it from a backup." in said
    assert "2 of" in wrong
    code, said, _ = trod(folder, "verify", "--json")
    assert code == 1
    assert [fault["derived"] for fault in json.loads(said)["damaged"]] == [False, True]


@pytest.mark.parametrize("kind", ["journeys/person", "who"])
def test_R4_repair_makes_damaged_journeys_again_from_the_log(folder, kind):
    right = page(Workspace.open(folder))
    put(of_kind(folder, kind), b"nothing")
    with pytest.raises(StoreError, match="trod verify"):
        page(Workspace.open(folder))
    code, said, _ = trod(folder, "verify", "--repair")
    assert code == 0
    assert "Made again: " in said
    assert "files are as they were written" in said
    assert page(Workspace.open(folder)) == right


def test_R4_nothing_is_made_from_a_damaged_log(folder):
    of_kind(folder, "who").unlink()
    of_kind(folder, "touchpoints").unlink()
    with pytest.raises(StoreError, match=r"restore it from a backup.*\n.*the log must be whole"):
        repair(Workspace.open(folder))


def test_R4_a_damaged_manifest_is_named(folder):
    path = folder / ".trod" / "MANIFEST"
    path.write_bytes(path.read_bytes().replace(b'"rows": 60', b'"rows": 61', 1))
    code, _, wrong = trod(folder, "verify")
    assert code == 1
    assert "MANIFEST: damaged manifest (wrong checksum)" in " ".join(wrong.split())


def test_R4_a_query_does_not_read_a_damaged_log(folder):
    path = of_kind(folder, "touchpoints")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    code, _, wrong = trod(folder, "sql", "select count(*) from touchpoints")
    assert code == 1
    assert "wrong checksum" in wrong
