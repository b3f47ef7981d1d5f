"""Findings: what is worth a person's attention, of every sort, with owner, verdict and history.

Takes frictions, early warnings, anomalies, changes, new segments and blind spots; gives ranked
findings; keeps what people decided about them in the state database.
"""
