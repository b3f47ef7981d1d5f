"""Segments: customers who behave alike, where there are such groups at all."""
