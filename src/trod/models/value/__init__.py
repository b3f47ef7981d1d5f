"""Lifetime value: what customers will still spend, with an interval, held against a simple way."""
