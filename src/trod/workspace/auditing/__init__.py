"""The audit of a workspace: what its log, its ledger, its people and its journeys say together.

Takes a workspace, gives a `trod.insights.audit.Audit` (see `audit`), keeps the gaps it found.
"""
