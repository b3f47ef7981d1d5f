"""Alerts: one for each thing that is out of the ordinary, from its opening to its end."""
