"""Disclosing something to a body outside the partnership, with a manager's authority (OP 10.2)."""
