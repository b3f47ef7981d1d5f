"""Acting on what was found: findings, plans, messages and effects of a workspace."""
