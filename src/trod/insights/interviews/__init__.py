"""Interviews: whom to ask about a finding, what to ask without leading, and what they said."""
