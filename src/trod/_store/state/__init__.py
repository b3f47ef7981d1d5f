"""What people decide and did: one small database, SQLite by default, PostgreSQL for teams.

Takes tables that rooms declare in their ``tables.py``; keeps ``.trod/state.db``. See ADR 26.
"""
