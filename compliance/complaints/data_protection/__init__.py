"""Complaints that people make about how their data is used: a register of its own, with a clock of its own (COM-9)."""
