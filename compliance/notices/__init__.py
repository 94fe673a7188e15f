"""Telling people: every letter is written with the change that causes it, and sent until it has arrived (GOV-5)."""
