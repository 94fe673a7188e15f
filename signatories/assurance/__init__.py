"""Whether a partner is in order, as every other partner can see before it shares anything (SIG-11, SIG-12)."""
