"""What is kept whatever its time (RET-6)."""
