"""Hypotheses of people: tested on the record, with a verdict that says how many customers it needs.

Takes statements with a source and a test; gives supported, refuted or undecidable; keeps history.
"""
