"""Faces of the product: the command line. No arithmetic happens here."""
