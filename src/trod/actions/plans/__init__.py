"""Plans: signals, friction, what to do, how to see; measured, or as hypotheses to be tested."""
