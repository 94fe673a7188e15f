"""Requests for help: who asked, how it was seen that it was them, whose matter it is, and what became of it (GOV-6, OP 6.4)."""
