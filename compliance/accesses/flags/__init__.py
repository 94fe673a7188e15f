"""Accesses worth a question, each with a named reviewer, until it is explained or becomes a breach (AUD-6, AUD-7)."""
