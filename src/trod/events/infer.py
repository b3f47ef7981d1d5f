"""Guess what the columns of unseen files mean: who, when, what, where, how much, how they felt.

The guess is a definition like one that a person writes, with a confidence and a reason for each
column, so that it can be read, doubted and corrected.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from trod.events import roles
from trod.events.copies import without_copies
from trod.events.joins import JoinProposal, propose
from trod.events.naming import source_name, touchpoint_of_column, touchpoint_of_file
from trod.events.profile import FileProfile, profile
from trod.events.recognise import place_of, recognised, source_of
from trod.events.roles_by_values import Meaning, shared_ids
from trod.events.roles_of_file import (
    Role,
    find_ids,
    find_rest,
    find_thing,
    find_time,
    find_touchpoint,
)
from trod.events.spec import SourceSpec
from trod.sources.engine import engine
from trod.sources.table import open_every_sheet

_NO_PERSON: Final = "no customer stands in it"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A file that cannot be mapped as it is, and what is known about it all the same."""

    path: Path
    name: str
    why: str
    columns: tuple[str, ...]
    customer: str | None
    time: str | None
    counts: bool  # the time counts from a moment that is not in the file
    touchpoint: str
    sheet: str | None = None  # of a workbook with several

    @property
    def shown(self) -> str:
        """Name the file for people, and the sheet of it where it has several."""
        return self.path.name if self.sheet is None else f"{self.path.name}, sheet {self.sheet}"


@dataclass(frozen=True, slots=True)
class Guess:
    """What the files seem to say.

    Attributes
    ----------
    sources
        Definitions for the files that can be mapped.
    columns
        By source: what each column was taken for, with confidence and reason.
    left_aside
        Files that cannot be mapped as they are: name, and why, with a join that could help.
    unfinished
        The same files, with what is known about them, to be finished by hand.
    joins
        Tables that could add columns to others, the surest first; none is joined.
    """

    sources: tuple[SourceSpec, ...]
    columns: dict[str, tuple[Role, ...]]
    left_aside: tuple[tuple[str, str], ...]
    unfinished: tuple[Unfinished, ...] = ()
    joins: tuple[JoinProposal, ...] = ()

    def words(self) -> tuple[str, ...]:
        """Say the guess in lines for people."""
        lines = []
        for source in self.sources:
            lines.append(f"{source.name} ({', '.join(Path(f).name for f in source.files)})")
            for role in self.columns[source.name]:
                sure = f"{role.confidence:.0%}".rjust(4)
                lines.append(f"  {role.role:<12} {role.column:<28} {sure}  {role.why}")
        lines += [f"left aside: {name}: {why}" for name, why in self.left_aside]
        lines += [
            f"could be joined to {j.file}: {j.other} ({j.confidence:.0%}): {j.why}"
            for j in self.joins
        ]
        return tuple(lines)


def guess(paths: Sequence[Path], *, zone: str | None = None) -> Guess:
    """Guess the sources that some files are; exports that a mapping reads are recognised first.

    Parameters
    ----------
    paths
        CSV, JSON lines, JSON, Parquet or workbooks; each file or sheet becomes a source.
    zone
        Zone of times that name none, if it is known.

    Raises
    ------
    DataError
        If a file is missing, empty, damaged, or none of the formats.
    """
    different, aside = without_copies([Path(path) for path in paths])
    with engine() as duck:
        sheets = [(path, *sheet) for path in different for sheet in open_every_sheet(duck, path)]
        tables = [table for _, _, table in sheets]
        place = {table.path: place_of(path, name) for path, name, table in sheets}
        exports = {
            table.path: found for table in tables if (found := recognised(duck, table, zone))
        }
        names = dict(zip(place, _unique([source_name(path) for path in place]), strict=True))
        files = [profile(duck, table) for table in tables if table.path not in exports]
        shared = _shared_names(files)
        drafts = [
            _draft(file, shared, meanings, zone)
            for file, meanings in zip(files, shared_ids(files), strict=True)
        ]
        joins = _placed(propose(files), place)
        read = {f.path.name for f, d in zip(files, drafts, strict=True) if d.problem is None}
        sources = [source_of(names[path], place[path], one) for path, one in exports.items()]
        columns = {names[path]: found.roles for path, found in exports.items()}
        unfinished = []
        for file, draft in zip(files, drafts, strict=True):
            name = names[file.path]
            if draft.problem is None:
                spec = {"name": name, **place[file.path], **draft.spec}
                sources.append(SourceSpec.model_validate(spec))
                columns[name] = tuple(draft.roles)
            else:
                hint = _helped(file, draft, joins, read)
                why = f"{draft.problem}{hint}"
                unfinished.append(_unfinished(file, draft, name, why, place[file.path]))
    aside += [(one.shown, one.why) for one in unfinished]
    order = {name: at for at, name in enumerate(names.values())}
    sources.sort(key=lambda source: order[source.name])
    return Guess(tuple(sources), columns, tuple(aside), tuple(unfinished), joins)


