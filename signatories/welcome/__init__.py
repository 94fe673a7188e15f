"""What every new partner is given, and that it was (OP 6.6; GOV-7)."""
