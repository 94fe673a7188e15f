"""Breaches of the protocol and incidents with data: reported, raised with the partner, escalated, learned from (OP 6.6, 10)."""
