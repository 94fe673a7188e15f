"""Telling organisations in time what is about to run out: a signature, a policy (SIG-4, SIG-11)."""
