"""May this person do this to this, now? The answer that the case system waits for (OP 1.4-1.6, 5.2, 6)."""
