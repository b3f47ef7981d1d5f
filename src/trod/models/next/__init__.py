"""What comes next: exact counts of what followed, read so that they foretell best."""
