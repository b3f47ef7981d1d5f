"""The trod.yml of the company: its sources, its people, its one journey."""

from __future__ import annotations

from typing import Final

TROD_YML: Final = """\
# Tallyfern sells reporting software to companies, for half a year at a time.
# Everything here is invented. answers.json beside this file holds the truth.

sources:
  - name: web
    files: data/web.jsonl
    customer: userId
    ids: {anonymous: anonymousId, email: email}
    message_id: messageId
    time: timestamp
    touchpoint: event
    channel: {constant: web}

  - name: app
    files: data/app.csv
    customer: user_id
    ids: {anonymous: anonymous_id}
    account: account_id
    message_id: event_id
    time: timestamp
    touchpoint: event
    channel: {constant: app}
    score: {column: rating, scale: stars}
    text: comment

  - name: crm contacts
    files: data/crm_contacts.csv
    customer: user_id
    account: account_id
    ids: {email: email, phone: phone}
    attributes: [company, size, country]

  - name: crm activities
    files: data/crm_activities.csv
    account: account_id
    ids: {email: email}
    message_id: activity_id
    time: activity_date
    touchpoint: activity
    channel: {constant: sales}
    score: {column: rating, scale: stars}
    states: {lifecycle: lifecycle}

  - name: crm opportunities
    files: data/crm_opportunities.csv
    account: account_id
    ids: {email: email}
    dates:
      Opportunity opened: opened_on
      Quote sent: quote_sent_on
    channel: {constant: sales}

  - name: support
    files: data/support_tickets.csv
    customer: user_id
    ids: {email: requester_email}
    message_id: ticket_id
    time: created_at
    touchpoint: {constant: Support ticket}
    channel: {constant: support}
    text: description

  - name: e-mail
    files: data/email_events.csv
    ids: {email: email}
    time: happened_at
    touchpoint: message
    channel: {constant: email}

  - name: survey
    files: data/survey.csv
    ids: {email: email}
    time: {column: answered_at, format: "%d.%m.%Y %H:%M"}
    touchpoint: survey
    channel: {constant: survey}
    score: {column: nps, scale: nps}
    text: comment

  - name: billing
    files: data/billing.parquet
    customer: user_id
    account: account_id
    ids: {email: billing_email}
    message_id: entry_id
    time: at
    touchpoint: entry
    channel: {constant: billing}
    value: {column: amount, currency: EUR, currency_column: currency}

  - name: calls
    files: data/calls.csv
    ids: {phone: phone, email: contact_email}
    message_id: call_id
    time: started_at
    touchpoint: purpose
    channel: {constant: phone}
    score: {column: rating, scale: stars}

events:
  zone: Europe/Amsterdam
  currency: EUR

journeys:
  - name: New customer to renewal
    unit: account
    left_after: 30d
    failure: Subscription cancelled
    stages:
      - name: Evaluate
        enter_on: [Website visit, Pricing page, Review site, Demo requested, Sales demo]
        asks: Will this fit the way we work?
      - name: Onboard
        enter_on: workspace_set_up
        asks: Can I get it running this week?
      - name: Activate
        enter_on: first_dashboard
        asks: Does my team get something from it?
      - name: Adopt
        enter_on: Subscription started
        asks: Is it part of how we work now?
      - name: Renew
        enter_on: [Renewal notice, Renewal invoice]
        asks: Is it worth paying for again?
      - name: Expand
        enter_on: Subscription renewed
        asks: Where else could this help?
"""
