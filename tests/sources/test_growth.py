"""Files that are added to are read piece by piece, and give what one reading gives."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.deliveries import fingerprint
from tests.examples import examples
from trod.events.quarantined import rows
from trod.workspace import Workspace
from trod.workspace.watching import Refused, Watch

HEAD = "n,who,at,what\n"


def yml(file: str, *more: str, message: str = "message_id: n, ") -> str:
    keys = ", ".join(
        [f"{message}customer: who, time: at, touchpoint: what", f"files: {file}", *more]
    )
    return f"sources: [{{name: web, {keys}}}]\n"


def space(folder: Path, text: str) -> Workspace:
    (folder / "trod.yml").write_text(text)
    return Workspace.open(folder)


def row(n: object, who: str = "ann", what: str = "buy") -> str:
    return f"{n},{who},2026-01-01T10:00:00Z,{what}\n"


def add(file: Path, text: str) -> None:
    with file.open("a", newline="") as out:
        out.write(text)


def sums(reports) -> tuple[int, int, int, int]:
    told = [(r.received, r.stored, r.duplicate, r.n_quarantined) for r in reports]
    return tuple(map(sum, zip(*told, strict=True))) if told else (0, 0, 0, 0)


@pytest.mark.parametrize("grows", [True, False])
def test_D2_only_what_was_added_is_read_of_a_file_that_grows(tmp_path, grows):
    file = tmp_path / "web.csv"
    add(file, HEAD + row(1) + row(2))
    web = space(tmp_path, yml("web.csv", *(["grows: true"] if grows else [])))
    assert sums(web.ingest()) == (2, 2, 0, 0)
    add(file, row(3))
    assert sums(web.ingest()) == ((1, 1, 0, 0) if grows else (3, 1, 2, 0))
    assert sums(web.ingest(whole=True)) == (3, 0, 3, 0)


def test_a_file_that_was_replaced_is_read_from_the_beginning(tmp_path):
    file = tmp_path / "web.csv"
    add(file, HEAD + row(1) + row(2))
    web = space(tmp_path, yml("web.csv", "grows: true"))
    web.ingest()
    file.write_text(HEAD + row(7) + row(8) + row(9))
    assert sums(web.ingest()) == (3, 3, 0, 0)


def test_a_record_that_is_being_written_waits_for_its_end(tmp_path):
    file = tmp_path / "web.csv"
    add(file, HEAD + row(1) + row(2) + '3,bob,2026-01-02,"one\nof several ')
    web = space(tmp_path, yml("web.csv", "grows: true"))
    assert sums(web.ingest()) == (2, 2, 0, 0)
    add(file, 'lines"\n4,bo')
    assert sums(web.ingest()) == (1, 1, 0, 0)
    add(file, "b,2026-01-02,x\n")
    assert sums(web.ingest()) == (1, 1, 0, 0)


@pytest.mark.parametrize(("row_mb", "mb"), [(4, 3), (8, 6)])
def test_R14_a_long_record_that_is_being_written_waits_as_long_as_a_row_may_be(
    tmp_path, row_mb, mb
):
    file = tmp_path / "web.csv"
    add(file, HEAD + row(1) + row(2) + '3,bob,2026-01-02,"' + ("x" * 1023 + "\n") * 1024 * mb)
    web = space(tmp_path, yml("web.csv", "grows: true", f"limits: {{row: {row_mb}MB}}"))
    assert sums(web.ingest()) == (2, 2, 0, 0)
    add(file, '"\n' + row(4))
    assert sums(web.ingest()) == (2, 2, 0, 0)


def test_R7_a_quarantined_row_of_a_piece_has_its_line_in_the_file(tmp_path):
    file = tmp_path / "web.csv"
    add(file, "Export of the shop\n" + HEAD + row(1) + row(2))
    web = space(tmp_path, yml("web.csv", "grows: true"))
    web.ingest()
    add(file, row(3) + "4,bob,tomorrow,buy\n" + row(5, "bob", "a,b"))
    assert sums(web.ingest()) == (3, 1, 0, 2)
    assert {(held.code, held.line) for held in web.quarantined()} == {
        ("time_is_a_word", 6),
        ("too_many_columns", 7),
    }


def test_rows_of_json_lines_may_lack_columns_in_a_piece(tmp_path):
    file = tmp_path / "web.jsonl"
    record = {"n": 1, "who": "ann", "at": "2026-01-01", "what": "buy", "p": {"a": 1}}
    add(file, json.dumps(record) + "\n")
    web = space(tmp_path, yml("web.jsonl", "grows: true", "channel: p.a"))
    web.ingest()
    add(file, '{"n": 2, "at": "2026-01-01", "what": "buy"}\n{"n": 3')
    assert sums(web.ingest()) == (1, 0, 0, 1)
    assert [(held.code, held.line) for held in web.quarantined()] == [("no_id", 2)]


WRITES = st.lists(
    st.tuples(st.sampled_from(["1", "2", "3", "4", ""]), st.booleans(), st.integers(0, 12)),
    max_size=8,
)


@given(writes=WRITES, named=st.booleans())
@example(writes=[("1", False, 0)] * 2 + [("2", False, 3)], named=False)
@example(writes=[("1", False, 0)] * 2 + [("2", False, 3)], named=True)
@settings(max_examples=examples(8), deadline=None)
def test_R8_pieces_cut_anywhere_give_what_the_whole_file_gives(writes, named, tmp_path_factory):
    """Rows with ids, again and without; the file is looked at in the middle of lines.

    Of bad rows that have an id, those with the same bytes count once if they came in two pieces.
    """
    often, once = tmp_path_factory.mktemp("often"), tmp_path_factory.mktemp("once")
    message = "message_id: n, " if named else ""
    spaces = [space(folder, yml("web.csv", message=message)) for folder in (often, once)]
    watch = Watch(spaces[0])
    watch.files()
    add(often / "web.csv", HEAD)
    for n, good, cut in writes:
        line = f"{n},ann,{'2026-01-01' if good else 'x'},buy {n}\n"
        for part in (line[:cut], line[cut:]):
            add(often / "web.csv", part)
            for one in watch.look():
                assert not isinstance(one, Refused)
    (once / "web.csv").write_bytes((often / "web.csv").read_bytes())
    if not writes:
        return
    spaces[1].ingest()
    good = [n for n, fine, _ in writes if fine]
    pieces, whole = (rows(one.store) for one in spaces)
    assert {(q.code, q.original) for q in pieces} == {(q.code, q.original) for q in whole}
    if not named:
        one, other = (
            sorted((q.code, q.line, q.original) for q in held) for held in (pieces, whole)
        )
        assert one == other
    if good:
        assert fingerprint(spaces[0].journeys()) == fingerprint(spaces[1].journeys())


def test_one_file_that_cannot_be_read_keeps_no_other_from_being_read(tmp_path):
    add(tmp_path / "a.csv", HEAD + row(1))
    (tmp_path / "b.parquet").write_bytes(b"PAR1 and no more")
    watch = Watch(space(tmp_path, yml("[a.csv, b.parquet]")))
    first = list(watch.look())
    assert [one.report.stored for one in first] == [1]
    (refused,) = watch.look()
    assert isinstance(refused, Refused)
    assert "damaged or cut off" in refused.why
    assert list(watch.look()) == []


def test_watch_follows_a_process_that_writes_until_ctrl_c(tmp_path):
    space(tmp_path, yml("logs/*.csv"))
    (tmp_path / "logs").mkdir()
    writer = (
        "import sys, time\n"
        "for name in ('a', 'b'):\n"
        "    with open(f'{sys.argv[1]}/{name}.csv', 'w') as out:\n"
        f"        out.write({HEAD!r})\n"
        "        for n in range(200):\n"
        "            for part in (f'{name}{n},c{n % 7},2026-01-01T1', '0:00:00Z,visit\\n'):\n"
        "                out.write(part); out.flush(); time.sleep(0.002)\n"
        "    \n"
        "    open(f'{sys.argv[1]}/{name}.csv', 'a').write('torn,c1,2026-0')\n"
    )
    watcher = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "trod",
            "-C",
            str(tmp_path),
            "ingest",
            "--watch",
            "--json",
            "--every",
            "1s",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        subprocess.run([sys.executable, "-c", writer, str(tmp_path / "logs")], check=True)
        assert watcher.stdout is not None
        stored, lines, until = 0, 0, time.monotonic() + 60
        while stored < 400 and time.monotonic() < until:
            told = json.loads(watcher.stdout.readline())
            assert told["quarantined"] == {}
            assert told["received"] == told["stored"] + told["duplicate"]
            stored += told["stored"]
            lines += 1
    finally:
        watcher.send_signal(signal.SIGINT)
        _, errors = watcher.communicate(timeout=60)
    assert (watcher.returncode, stored) == (0, 400), errors
    done = Workspace.open(tmp_path)
    done.store.verify()
    assert done.journeys().n_customers == 7
    assert sums(done.ingest()) == (402, 0, 400, 2)  # now the torn lines are what they are
