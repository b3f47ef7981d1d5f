"""Reviews: what changed, what was decided, what came of it; for whom, and what was shown when."""
