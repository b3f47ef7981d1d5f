"""Files at rest: one manifest, immutable parts, one writer.

Takes tables, gives tables back, keeps files. Knows nothing about customers.
"""
