"""Whether it worked: treated against held back, return, and what the company may stop doing.

Takes interventions and journeys; gives effects with their design, interval and verdict; keeps
effects.
"""
