"""Which column of a file plays which part: names propose, values decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trod.events import roles
from trod.events.naming import source_name
from trod.events.profile import ColumnProfile, FileProfile
from trod.events.roles_by_values import Meaning, changing_words


@dataclass(frozen=True, slots=True)
class Role:
    """What a column was taken for, how sure that is, and why."""

    role: str
    column: str
    confidence: float  # 0 to 1
    why: str


def find_ids(
    file: FileProfile, shared: Counter[str], meanings: Mapping[str, Meaning]
) -> dict[str, Role]:
    """Find the ids in a file, by kind; the customer first."""
    found: dict[str, Role] = {}
    customer = _customer(file, shared, meanings)
    if customer is not None:
        found["customer"] = customer
    for column in file.columns:
        if customer is not None and column.name == customer.column:
            continue
        kind, why = meanings.get(column.name, ("customer", ""))
        role = _other_id(column, customer)
        if role is None and kind != "customer":
            role = Role(kind, column.name, 0.8, why)
        if role is not None and role.role not in found and column.known:
            found[role.role] = role
    return found


def _customer(
    file: FileProfile, shared: Counter[str], meanings: Mapping[str, Meaning]
) -> Role | None:
    """Choose the column that says who it was."""
    options = [r for c in file.columns if (r := _as_customer(file, c, shared)) is not None]
    options += [
        Role("customer", name, 0.85, why)
        for name, (kind, why) in meanings.items()
        if kind == "customer"
    ]
    return max(options, key=lambda role: role.confidence, default=None) or _unnamed(file)


def _unnamed(file: FileProfile) -> Role | None:
    """Choose by values alone in a log whose header says nothing we can read."""
    if not any(column.time is not None for column in file.columns):
        return None
    options = [column for column in file.columns if _may_be_unnamed(column)]
    best = max(options, key=lambda column: len(column.counts), default=None)
    if best is None:
        return None
    return Role(
        "customer", best.name, 0.35, "the name says nothing; its values stand in several rows"
    )


def _may_be_unnamed(column: ColumnProfile) -> bool:
    """Say whether a column of no known part holds many values, most of them more than once."""
    words = column.words
    judged = (roles.touchpoint, roles.channel, roles.text, roles.score, roles.money, roles.time)
    if any(judge(words) for judge in judged) or roles.names_thing(words) or roles.is_id(words):
        return False
    if column.time is not None or column.sentences or column.unique or column.filled < 0.9:
        return False
    decimal = column.numeric and any("." in value for value in column.different[:20])
    return len(column.counts) >= 20 and not decimal and not roles.names_staff(words)


def _as_customer(file: FileProfile, column: ColumnProfile, shared: Counter[str]) -> Role | None:
    """Judge one column as the customer."""
    words = column.words
    sure = roles.is_id(words) and roles.person(words) >= 0.9
    if not column.known or column.time is not None or column.sentences:
        return None
    if roles.other_id(words) is not None or (column.filled < 0.02 and not sure):
        return None
    confidence, why = _by_name(file, column)
    if not confidence and not _others(file, column):
        confidence, why = _by_values(column, shared)
    if not confidence:
        return None
    named = roles.is_id(words) or roles.case(words) or _plainly(column)
    if not named and len(column.counts) < min(3, file.n_sampled):
        return None  # "member: yes" is no id
    if shared[column.name] > 1:
        confidence, why = (
            confidence + 0.04,
            f"{why}; the name stands in {shared[column.name]} files",
        )
    if not column.unique and column.filled > 0.95:
        confidence += 0.02
    return Role("customer", column.name, round(min(confidence, 0.99), 2), why)


def _plainly(column: ColumnProfile) -> bool:
    """Say whether a column is called `customer`, and its values are not yes and no."""
    flags = {"yes", "no", "y", "n", "true", "false", "t", "f", "0", "1"}
    return roles.person(column.words) == 1.0 and not flags.issuperset(map(str.lower, column.counts))


def _by_name(file: FileProfile, column: ColumnProfile) -> tuple[float, str]:
    """Judge by the name: a person, else a case, else the key of a table of people."""
    words = column.words
    if (base := roles.person(words)) >= 0.55:
        return base * 0.95, "the name says a person"
    base = roles.case(words)
    if base and not (column.unique and _others(file, column)):
        return base * 0.95, "the name says a case, whose history the rows are"
    stem = roles.tokens(source_name(file.path))
    people = any(roles.person((word.rstrip("s"),)) > 0.8 for word in stem)
    if words == ("id",) and people and column.unique:
        return 0.85, "the key of a table of people"
    if roles.actor(words) and roles.is_id(words):
        return 0.5, "the name says who brought it"
    return 0.0, ""


def _others(file: FileProfile, key: ColumnProfile) -> bool:
    """Say whether someone stands beside a key: then the key is that of the row."""
    return bool(file.of_someone - {key.name})


def _by_values(column: ColumnProfile, shared: Counter[str]) -> tuple[float, str]:
    """Judge an unknown name by its values: many of them, most more than once."""
    words = column.words
    if not roles.is_id(words) or roles.names_thing(words) or roles.names_staff(words):
        return 0.0, ""
    n = len(column.counts)
    if column.unique or (column.numeric and "." in "".join(column.different[:20])):
        return 0.0, ""
    if n < 5 or n < len(column.known) / 500 or column.filled < 0.9:
        return 0.0, ""
    return 0.4 + 0.1 * (shared[column.name] > 1), "an id that stands in several rows"


def _other_id(column: ColumnProfile, customer: Role | None) -> Role | None:
    """Find further ids: e-mail, phone, anonymous, device, account."""
    kind = roles.other_id(column.words)
    if kind is None and column.emails and not roles.names_staff(column.words):
        return Role("email", column.name, 0.85, "the values are e-mail addresses")
    if kind == "email" and not column.emails:
        return None
    if kind is not None:
        return Role(kind, column.name, 0.9, f"the name says {kind}")
    if customer is not None and roles.alias(column.words) and roles.is_id(column.words):
        return Role("anonymous", column.name, 0.7, "an id beside the person, from before a login")
    is_case = customer is not None and roles.case(roles.tokens(customer.column)) > 0
    if is_case and roles.actor(column.words) and not column.unique:
        return Role("account", column.name, 0.6, "who brought the case; one may bring several")
    return None


def find_time(file: FileProfile, owner: str) -> list[Role]:
    """Find when it happened: one column of a log, or several dates of a wide table."""
    options = [column for column in file.columns if _moment(column) and column.name != owner]
    if len(options) <= 1:
        return [_time_role(column, "the only time in the file") for column in options]
    moving = _moving(file, owner, options)
    if len(moving) == 1:
        why = f"the only time that differs between rows of one {owner}"
        return [_time_role(moving[0], why)]
    if _is_log(file, owner):
        best = max(moving, key=lambda c: (roles.time(c.words), c.filled, -file.columns.index(c)))
        return [_time_role(best, "the time that the name and the values speak for most")]
    lasting = [column for column in moving if not roles.stale(column.words)] or moving
    if len(lasting) == 1:
        return [_time_role(lasting[0], "the only time in the file that stays as it is")]
    return [_time_role(c, f"one of {len(lasting)} dates in a row") for c in lasting]


def _moment(column: ColumnProfile) -> bool:
    """Say whether a column holds moments."""
    if column.time is None or not column.known or roles.birth(column.words):
        return False
    return bool(roles.time(column.words)) or column.time.unit is None


def _moving(file: FileProfile, owner: str, options: list[ColumnProfile]) -> list[ColumnProfile]:
    """Keep the times that differ between rows of one customer; all, where none or no rows do."""
    n_owners = file.n_different(owner)
    if n_owners > 0.9 * file.n_sampled:
        return options
    moving = []
    for column in options:
        rows = [v for v, t in zip(file.column(owner).values, column.values, strict=True) if t and v]
        pairs, owners = file.n_different(owner, column.name), len(set(rows))
        if pairs > owners * 1.02 or len(rows) == owners:
            moving.append(column)
    return moving or options


def _is_log(file: FileProfile, owner: str) -> bool:
    """Say whether each row is one event: a column names it, or times are those of a pipeline."""
    return any(
        roles.touchpoint(c.words) >= 0.85 and _few_names(c) and c.name != owner
        for c in file.columns
    )


def _time_role(column: ColumnProfile, why: str) -> Role:
    assert column.time is not None
    sure = 0.55 + 0.4 * (roles.time(column.words) or 0.3)
    if not column.time.sure:
        sure *= 0.7
    return Role(
        "time", column.name, round(sure * column.time.parsed, 2), f"{why}; {column.time.why}"
    )


def _few_names(column: ColumnProfile) -> bool:
    """Say whether the values could be names of what happens."""
    n = len(column.counts)
    if not 1 <= n <= 1000 or column.length > 60 or column.time is not None:
        return False
    return n <= max(20, len(column.known) / 5) and not column.emails


def find_touchpoint(file: FileProfile, owner: str, taken: set[str]) -> Role | None:
    """Find the column that says what happened."""
    best: tuple[float, Role] | None = None
    for column in file.columns:
        base = roles.touchpoint(column.words)
        if column.name in taken or base < 0.4 or not _few_names(column):
            continue
        if column.numeric and any("." in value for value in column.different):
            continue
        confidence = base * 0.95 * (0.7 if len(column.counts) == 1 else 1.0)
        n_owners = file.n_different(owner)
        if n_owners < file.n_sampled / 2 and file.n_different(owner, column.name) == n_owners:
            confidence *= 0.7  # the same for all rows of a customer: rather a property
        what = (
            "state to make it from" if {"state", "status"} & set(column.words) else "what happened"
        )
        why = f"the name says {what}; {len(column.counts)} different values"
        role = Role("touchpoint", column.name, round(min(confidence, 0.95), 2), why)
        if best is None or confidence > best[0]:
            best = (confidence, role)
    if best is not None:
        return best[1]
    column_ = changing_words(file, owner, taken, meanings={})
    if column_ is None:
        return None
    why = f"{len(column_.counts)} different values that change within a customer"
    return Role("touchpoint", column_.name, 0.5, why)


def find_thing(file: FileProfile, deed: str, taken: set[str]) -> ColumnProfile | None:
    """Find what bare deeds such as `open` were done to, where a column says it."""
    if not all(map(roles.deed, file.column(deed).different)):
        return None
    return next(
        (
            column
            for column in file.columns
            if column.name not in {*taken, deed}
            and roles.touchpoint(column.words) >= 0.4
            and _few_names(column)
            and not column.numeric
            and not roles.is_id(column.words)
        ),
        None,
    )


def find_rest(
    file: FileProfile, taken: set[str], *, keyed: bool
) -> Iterator[tuple[Role, dict[str, object]]]:
    """Find channel, text, score, money, address and id of the record."""
    for finder in (_channel, _text, _score, _money, _url, _message):
        if finder is _message and not keyed:
            continue
        if (found := finder(file, taken)) is not None:
            taken.add(found[0].column)
            yield found


_Found = tuple[Role, dict[str, object]] | None


def _named(file: FileProfile, taken: set[str], judge: object) -> list[tuple[float, ColumnProfile]]:
    """List free columns by what their names promise, most first."""
    assert callable(judge)
    scored = [(float(judge(c.words)), c) for c in file.columns if c.name not in taken and c.known]
    return sorted(((s, c) for s, c in scored if s > 0), key=lambda item: -item[0])


def _channel(file: FileProfile, taken: set[str]) -> _Found:
    for base, column in _named(file, taken, roles.channel):
        if len(column.counts) <= 50 and column.length <= 30 and not column.numeric:
            why = f"the name says channel; {len(column.counts)} different values"
            return Role("channel", column.name, round(base * 0.95, 2), why), {
                "channel": [column.name]
            }
    return None


def _text(file: FileProfile, taken: set[str]) -> _Found:
    for base, column in _named(file, taken, roles.text):
        if column.sentences:
            why = f"reads like what people write, {column.length:.0f} characters on average"
            return Role("text", column.name, round(base * 0.95, 2), why), {"text": [column.name]}
    return None


def _score(file: FileProfile, taken: set[str]) -> _Found:
    for base, column in _named(file, taken, roles.score):
        numbers = column.numbers()
        if len(numbers) < len(column.different) or not numbers:
            continue
        scale = _scale(column.words, min(numbers), max(numbers))
        if scale is not None and (base > 0.5 or "survey" in roles.tokens(source_name(file.path))):
            why = f"the name says an answer; {min(numbers):g} to {max(numbers):g} fits {scale}"
            spec: dict[str, object] = {"score": {"column": column.name, "scale": scale}}
            return Role("score", column.name, round(base * 0.9, 2), why), spec
    return None


def _scale(words: tuple[str, ...], low: float, high: float) -> str | None:
    """Choose the scale that a name and a range of answers speak for."""
    if "nps" in words or "recommend" in words:
        return "nps" if low >= 0 and high <= 10 else None
    if "ces" in words or "effort" in words:
        return "ces" if low >= 1 and high <= 7 else None
    if low >= 1 and high <= 5:
        return "stars" if "stars" in words or "rating" in words else "csat"
    return "nps" if low >= 0 and high <= 10 else None


def _money(file: FileProfile, taken: set[str]) -> _Found:
    for base, column in _named(file, taken, roles.money):
        if not column.numeric or len(column.counts) < min(2, file.n_sampled):
            continue
        value: dict[str, object] = {"column": column.name, "decimal": _decimal(column)}
        if {"cents", "cent", "minor"} & set(column.words):
            value["unit"] = "cents"
        value.update(_currency(file))
        why = "the name says money; the values are amounts"
        return Role("value", column.name, round(base * 0.95, 2), why), {"value": value}
    return None


def _decimal(column: ColumnProfile) -> str:
    """Tell 1.234,50 from 1,234.50."""
    commas = sum(
        "," in v and v.rfind(",") > v.rfind(".") and len(v) - v.rfind(",") != 4
        for v in column.different
    )
    dots = sum("." in v and v.rfind(".") > v.rfind(",") for v in column.different)
    return "," if commas > dots else "."


def _currency(file: FileProfile) -> dict[str, object]:
    """Find the currency: one for all rows, or the most frequent of a column."""
    for column in file.columns:
        if "currency" in column.words and all(
            len(v) == 3 and v.isalpha() for v in column.different
        ):
            most = min(column.counts.items(), key=lambda item: (-item[1], item[0]))[0].upper()
            return {"currency": most, "currency_column": column.name}
    return {}


def _url(file: FileProfile, taken: set[str]) -> _Found:
    for column in file.columns:
        paths = roles.url(column.words) and any(v.startswith("/") for v in column.different[:5])
        if column.name not in taken and (column.urls or paths):
            return Role("url", column.name, 0.9, "the values are addresses; kept as a property"), {}
    return None


def _message(file: FileProfile, taken: set[str]) -> _Found:
    """Find an id of its own for every row; the best known name first."""
    stem = roles.tokens(source_name(file.path))
    free = [column for column in file.columns if column.name not in taken]
    named = [column for column in free if roles.message(column.words)]
    keys = [c for c in free if file.n_sampled >= 10 and roles.key_of(c.words, stem)]
    for column in dict.fromkeys([*named, *keys]):
        if file.exactly_unique(column.name) or (
            column in named and file.repeated_whole(column.name)
        ):
            why = "an id of its own for every row: repeats are recognised by it"
            return Role("message id", column.name, 0.9, why), {"message_id": [column.name]}
    return None
