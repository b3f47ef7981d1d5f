"""What is done about findings: playbooks, lanes, the queue, interventions, alerts, destinations.

Takes findings and scores; gives plans and messages; keeps interventions.
"""
