"""What the name of a column says about its part in a journey."""

from __future__ import annotations

import re
from typing import Final

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SPLIT: Final = re.compile(r"[^0-9A-Za-zÀ-ÿ]+")
_ID: Final = frozenset({"id", "ids", "no", "nr", "num", "number", "key", "code", "uuid", "guid", "ref", "pk", "sk"})
_PEOPLE: Final = {
    "customer": 1.0, "client": 0.95, "user": 0.95, "household": 0.95, "member": 0.95,
    "subscriber": 0.95, "person": 0.95, "contact": 0.9, "consumer": 0.95, "cust": 0.9,
    "patient": 0.95, "student": 0.95, "guest": 0.9, "shopper": 0.95, "buyer": 0.95, "lead": 0.85,
    "player": 0.95, "passenger": 0.95, "policyholder": 0.95, "profile": 0.85, "login": 0.85,
    "username": 0.9, "participant": 0.9, "respondent": 0.9, "learner": 0.95, "kunde": 0.95,
    "kunden": 0.95, "cliente": 0.95, "distinct": 0.9, "identity": 0.8, "applicant": 0.9,
    "tenantuser": 0.8, "requester": 0.7, "recipient": 0.75, "donor": 0.95, "rider": 0.95,
}  # fmt: skip
_CASES: Final = {
    "case": 0.8, "ticket": 0.75, "incident": 0.75, "claim": 0.7, "application": 0.65, "issue": 0.65,
    "request": 0.6, "deal": 0.6, "opportunity": 0.6, "trace": 0.6, "conversation": 0.55,
    "complaint": 0.65,
}  # fmt: skip
_ACTORS: Final = frozenset({"caller", "submitter", "reporter", "requester", "author"})
_STAFF: Final = frozenset(
    "agent assignee owner rep operator employee assigned resolved opened closed updated created "
    "creator handler manager by staff resource resolver team".split()
)
_THINGS: Final = frozenset(
    "product store campaign coupon sku item page order basket invoice transaction category location "
    "session assessment module course article asset device_type shop branch region promo promotion "
    "offer order line cart shipment payment plan package manufacturer department brand segment "
    "template list form survey question upc ean variant event message activity".split()
)
_BASKETS: Final = frozenset("basket order invoice receipt transaction cart purchase bill".split())
_TIME: Final = {
    "timestamp": 1.0, "time": 0.95, "datetime": 1.0, "ts": 0.95, "date": 0.9, "at": 0.9, "when": 0.85,
    "created": 0.8, "occurred": 0.95, "day": 0.7, "datum": 0.9, "fecha": 0.9, "zeit": 0.9, "on": 0.5,
    "start": 0.6, "started": 0.7, "updated": 0.7, "utc": 0.7, "epoch": 0.9,
}  # fmt: skip
_PIPELINE: Final = frozenset("received sent loaded ingested synced inserted exported original uuid etl batched modified".split())
_TOUCHPOINT: Final = {
    "event": 1.0, "touchpoint": 1.0, "action": 0.95, "activity": 0.95, "interaction": 0.9,
    "step": 0.7, "concept": 0.9, "stage": 0.75, "status": 0.65, "state": 0.65, "operation": 0.6,
    "page": 0.45, "type": 0.5, "name": 0.35, "kind": 0.5, "screen": 0.5, "method": 0.3, "topic": 0.4,
    "ereignis": 0.9, "evento": 0.9,
}  # fmt: skip
_CHANNEL: Final = {
    "channel": 1.0, "medium": 0.85, "contacttype": 0.9, "platform": 0.5, "via": 0.7, "kanal": 0.95,
    "source": 0.45, "origin": 0.45, "canal": 0.95,
}  # fmt: skip
_TEXT: Final = {
    "comment": 0.95, "comments": 0.95, "feedback": 0.95, "verbatim": 1.0, "message": 0.85, "body": 0.8,
    "review": 0.9, "text": 0.9, "description": 0.7, "transcript": 0.9, "note": 0.65, "notes": 0.65,
    "subject": 0.5, "reason": 0.5, "remark": 0.7, "remarks": 0.7, "content": 0.7, "answer": 0.5,
    "question": 0.5, "kommentar": 0.9,
}  # fmt: skip
_SCORE: Final = {
    "nps": 1.0, "csat": 1.0, "ces": 1.0, "rating": 0.85, "stars": 0.95, "satisfaction": 0.9,
    "effort": 0.8, "recommend": 0.9, "score": 0.5,
}  # fmt: skip
_MONEY: Final = {
    "amount": 0.95, "revenue": 1.0, "price": 0.8, "value": 0.7, "total": 0.75, "sales": 0.85, "mrr": 0.95,
    "arr": 0.9, "spend": 0.85, "paid": 0.8, "payment": 0.75, "gmv": 0.9, "turnover": 0.9, "fee": 0.6,
    "cost": 0.5, "betrag": 0.95, "umsatz": 0.95, "preis": 0.8,
}  # fmt: skip
_URL: Final = frozenset({"url", "uri", "referrer", "referer", "href", "link", "path", "page"})
_MESSAGE: Final = frozenset({"messageid", "eventid", "insertid", "uuid", "msgid", "rowid", "recordid", "id", "eventuuid", "activityguid", "surveyid", "responseid"})


