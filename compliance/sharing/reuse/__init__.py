"""Using what was given at a meeting for something else, with the permission of whoever supplied it (OP 1.5)."""
