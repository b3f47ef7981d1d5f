"""What if a stage kept more customers, or took less time: the stages as a semi-Markov chain."""
