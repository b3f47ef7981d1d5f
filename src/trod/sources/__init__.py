"""Takes the outside world, gives raw Arrow batches, keeps nothing.

Files of any dialect, encoding and compression become one thing: a table that DuckDB can scan.
"""
