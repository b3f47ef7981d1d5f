"""The CRM as Salesforce exports it: contacts, tasks, opportunities and their history."""

from __future__ import annotations

from typing import Final

import numpy as np

from trod.sample.accounts import COUNTRIES, SIZES
from trod.sample.calendar import iso
from trod.sample.draws import Mask
from trod.sample.files import Files, stars
from trod.sample.passage import Passages
from trod.sample.tape import Rows

_LIFECYCLE: Final = {
    "Sales demo": "lead",
    "Business review": "customer",
    "Peer referred": "advocate",
}
_REASONS: Final = ("price", "nobody used it", "never got it to work", "other tool")


def contacts(files: Files, passages: Passages) -> None:
    """People of the CRM. `Churn_Reason__c` is filled in when they have left."""
    everyone, rng = files.people, files.rng
    who = np.flatnonzero(files.email != "")
    account = everyone.account[who]
    left = np.zeros(everyone.n, bool)
    left[: passages.n] = np.isin(passages.left_in, (2, 3, 4))
    says = left[who] & (rng.random(who.size) < 0.7)
    reason = np.array(_REASONS, object)[rng.integers(len(_REASONS), size=who.size)]
    rows = files.csv(
        "data/crm_contacts.csv",
        {
            "Id": files.contact[who],
            "Email": files.email[who],
            "User_Id__c": np.where(everyone.linked[who], files.user[who], ""),
            "Phone": files.number(who),
            "AccountId": files.account[who],
            "Company": np.array(everyone.where.firms, object)[account],
            "Size": np.array(SIZES, object)[everyone.where.size[account]],
            "MailingCountry": np.array(COUNTRIES, object)[everyone.where.country[account]],
            "Churn_Reason__c": np.where(says, reason, ""),
        },
    )
    files.note("crm_contacts.csv", rows)


def logins(files: Files) -> None:
    """Logins whose contacts the CRM did not know: a list that came at the very end."""
    everyone = files.people
    known = (files.email != "") & ~everyone.in_mailbox & (files.user != "")
    who = np.flatnonzero(known & ~everyone.linked)
    rows = files.csv(
        "late/logins.csv",
        {
            "user_id": files.user[who],
            "email": files.email[who],
            "identity_provider": np.full(who.size, "password", object),
        },
    )
    files.note("logins.csv", rows)
    files.late("late/logins.csv", "logins", "2026-07-03", ("2025-01-01", "2026-06-30"), rows)


def _is_deal(rows: Rows) -> Mask:
    """Say which rows are of an opportunity, not of a contact."""
    deal: Mask = (rows.name == "Opportunity opened") | (rows.name == "Quote sent")
    return deal


def tasks(files: Files, rows: Rows) -> None:
    """What sales did with a contact, one row each."""
    acts = rows.take(~_is_deal(rows) & (files.email[rows.person] != ""))
    count = files.csv(
        "data/crm_tasks.csv",
        {
            "Id": [f"00TTF{i + 1:010d}" for i in range(acts.n)],
            "WhoId": files.contact[acts.person],
            "WhatId": files.account[acts.person],
            "OwnerId": np.full(acts.n, "005TF0000000001", object),
            "AccountId": files.account[acts.person],
            "Subject": acts.name,
            "Status": np.full(acts.n, "Completed", object),
            "CreatedDate": iso(acts.time_s, suffix=".000Z"),
            "Lifecycle__c": np.array([_LIFECYCLE[name] for name in acts.name], object),
            "Rating__c": stars(acts.mood, files.rng.random(acts.n) < 0.6),
        },
    )
    files.note("crm_tasks.csv", count)


def opportunities(files: Files, rows: Rows, price: np.ndarray) -> None:
    """Opportunities, and a row of history for every stage that one came to."""
    moves = rows.take(_is_deal(rows) & (files.email[rows.person] != ""))
    who, which = np.unique(moves.person, return_inverse=True)
    ids = np.array([f"006TF{i + 1:010d}" for i in range(who.size)], object)
    quoted = np.isin(who, moves.person[moves.name == "Quote sent"])
    count = files.csv(
        "data/crm_opportunities.csv",
        {
            "OpportunityId": ids,
            "ContactId": files.contact[who],
            "AccountId": files.account[who],
            "StageName": np.where(quoted, "Quote sent", "Opened").astype(object),
            "Amount": price[who],
        },
    )
    files.note("crm_opportunities.csv", count)
    opened = moves.name == "Opportunity opened"
    count = files.csv(
        "data/crm_opportunity_history.csv",
        {
            "Id": [f"017TF{i + 1:010d}" for i in range(moves.n)],
            "OpportunityId": ids[which],
            "Field": np.full(moves.n, "StageName", object),
            "OldValue": np.where(opened, "", "Opened").astype(object),
            "NewValue": np.where(opened, "Opened", "Quote sent").astype(object),
            "CreatedDate": iso(moves.time_s, suffix=".000Z"),
        },
    )
    files.note("crm_opportunity_history.csv", count)
