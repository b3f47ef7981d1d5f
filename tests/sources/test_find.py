"""Patterns of files, in a folder and among the files of a command line."""

from __future__ import annotations

import pytest

from trod.errors import DataError
from trod.sources.find import find, found_or_error


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sub").mkdir()
    for name in ("b.csv", "a.csv", "sub/c.csv", "odd[1].csv"):
        (tmp_path / name).write_text("x")
    return tmp_path


def names(paths):
    return [path.name for path in paths]


def test_globs_are_looked_up_in_the_folder_in_order_of_names(folder):
    assert names(find(["?.csv"], root=folder)) == ["a.csv", "b.csv"]
    assert names(find(["**/c.csv"], root=folder)) == ["c.csv"]


def test_a_name_with_brackets_is_a_name(folder):
    assert names(find(["odd[1].csv"], root=folder)) == ["odd[1].csv"]
    assert names(find([str(folder / "odd[1].csv")], root=folder / "sub")) == ["odd[1].csv"]


def test_files_of_a_command_line_are_chosen_by_the_end_of_their_path(folder):
    given = [folder / "a.csv", folder / "sub" / "c.csv"]
    assert names(find(["*.csv"], root=folder / "elsewhere", among=given)) == ["a.csv", "c.csv"]
    assert names(find(["exports/../sub/*.csv"], root=folder, among=given)) == []
    assert names(find(["../sub/*.csv"], root=folder, among=given)) == ["c.csv"]


def test_a_pattern_without_files_says_which_files_there_are(folder):
    with pytest.raises(
        DataError, match=r"no file in .* is called x\.csv\. Files there: a\.csv, b\.csv"
    ):
        found_or_error("web", ["x.csv"], root=folder)
