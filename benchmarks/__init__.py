"""Trod beside its peers on the same file: `make bench`."""