def _placed(
    joins: Sequence[JoinProposal], place: Mapping[Path, Mapping[str, Any]]
) -> tuple[JoinProposal, ...]:
    """Say of a table that describes others in which workbook it stands."""
    sheets = {path.name: at for path, at in place.items() if "sheet" in at}
    return tuple(
        join._replace(
            other=Path(sheets[join.other]["files"][0]).name, sheet=sheets[join.other]["sheet"]
        )
        if join.other in sheets
        else join
        for join in joins
    )


def _unfinished(
    file: FileProfile, draft: _Draft, name: str, why: str, place: Mapping[str, Any]
) -> Unfinished:
    timed = [c.name for c in file.columns if c.time and roles.time(c.words) >= 0.5]
    counts = _counting(file)
    return Unfinished(
        Path(place["files"][0]),
        name,
        why,
        file.table.names,
        draft.roles[0].column if draft.roles else None,
        next(iter([*timed, *counts]), None),
        not timed and bool(counts),
        touchpoint_of_file(file.path),
        place.get("sheet"),
    )


def _counting(file: FileProfile) -> list[str]:
    """List numbers that count from a moment that is not in the file."""
    return [c.name for c in file.columns if roles.time(c.words) >= 0.5 and c.numeric and not c.time]


@dataclass(slots=True)
class _Draft:
    """What one file seems to be."""

    spec: dict[str, object] = field(default_factory=dict)
    roles: list[Role] = field(default_factory=list)
    problem: str | None = None
    lacks: str | None = None  # "time" or "customer"


def _shared_names(files: Sequence[FileProfile]) -> Counter[str]:
    """Count in how many files each column name stands."""
    return Counter(column.name for file in files for column in file.columns)


def _unique(names: Sequence[str]) -> list[str]:
    """Number names that would be alike."""
    seen: Counter[str] = Counter()
    out = []
    for name in names:
        seen[name] += 1
        out.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return out


def _draft(
    file: FileProfile, shared: Counter[str], meanings: Mapping[str, Meaning], zone: str | None
) -> _Draft:
    """Decide what one file is."""
    draft = _Draft()
    if not file.n_sampled:
        draft.problem = "it has a header and no rows"
        return draft
    ids = find_ids(file, shared, meanings)
    if not ids:
        draft.problem, draft.lacks = _without_customer(file), "customer"
        return draft
    _put_ids(draft, ids)
    owner = _owner(file, ids)
    times = find_time(file, owner.column)
    if file.nulls:
        draft.spec["nulls"] = file.nulls
    if not times:
        return _timeless(draft, file, owner.column)
    if zone is not None:
        draft.spec["zone"] = zone
    if len(times) > 1:
        _put_dates(draft, file, times)
        _put_basket(draft, file)
    else:
        _put_time(draft, file, times[0])
        _put_touchpoint(draft, file, owner.column)
    _put_rest(draft, file)
    return draft


def _owner(file: FileProfile, ids: dict[str, Role]) -> Role:
    """Choose the id by which rows hang together: the customer, unless hardly a row names one."""
    people = [role for kind, role in ids.items() if kind != "account"] or list(ids.values())
    if "customer" in ids and file.column(ids["customer"].column).filled >= 0.5:
        return ids["customer"]
    return max(people, key=lambda role: file.column(role.column).filled)


def _put_ids(draft: _Draft, ids: dict[str, Role]) -> None:
    kinds = {}
    for kind, role in ids.items():
        draft.roles.append(role)
        if kind in ("customer", "account"):
            draft.spec[kind] = [role.column]
        else:
            kinds[kind] = [role.column]
    if kinds:
        draft.spec["ids"] = kinds


def _time_spec(file: FileProfile, name: str) -> dict[str, object]:
    """Write how a time column is read."""
    column = file.column(name)
    out: dict[str, object] = {"column": [name]}
    found = column.time
    assert found is not None
    if found.formats:
        out["format"] = found.formats
    if found.unit:
        out["unit"] = found.unit
    if (found.zone == "UTC" and found.formats and found.formats[0].endswith("Z")) or (
        "utc" in column.words and found.zone is None
    ):
        out["zone"] = "UTC"
    return out


def _put_time(draft: _Draft, file: FileProfile, role: Role) -> None:
    draft.roles.append(role)
    draft.spec["time"] = _time_spec(file, role.column)


def _put_dates(draft: _Draft, file: FileProfile, times: list[Role]) -> None:
    """Make each date of a wide table a touchpoint."""
    dates = {}
    for role in times:
        dates[touchpoint_of_column(role.column, file.path)] = _time_spec(file, role.column)
        draft.roles.append(role)
    draft.spec["dates"] = dates


