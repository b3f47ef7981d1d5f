"""Interventions: who was chosen for which play, by what chance, and what was done since."""
