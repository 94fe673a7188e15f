"""Once a quarter every licence is asked whether it was used; those that were not end, after a warning (LIC-8)."""
