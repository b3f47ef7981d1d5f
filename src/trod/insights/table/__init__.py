"""Friction from an aggregate table, pasted as it is: read, understood, and put into words."""

from trod.insights.table.friction import Idea, Ranking, Reading, TableFriction, TableStep, to_json
from trod.insights.table.read import read_table
from trod.insights.table.words import words

__all__ = [
    "Idea",
    "Ranking",
    "Reading",
    "TableFriction",
    "TableStep",
    "read_table",
    "to_json",
    "words",
]
