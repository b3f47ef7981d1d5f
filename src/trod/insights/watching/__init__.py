"""Watching: series over time, what they should have been, and what is out of the ordinary.

Takes daily counts of journeys and rows; gives anomalies with their size, date, cause and owner. See
ADR 28.
"""
