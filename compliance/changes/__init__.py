"""Every grant, end and change of a right, told in the order in which it was committed, for ever (DEC-4)."""
