"""Durability bugs, to see whether the outages find them. Each was made by somebody, somewhere."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from tests._store.outage import HOME
from tests._store.simfs import SimFile, SimFS
from trod._store import durable, manifest
from trod._store import store as stores
from trod._store import sweep as sweeping
from trod._store.manifest import NAME, NEW, Manifest
from trod._store.store import Store, Transaction
from trod._store.watched import Watched

Patch = pytest.MonkeyPatch
_sync, _sync_folder = SimFile.sync, SimFS.sync_folder
_commit, _sweep, _write_file = Transaction.commit, sweeping.sweep, durable.write_file


def a_part_is_not_synced(patch: Patch) -> None:
    patch.setattr(SimFile, "sync", lambda file: file.path.name == NEW and _sync(file))


def the_manifest_is_not_synced(patch: Patch) -> None:
    patch.setattr(SimFile, "sync", lambda file: file.path.name != NEW and _sync(file))


def names_of_parts_are_not_synced(patch: Patch) -> None:
    patch.setattr(
        SimFS, "sync_folder", lambda disk, at: at in (HOME, HOME.parent) and _sync_folder(disk, at)
    )


def names_of_new_folders_are_synced_too_late(patch: Patch) -> None:
    patch.setattr(
        Transaction,
        "_folders",
        lambda tx: sorted({tx.store.path(part).parent for part in tx.added}),
    )


def the_name_of_the_store_is_not_synced(patch: Patch) -> None:
    patch.setattr(
        SimFS, "sync_folder", lambda disk, at: at != HOME.parent and _sync_folder(disk, at)
    )


def a_commit_is_told_before_its_name_is_synced(patch: Patch) -> None:
    patch.setattr(
        stores, "swap_manifest", lambda files, folder: files.rename(folder / NEW, folder / NAME)
    )


def the_manifest_is_written_in_place(patch: Patch) -> None:
    def write(files: SimFS, folder: object, made: Manifest) -> None:
        content = made.to_json().encode()
        _write_file(files, HOME / NAME, lambda file: file.write(content))

    patch.setattr(stores, "write_manifest", write)
    patch.setattr(stores, "swap_manifest", lambda files, folder: files.sync_folder(folder))


def the_manifest_is_renamed_before_it_is_synced(patch: Patch) -> None:
    late: list[SimFile] = []
    the_manifest_is_not_synced(patch)

    def swap(files: SimFS, folder: object) -> None:
        file = files._file(HOME / NEW)
        files.rename(HOME / NEW, HOME / NAME)
        files.sync_folder(HOME)
        late.append(SimFile(files, file, HOME / NAME))
        _sync(late[-1])

    patch.setattr(stores, "swap_manifest", swap)


def old_parts_go_before_the_new_manifest_is_safe(patch: Patch) -> None:
    def commit(tx: Transaction) -> None:
        for part in tx.store.manifest.parts:
            if part.kind in tx.dropped:
                tx.store.files.remove(tx.store.path(part))
        _commit(tx)

    patch.setattr(Transaction, "commit", commit)


def old_parts_go_though_the_manifest_before_may_come_back(patch: Patch) -> None:
    patch.setattr(Store, "_hold", lambda store: None)
    patch.setattr(
        stores,
        "sweep",
        lambda files, folder, made, grace_seconds=0.0: _sweep(
            files, folder, made, grace_seconds=0.0
        ),
    )


def what_a_killed_process_left_in_the_cache_is_built_on(patch: Patch) -> None:
    patch.setattr(Store, "_hold", lambda store: None)


def checksums_of_parts_are_not_compared(patch: Patch) -> None:
    patch.setattr(stores, "_is_true", lambda part, content: True)


def the_checksum_of_the_manifest_is_not_compared(patch: Patch) -> None:
    patch.setattr(manifest, "_sha256", lambda text: "0" * 64)


def a_serial_number_is_used_twice(patch: Patch) -> None:
    patch.setattr(Transaction, "serial", property(lambda tx: tx.store.manifest.serial))


def the_sweep_takes_a_file_that_the_manifest_names(patch: Patch) -> None:
    def sweep(files: SimFS, folder: object, made: Manifest, **given: float) -> None:
        _sweep(files, HOME, Manifest(made.serial, made.parts[1:]), **given)

    patch.setattr(stores, "sweep", sweep)


def nothing_is_swept(patch: Patch) -> None:
    patch.setattr(stores, "sweep", lambda files, folder, made, **given: None)


def a_failed_write_is_ignored(patch: Patch) -> None:
    def write(file: SimFile, block: memoryview) -> int:
        with suppress(OSError):
            file.disk._write(file, bytes(block))
        return len(block)

    patch.setattr(SimFile, "write", write)


def a_short_write_is_taken_for_a_whole_one(patch: Patch) -> None:
    def pass_on(watched: Watched, block: memoryview) -> None:
        watched.sha256.update(block)
        watched.file.write(block)

    patch.setattr(Watched, "_pass_on", pass_on)


def a_failed_sync_is_ignored(patch: Patch) -> None:
    def sync(file: SimFile) -> None:
        with suppress(OSError):
            _sync(file)

    patch.setattr(SimFile, "sync", sync)


def a_failed_sync_is_tried_again_and_believed(patch: Patch) -> None:
    def sync(file: SimFile) -> None:
        try:
            _sync(file)
        except OSError:
            _sync(file)

    patch.setattr(SimFile, "sync", sync)


def a_failed_sync_of_names_is_ignored(patch: Patch) -> None:
    def sync_folder(disk: SimFS, folder: object) -> None:
        with suppress(OSError):
            _sync_folder(disk, folder)  # type: ignore[arg-type]

    patch.setattr(SimFS, "sync_folder", sync_folder)


BUGS: tuple[Callable[[Patch], None], ...] = (
    a_part_is_not_synced,
    the_manifest_is_not_synced,
    names_of_parts_are_not_synced,
    names_of_new_folders_are_synced_too_late,
    the_name_of_the_store_is_not_synced,
    a_commit_is_told_before_its_name_is_synced,
    the_manifest_is_written_in_place,
    the_manifest_is_renamed_before_it_is_synced,
    old_parts_go_before_the_new_manifest_is_safe,
    old_parts_go_though_the_manifest_before_may_come_back,
    what_a_killed_process_left_in_the_cache_is_built_on,
    checksums_of_parts_are_not_compared,
    the_checksum_of_the_manifest_is_not_compared,
    a_serial_number_is_used_twice,
    the_sweep_takes_a_file_that_the_manifest_names,
    nothing_is_swept,
    a_failed_write_is_ignored,
    a_short_write_is_taken_for_a_whole_one,
    a_failed_sync_is_ignored,
    a_failed_sync_is_tried_again_and_believed,
    a_failed_sync_of_names_is_ignored,
)
