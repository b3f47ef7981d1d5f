"""One engine a file: how each answers the questions, by the calls of its own documentation."""