def _put_basket(draft: _Draft, file: FileProfile) -> Role | None:
    """Take lines of baskets for one touchpoint."""
    basket = _basket(file, draft, {role.column for role in draft.roles})
    if basket is not None:
        draft.spec["group_by"] = [basket.column]
        draft.roles.append(basket)
    return basket


def _put_touchpoint(draft: _Draft, file: FileProfile, owner: str) -> None:
    """Say what happened: a column, or the file itself."""
    taken = {role.column for role in draft.roles}
    role = find_touchpoint(file, owner, taken)
    if _put_basket(draft, file) is not None:
        role = None
    if role is None:
        named = touchpoint_of_file(file.path)
        draft.spec["touchpoint"] = {"constant": named}
        why = "no column says what happened; the name of the file does"
        draft.roles.append(Role("touchpoint", f'"{named}"', 0.6, why))
        return
    told = _touchpoint_words(file, role.column, taken)
    if "template" in told:
        role = replace(role, why=f"{role.why}, told as {told['template']}")
    draft.roles.append(role)
    draft.spec["touchpoint"] = told


def _touchpoint_words(file: FileProfile, name: str, taken: set[str]) -> dict[str, object]:
    """Write how touchpoints are named after a column."""
    column = file.column(name)
    if all(re.fullmatch(r"\d+", value) for value in column.different):
        return {"template": f"{name} {{{name}}}"}
    if (thing := find_thing(file, name, taken)) is not None:
        return {"template": f"{{{thing.name}}} {{{name}}}"}
    if column.words == ("status",):  # of a record, which the file names
        return {"template": f"{touchpoint_of_file(file.path)} {{{name}}}"}
    return {"columns": [name]}


def _basket(file: FileProfile, draft: _Draft, taken: set[str]) -> Role | None:
    """Find lines of baskets: rows that share a basket, a customer and a time."""
    owner, when = draft.roles[0].column, str(draft.roles[-1].column)
    stem = tuple(w.removesuffix("s") for w in roles.tokens(source_name(file.path)))
    for column in file.columns:
        listed = (*column.words, *stem) if len(column.words) == 1 else column.words
        if column.name in taken or not roles.is_id(column.words) or not roles.names_basket(listed):
            continue
        n_rows, n_keys, fixed = file.decides(column.name, (owner, when))
        if fixed and n_keys < n_rows:
            share = n_rows / n_keys
            why = f"one customer and one time for each, {share:.1f} rows on average"
            return Role("group by", column.name, 0.9, why)
    return None


def _put_rest(draft: _Draft, file: FileProfile) -> None:
    """Add channel, text, score, money and the source's own id of a record."""
    taken = {role.column for role in draft.roles}
    several = "group_by" in draft.spec or "dates" in draft.spec  # rows and touchpoints differ
    for role, spec in find_rest(file, taken, keyed=not several):
        draft.roles.append(role)
        draft.spec.update(spec)


def _timeless(draft: _Draft, file: FileProfile, owner: str) -> _Draft:
    """Decide about a table with a customer and no time: a profile, or nothing yet."""
    ids = [role.column for role in draft.roles if role.role != "account"] or [owner]
    key = next((name for name in ids if file.unique_where_known(name)), None)
    if len(file.columns) == 1:
        draft.problem = f"nothing but a customer ({owner}) stands in it"
        return draft
    if key is not None:
        draft.spec["attributes"] = "*"
        why = f"one row for each {key} and no time: a profile"
        draft.roles.append(Role("attributes", "all other columns", 0.9, why))
        return draft
    counts = _counting(file)
    draft.lacks = "time"
    draft.problem = f"it has a customer ({owner}), but no time"
    if counts:
        verb = "count" if len(counts) > 1 else "counts"
        draft.problem = (
            f"{' and '.join(counts)} {verb} from a moment that is not in the file. "
            "Say which in trod.yml: `unit: d` and `since:`"
        )
    return draft


def _without_customer(file: FileProfile) -> str:
    things = [c.name for c in file.columns if roles.is_id(c.words)][:4]
    verb = "name things" if len(things) > 1 else "names a thing"
    return f"{_NO_PERSON} ({', '.join(things)} {verb})" if things else _NO_PERSON


def _helped(
    file: FileProfile, draft: _Draft, joins: Sequence[JoinProposal], read: Collection[str]
) -> str:
    """Name the join that could bring the table in; nothing is joined without being asked."""
    for join in sorted(joins, key=lambda one: one.file not in read):
        if draft.lacks == "time" and join.file == file.path.name and join.time:
            return f". A join could give it one: `{join.written()}` and `time: {join.time}`"
        if draft.lacks == "customer" and join.other == file.path.name:
            return f". It describes {join.on[0][0]}: `{join.written()}` would add it to {join.file}"
    return ""
