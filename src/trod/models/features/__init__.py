"""Features: what is known of a customer at a moment, from touchpoints up to that moment alone."""
