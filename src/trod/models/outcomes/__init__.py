"""Scores of outcomes: who leaves, buys more, comes to an end, and how far that can be trusted."""
