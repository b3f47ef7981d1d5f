"""Audiences and scores, written so that other tools read them; and who was handed to whom."""
