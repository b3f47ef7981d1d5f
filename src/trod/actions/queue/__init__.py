"""The queue: whom to see to in the hours there are, and on whom chance decides.

Takes candidates with an expected value each; gives a plan with a line, and keeps plans.
"""
