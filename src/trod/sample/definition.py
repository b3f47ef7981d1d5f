"""The trod.yml of the company: its sources, its people, its one journey."""

from __future__ import annotations

from typing import Final

TROD_YML: Final = """\
# Tallyfern sells reporting software to companies, for half a year at a time.
# Everything here is invented. answers.json beside this file holds the truth.

sources:
  - name: web
    like: segment
    files: data/web.jsonl           # timestamp is right; originalTimestamp is the device's clock
    touchpoint: event

  - name: app                       # PostHog
    files: data/app.jsonl
    customer: distinct_id
    ids: {anonymous: properties.$device_id, email: properties.email}
    account: properties.$group_0
    message_id: uuid
    time: timestamp
    touchpoint: event
    channel: {constant: app}
    score: {column: properties.rating, scale: stars}
    text: properties.comment
    states:
      play: properties.play         # on whom chance decided
      arm: properties.arm
      connector: properties.connector

  - name: crm contacts              # Salesforce
    files: data/crm_contacts.csv
    customer: User_Id__c
    account: AccountId
    ids: {salesforce: Id, email: Email, phone: Phone}
    attributes: [Company, Size, MailingCountry, Churn_Reason__c]

  - name: crm tasks
    like: salesforce_tasks
    files: data/crm_tasks.csv
    touchpoint: Subject
    channel: {constant: sales}
    score: {column: Rating__c, scale: stars}
    states: {lifecycle: Lifecycle__c}

  - name: crm history               # Salesforce: the history of opportunities
    files: data/crm_opportunity_history.csv
    join:
      - file: data/crm_opportunities.csv
        on: OpportunityId
        columns: [ContactId, AccountId]
    account: AccountId
    ids: {salesforce: ContactId}
    message_id: Id
    time: CreatedDate
    touchpoint: {column: NewValue, map: {Opened: Opportunity opened}}
    channel: {constant: sales}

  - name: support                   # Zendesk
    files: data/support_tickets.json
    each: tickets
    customer: tickets.requester.external_id
    ids: {email: tickets.requester.email}
    message_id: tickets.id
    time: tickets.created_at
    touchpoint: {constant: Support ticket}
    channel: {constant: support}
    text: tickets.description

  - name: chat                      # Intercom
    files: data/chat_*.jsonl
    each: contacts.contacts
    customer: contacts.contacts.external_id
    ids: {email: source.author.email}
    message_id: id
    time: {column: created_at, unit: s}
    touchpoint: {constant: Chat}
    channel: {constant: chat}
    text: {column: source.body, html: true}

  - name: e-mail
    like: email_campaign            # SendGrid
    files: data/email_events*.jsonl
    touchpoint: category            # which mail, not whether it was opened or clicked

  - name: survey
    like: delighted_nps
    files: data/survey_delighted.jsonl
    touchpoint: {constant: Onboarding survey}

  - name: questionnaire
    like: typeform_nps
    files: data/survey_typeform.json
    touchpoint: items.hidden.form

  - name: billing
    like: stripe_events
    files: data/billing.jsonl
    account: data.object.metadata.account_id
    touchpoint:
      columns: [type, data.object.billing_reason]
      map:
        invoice.paid·subscription_create: Subscription started
        invoice.paid·subscription_cycle: Subscription renewed
        invoice.paid·subscription_update: Seats added
        customer.subscription.updated·subscription_update: Seats removed
        invoice.finalized·subscription_cycle: Renewal invoice
        invoice.payment_failed·subscription_cycle: Payment failed
        customer.subscription.deleted·manual: Subscription cancelled
    value: {column: data.object.amount_paid, when: type = 'invoice.paid'}

  - name: calls                     # the call log of the office
    files: [data/calls_*.csv, late/calls_*.csv]
    zone: Europe/Amsterdam
    ids: {phone: phone, email: contact_email}
    message_id: call_id
    time: started_at
    touchpoint: purpose
    channel: {constant: phone}
    score: {column: rating, scale: stars}

  - name: visits                    # badges scanned at fairs, workshops and customer days
    files: data/visits.csv
    ids: {email: email}
    message_id: badge
    time: {column: checked_in, format: "%d.%m.%Y %H:%M", zone: Europe/Amsterdam}
    touchpoint: event
    channel: {constant: in person}
    score: {column: feedback, scale: stars}

  - name: till                      # lines of receipts
    files: [data/till.csv, late/till_*.csv]
    zone: Europe/Amsterdam
    group_by: receipt
    ids: {email: loyalty_email}
    message_id: receipt
    time: sold_at
    touchpoint: {constant: Shop purchase}
    channel: {constant: shop}
    value: {column: amount, decimal: ",", currency: EUR}

  - name: community
    like: community_posts           # Discourse
    files: data/community_posts.json
    touchpoint:
      column: latest_posts.post_number
      map: {"1": Community question}
      otherwise: Community answer

  - name: success                   # what the customer success team sees people set up
    files: data/app_success.csv
    customer: user_id
    message_id: event_id
    time: at
    touchpoint: event
    channel: {constant: app}

  - name: usage                     # what people do in the app week after week
    files: data/app_usage.csv
    customer: user_id
    message_id: event_id
    time: at
    touchpoint: event
    channel: {constant: app}

  - name: logins                    # arrives late: whose login an address is
    files: late/logins.csv
    customer: user_id
    ids: {email: email}
    attributes: [identity_provider]

events:
  zone: Europe/Amsterdam
  currency: EUR

identity:
  tests: ["*@tallyfern.example"]  # our own people, and those they test with

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

metrics:
  - {name: Trial to subscription, kind: conversion, from: Onboard, to: Adopt, within: 90d,
     owner: Ines Maas, target: 60%}
  - {name: Time to first dashboard, kind: time_to_value, from: Onboard, to: Activate,
     owner: Ines Maas, target: 7d}
  - {name: Churn, kind: churn, owner: Bram Visser, target: 5%}
  - {name: NPS, kind: nps, touchpoints: [Onboarding survey, Renewal survey], owner: Bram Visser,
     target: 30}
  - {name: Revenue, kind: revenue, touchpoints: [Subscription started, Subscription renewed]}

models:
  outcomes:
    - {name: Churn, ends: left, stages: [Adopt, Renew], capacity: 15}
    - {name: Converts, reaches: Adopt, stages: [Onboard, Activate], within: 30d}
    - {name: Expansion, touchpoints: Seats added, stages: Expand, capacity: 10}
    - {name: Contraction, touchpoints: Seats removed, stages: [Adopt, Renew], direction: bad}
    - {name: Advocacy, touchpoints: Peer referred, stages: Expand}

insights:
  objectives:                       # what findings are ranked by; the first one comes first
    - {name: Keep customers, serves: kept, worth: 2800, owner: Bram Visser}
    - {name: Win trials, serves: converted, reaches: Adopt, worth: 1900, owner: Ines Maas}
    - {name: Grow accounts, serves: expanded, worth: 600, owner: Bram Visser}
  attribution:                      # what marketing answers for
    to: Subscription started
    channels: [web, email, sales, phone, in person, community]
    costs: spend.csv
  watch:
    states: [connector]             # errors are watched for each connector apart

actions:
  people:
    - {name: Ines Maas, hours: 8, team: Onboarding}
    - {name: Bram Visser, hours: 12, team: Customer success}
  queue:
    contacts: [Onboarding call, Business review]
    renews: {touchpoints: [Subscription started, Subscription renewed], every: 182d}
  playbooks:
    - name: Set-up call
      trigger: {stall: Onboard}
      steps:
        - do: Call with a data engineer
          channel: phone
          template: |
            {customer} has been in {stage} for {days} days; last seen: {last_touchpoint}.
            Ask which source does not connect, and stay until the first dashboard is there.
        - {do: Look whether a dashboard was made, after: 7d}
      owner: Onboarding
      minutes: 45
      deadline: 5d
      success: {reaches: Activate, within: 30d, worth: 900}
      prior: [0.02, 0.30]
    - name: First weeks call
      trigger: {stage: Activate}
      steps: [{do: Ask the team what they want to see, channel: phone}]
      owner: Onboarding
      minutes: 30
      success: {reaches: Adopt, within: 60d}
      prior: [0.0, 0.1]
    - name: Renewal review
      trigger: {stage: Renew}
      steps:
        - {do: Review the year with the admin, channel: in person}
        - {do: Write down what was agreed, after: 2d, channel: e-mail}
      owner: Customer success
      minutes: 60
      success: {ends: left, within: 60d}
      contraindications:
        - {played: 60d}
      prior: [0.01, 0.09]
    - name: Seats offer
      trigger: {score: {outcome: Expansion}}
      steps:
        - {do: Offer seats for the colleagues who look on, channel: e-mail}
      owner: Customer success
      minutes: 30
      success: {touchpoints: Seats added, within: 60d}
      contraindications:
        - {touchpoints: Support ticket, within: 14d, why: a ticket was opened in the last 14 days}
        - {where: "lane:intervene", why: they need somebody first}
      prior: [0.0, 0.08]

outcomes:                           # plays that were tried, with some held back by chance
  hour_costs: 60
  trials:
    - {name: Onboarding call offer, touchpoint: play_assigned, play: play, arm: arm,
       held_back: holdout, share: 0.7, minutes: 20, stage: Onboard,
       success: {reaches: Activate, within: 60d, worth: 900}}
    - {name: Win-back mail, touchpoint: play_assigned, play: play, arm: arm,
       held_back: holdout, share: 0.5, cost: 0.4,
       success: {touchpoints: dashboard_viewed, within: 30d}}
    - {name: Early renewal reminder, touchpoint: play_assigned, play: play, arm: arm,
       held_back: holdout, share: 0.6, cost: 0.4, stage: Renew,
       success: {reaches: Expand, within: 60d, worth: 2800}}
"""
