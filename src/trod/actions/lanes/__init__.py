"""Lanes: who needs somebody now, who does well alone, who is ready for more."""
