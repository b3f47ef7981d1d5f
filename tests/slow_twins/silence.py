"""The longest silence of a customer, by listing them all."""

from itertools import pairwise


def longest_silence(events):
    gaps = [later[0] - earlier[0] for earlier, later in pairwise(events)]
    return max(gaps, default=None)