def tokens(name: str) -> tuple[str, ...]:
    """Cut the name of a column into words.

    Examples
    --------
    >>> tokens("CaseID"), tokens("case:concept:name"), tokens("userid")
    (('case', 'id'), ('case', 'concept', 'name'), ('user', 'id'))
    """
    out: list[str] = []
    for part in _SPLIT.split(_CAMEL.sub(" ", name)):
        word = part.lower()
        stem = word[:-2] if word.endswith("id") else ""
        if stem and (stem in _PEOPLE or stem in _CASES or stem in _THINGS or stem == "distinct"):
            out += [stem, "id"]
        elif word:
            out.append(word)
    return tuple(out)


def _best(words: tuple[str, ...], table: dict[str, float]) -> float:
    return max((table.get(word, 0.0) for word in words), default=0.0)


def is_id(words: tuple[str, ...]) -> bool:
    """Say whether a name speaks of an identifier."""
    return bool(_ID.intersection(words))


def names_thing(words: tuple[str, ...]) -> bool:
    """Say whether a name speaks of a thing rather than of someone."""
    return bool(_THINGS.intersection(words)) and not _PEOPLE.keys() & set(words)


def names_basket(words: tuple[str, ...]) -> bool:
    """Say whether a name speaks of something bought in one go."""
    return bool(_BASKETS.intersection(words)) and (is_id(words) or len(words) == 1)


def names_staff(words: tuple[str, ...]) -> bool:
    """Say whether a name speaks of someone who works for the company."""
    return bool(_STAFF.intersection(words)) and not _PEOPLE.keys() & set(words)


def person(words: tuple[str, ...]) -> float:
    """Say how much a name speaks of the customer."""
    if names_staff(words) or not words:
        return 0.0
    base = _best(words, _PEOPLE)
    if not base or "name" in words:
        return base * 0.5
    if words[-1] in ("type", "segment", "status", "group", "since", "age", "count", "at", "date", "comp", "size"):
        return 0.0
    return base if is_id(words) or len(words) == 1 else base * 0.6


def case(words: tuple[str, ...]) -> float:
    """Say how much a name speaks of a case: a ticket, a claim."""
    if words == ("number",):
        return 0.55
    base = _best(words, _CASES)
    if not base:
        return 0.0
    named = words[0] == "case" and words[-1] == "name"  # the XES standard: case:concept:name
    return base if is_id(words) or len(words) == 1 or named else 0.0


def actor(words: tuple[str, ...]) -> bool:
    """Say whether a name speaks of the person who brought a case."""
    return bool(_ACTORS.intersection(words))


def other_id(words: tuple[str, ...]) -> str | None:
    """Give the kind of a further id that a name speaks of."""
    joined = "".join(words)
    kinds = {
        "email": ("email", "mail", "emailaddress", "useremail", "customeremail", "contactemail"),
        "phone": ("phone", "phonenumber", "mobile", "msisdn", "telephone", "mobilenumber"),
        "anonymous": ("anonymousid", "anonid", "visitorid", "cookieid", "fullvisitorid", "userpseudoid", "domainuserid", "cookie", "gaid", "visitor"),
        "device": ("deviceid", "device", "idfa", "idfv", "advertisingid"),
    }  # fmt: skip
    for kind, names in kinds.items():
        if joined in names or any(joined.endswith(name) for name in names if len(name) > 6):
            return kind
    accounts = {"account", "company", "organisation", "organization", "org", "tenant", "workspace", "employer", "firm"}
    if accounts.intersection(words) and (is_id(words) or len(words) == 1) and "manager" not in words:
        return "account"
    return None


def time(words: tuple[str, ...]) -> float:
    """Say how much a name speaks of a moment."""
    if "zone" in words or "timezone" in words or words[-1:] in (("spent",), ("duration",), ("length",), ("format",)):
        return 0.0
    base = _best(words, _TIME)
    return base * 0.7 if _PIPELINE.intersection(words) else base


def touchpoint(words: tuple[str, ...]) -> float:
    """Say how much a name speaks of what happened."""
    if channel(words) >= 0.8 or person(words) >= 0.6 or {"location", "zip", "country"} & set(words):
        return 0.0
    base = _best(words, _TOUCHPOINT)
    if "event" in words and "name" in words:
        return 1.0
    if words[-1:] == ("type",) and base == 0.5 and len(words) > 1:
        return 0.45
    return base


def channel(words: tuple[str, ...]) -> float:
    """Say how much a name speaks of a channel."""
    return max(_best(words, _CHANNEL), _CHANNEL.get("".join(words), 0.0))


def text(words: tuple[str, ...]) -> float:
    """Say how much a name speaks of what a customer wrote."""
    return 0.0 if is_id(words) else _best(words, _TEXT)


def score(words: tuple[str, ...]) -> float:
    """Say how much a name speaks of a survey answer."""
    return _best(words, _SCORE)


def money(words: tuple[str, ...]) -> float:
    """Say how much a name speaks of money."""
    if is_id(words) or {"disc", "discount", "tax", "count", "type", "currency", "method", "status"} & set(words):
        return 0.0
    return _best(words, _MONEY)


def url(words: tuple[str, ...]) -> bool:
    """Say whether a name speaks of an address on the web."""
    return bool(_URL.intersection(words))


def message(words: tuple[str, ...]) -> bool:
    """Say whether a name speaks of the source's own id of a record."""
    return "".join(words) in _MESSAGE
