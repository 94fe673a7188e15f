"""Signed certificates: what the register and the log hold on one signature, to be taken away and checked elsewhere (SIG-2)."""
