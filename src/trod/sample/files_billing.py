"""Billing as Stripe tells it: one event a line, amounts in cents, times in seconds."""

from __future__ import annotations

from typing import Final

import numpy as np

from trod.sample.draws import Index
from trod.sample.files import Files, quoted
from trod.sample.tape import Rows

TYPES: Final = {
    "Subscription started": ("invoice.paid", "subscription_create"),
    "Subscription renewed": ("invoice.paid", "subscription_cycle"),
    "Seats added": ("invoice.paid", "subscription_update"),
    "Seats removed": ("customer.subscription.updated", "subscription_update"),
    "Renewal invoice": ("invoice.finalized", "subscription_cycle"),
    "Payment failed": ("invoice.payment_failed", "subscription_cycle"),
    "Subscription cancelled": ("customer.subscription.deleted", "manual"),
}
_SHARE: Final = {"Subscription started": 100, "Subscription renewed": 100, "Seats added": 25}


def amounts(rows: Rows, price: Index) -> Index:
    """Give the EUR that each row moved."""
    percent = np.array([_SHARE.get(name, 0) for name in rows.name], np.int64)
    return price[rows.person] * percent // 100


def bought_at(rows: Rows, seats: Index) -> Index:
    """Give the seats each row is about: those bought at the start, more or fewer once changed."""
    start = np.where(rows.person < seats.size, seats[np.minimum(rows.person, seats.size - 1)], 0)
    step = np.maximum(start // 4, 1)
    change = (rows.name == "Seats added").astype(np.int64) - (rows.name == "Seats removed")
    return np.where(start > 0, np.maximum(start + change * step, 1), 0)


def billing(files: Files, rows: Rows, price: Index, seats: Index) -> None:
    """Write invoices and what became of them."""
    lines = [
        f'{{"id":"evt_{i + 1:08d}","object":"event","type":"{TYPES[name][0]}","created":{time},'
        f'"livemode":true,"data":{{"object":{{"id":"in_{i + 1:08d}","object":"invoice",'
        f'"billing_reason":"{TYPES[name][1]}",'
        f'"customer":"cus_{person:08d}","customer_email":{mail},"currency":"eur",'
        f'"amount_paid":{paid * 100 or "null"},"quantity":{bought or "null"},'
        f'"metadata":{{"user_id":"{user}","account_id":"{account}"}}}}}}}}'
        for i, (name, time, person, mail, paid, bought, user, account) in enumerate(
            zip(
                rows.name.tolist(),
                rows.time_s.tolist(),
                rows.person.tolist(),
                quoted(files.email[rows.person]),
                amounts(rows, price).tolist(),
                bought_at(rows, seats).tolist(),
                files.user[rows.person].tolist(),
                files.account[rows.person].tolist(),
                strict=True,
            )
        )
    ]
    files.note("billing.jsonl", files.lines("data/billing.jsonl", lines))
