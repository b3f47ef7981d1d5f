"""Figures of several periods, each by kind of customer, so that periods can be compared.

Everything that is compared is a number for each customer: whether they went on in time, how long
it took, whether they had a touchpoint, how they felt. A period, a kind of customer and a figure
hold how many customers there are, the sum of their numbers, and the sum of the squares.
"""
