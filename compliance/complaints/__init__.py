"""Complaints between partners: four stages, upwards only, seen by nobody who is not in them (OP 9)."""
