"""What people did in the case system, as it tells us, and the questions that this raises (OP 1.5, 6.5)."""
