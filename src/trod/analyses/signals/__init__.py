"""Early warnings: what customers did, or did not, by a day, and what became of them later."""
