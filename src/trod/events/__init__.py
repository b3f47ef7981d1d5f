"""Takes raw batches, gives touchpoints, keeps the touchpoint log."""
