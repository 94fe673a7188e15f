"""Leaving: what is filled in before it, what follows from it at its instant, and who is told (SIG-6 to SIG-9, OP 11.1)."""
