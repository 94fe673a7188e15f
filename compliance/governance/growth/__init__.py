"""How the hub grows, month by month, and when seats and the co-ordinators' hours run out at that rate (LIC-11, GOV-1)."""
