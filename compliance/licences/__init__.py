"""Who may use the case system, for which organisation, in which areas, until when (OP 6.1, 6.2, 6.6)."""
