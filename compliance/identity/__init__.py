"""People, the roles they hold, and how they prove who they are (OP 6.3, 6.4)."""
