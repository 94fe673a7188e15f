"""The instruments are looked at again: soon after they begin, then every two years (SIG-10, OP 8.4)."""
