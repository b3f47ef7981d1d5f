"""Need against contact: who showed that they need a person, and whether they met one in time."""
