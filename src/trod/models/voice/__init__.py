"""What customers write: topics, intent, urgency, mood, and where each comes from."""
