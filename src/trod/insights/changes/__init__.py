"""What changed between two periods: at most three changes, each split into mix and behaviour.

Takes sums by period and kind of customer; gives changes beyond chance and beyond what is usual,
what was set aside because the data, not the customers, changed, and findings.
"""
