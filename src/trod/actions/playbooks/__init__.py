"""Playbooks: what to do about what, for whom, by when, and how to see whether it helped."""
