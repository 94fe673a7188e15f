"""How long police-type records are kept, reviewed and disposed of (OP 1.5, MoPI)."""
